//! Numbers in as few bytes as they need: the lengths of all, half a byte each, then the bytes, lowest first.
//!
//! Most values of a cluster are small or zero, so a batch is a quarter of what it would be with eight bytes a value; and a
//! number is read with one load and one mask, without a branch on its size.

/// Appends `values`, of which there must be `count`.
pub(super) fn put(out: &mut Vec<u8>, count: usize, values: impl Iterator<Item = u64>) {
    let start = out.len();
    out.resize(start + count.div_ceil(2), 0);
    for (at, value) in values.take(count).enumerate() {
        let length = length(value);
        if let Some(pair) = out.get_mut(start + at / 2) {
            *pair |= length << (at % 2 * 4);
        }
        let end = out.len() + usize::from(length);
        out.extend_from_slice(&value.to_le_bytes());
        out.truncate(end);
    }
}

/// The bytes that `value` needs: 0 to 8.
fn length(value: u64) -> u8 {
    u8::try_from(u64::BITS.div_ceil(8) - value.leading_zeros() / 8).unwrap_or(8)
}

/// Reads numbers that [`put`] wrote. Beyond the end there are zeros.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    next: usize,
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader of `count` numbers at the start of `bytes`.
    pub(super) const fn new(bytes: &'a [u8], count: usize) -> Self {
        Self {
            bytes,
            next: 0,
            at: count.div_ceil(2),
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        let length = self.length(self.next);
        let value = self.load(self.at);
        self.next += 1;
        self.at += length;
        let unused = u32::try_from(8 - length).unwrap_or(0) * 8;
        u64::MAX.checked_shr(unused).unwrap_or(0) & value
    }

    /// Passes over `count` numbers.
    pub(super) fn skip(&mut self, count: usize) {
        let lengths: usize = (self.next..self.next + count).map(|at| self.length(at)).sum();
        self.at += lengths;
        self.next += count;
    }

    /// The length of the number at position `at`: 0 to 8.
    fn length(&self, at: usize) -> usize {
        let pair = self.bytes.get(at / 2).copied().unwrap_or(0);
        usize::from(pair >> (at % 2 * 4) & 15).min(8)
    }

    fn load(&self, at: usize) -> u64 {
        if let Some(eight) = self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            return u64::from_le_bytes(*eight);
        }
        let mut eight = [0; 8];
        let rest = self.bytes.get(at..).unwrap_or(&[]);
        for (to, from) in eight.iter_mut().zip(rest) {
            *to = *from;
        }
        u64::from_le_bytes(eight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_read_back(values in prop::collection::vec((any::<u64>(), 0u32..64), 0..40), skip in 0usize..40) {
            let values: Vec<u64> = values.into_iter().map(|(value, shift)| value >> shift).collect();
            let mut out = Vec::new();
            put(&mut out, values.len(), values.iter().copied());
            let mut reader = Reader::new(&out, values.len());
            for value in &values {
                prop_assert_eq!(reader.next(), *value);
            }
            prop_assert_eq!(reader.next(), 0);
            let mut reader = Reader::new(&out, values.len());
            reader.skip(skip.min(values.len()));
            prop_assert_eq!(reader.next(), values.get(skip).copied().unwrap_or(0));
        }

        #[test]
        fn foreign_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..40), count in 0usize..100) {
            let mut reader = Reader::new(&bytes, count);
            reader.skip(count / 2);
            for _ in 0..count {
                reader.next();
            }
        }
    }

    #[test]
    fn a_number_costs_half_a_byte_and_the_bytes_it_needs() {
        let size = |values: &[u64]| {
            let mut out = Vec::new();
            put(&mut out, values.len(), values.iter().copied());
            out.len()
        };
        assert_eq!(size(&[0; 10]), 5);
        assert_eq!(size(&[0, 255, 256, u64::MAX]), 2 + 1 + 2 + 8);
    }
}
