//! Changed values: the difference from a base that reader and writer both have.
//!
//! Integers: the wrapped difference, small for both signs. Floats: the bits that differ, without the zero bytes at either
//! end, which are many when the sign, the size and a short fraction stay.

use crate::bytes::{Reader, put};
use heapster_plugin::model::{Point, ValueType};

/// How many values share a byte that says which of them changed.
const GROUP: usize = 8;

/// Appends, for each group of eight items, which of their values differ from the base's, and those. Both lists have the
/// same length and kinds of numbers. Nothing is left in `out` when no value differs, which is the answer.
pub(crate) fn put_changes<T>(
    out: &mut Vec<u8>,
    items: &[T],
    base: &[T],
    point: impl Fn(&T) -> &Point,
) -> bool {
    let start = out.len();
    let mut any = false;
    for (items, base) in items.chunks(GROUP).zip(base.chunks(GROUP)) {
        let mut changed = 0u8;
        for (at, (item, base)) in items.iter().zip(base).enumerate() {
            changed |= u8::from(point(item).bits() != point(base).bits()) << at;
        }
        out.push(changed);
        any |= changed != 0;
        for (at, (item, base)) in items.iter().zip(base).enumerate() {
            if changed >> at & 1 == 1 {
                let item = point(item);
                put_bits(out, item.value_type(), item.bits(), point(base).bits());
            }
        }
    }
    if !any {
        out.truncate(start);
    }
    any
}

/// Turns a list of bases into the list of items that [`put_changes`] was given.
pub(crate) fn take_changes<T>(
    input: &mut Reader<'_>,
    items: &mut [T],
    point: impl Fn(&mut T) -> &mut Point,
) -> Option<()> {
    for group in items.chunks_mut(GROUP) {
        let changed = input.byte()?;
        for (at, item) in group.iter_mut().enumerate() {
            if changed >> at & 1 == 1 {
                let point = point(item);
                *point = point.with_bits(take_bits(input, point.value_type(), point.bits())?);
            }
        }
    }
    Some(())
}

/// Appends the 64 bits of a number of kind `kind` as a difference from `base`.
pub(crate) fn put_bits(out: &mut Vec<u8>, kind: ValueType, bits: u64, base: u64) {
    match kind {
        ValueType::Int64 => {
            let difference = bits.wrapping_sub(base).cast_signed();
            put(out, (difference << 1 ^ difference >> 63).cast_unsigned());
        }
        ValueType::Double => {
            let different = bits ^ base;
            let (lead, trail) = (different.leading_zeros() / 8, different.trailing_zeros() / 8 % 8);
            let count = 8u32.saturating_sub(lead + trail);
            let [count, trail] = [count, trail].map(|bytes| u8::try_from(bytes).unwrap_or(0));
            out.push(count << 4 | trail);
            let shifted = (different >> (u32::from(trail) * 8)).to_le_bytes();
            out.extend(shifted.iter().take(count.into()));
        }
    }
}

/// The bits that [`put_bits`] was given with the same kind and base.
pub(crate) fn take_bits(input: &mut Reader<'_>, kind: ValueType, base: u64) -> Option<u64> {
    match kind {
        ValueType::Int64 => {
            let folded = input.number()?;
            let difference = folded >> 1 ^ (folded & 1).wrapping_neg();
            Some(base.wrapping_add(difference))
        }
        ValueType::Double => {
            let head = input.byte()?;
            let bytes = input.take((head >> 4).into())?;
            let shifted = bytes
                .iter()
                .rev()
                .fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            Some(base ^ shifted.checked_shl(u32::from(head & 15) * 8)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::{MetricId, MetricType, Value};
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            0u64..300,
            any::<f64>().prop_map(f64::to_bits),
            Just(0)
        ]
    }

    proptest! {
        #[test]
        fn a_difference_gives_the_bits_back(pairs in prop::collection::vec((number(), number(), any::<bool>()), 0..40)) {
            let kind = |float: bool| if float { ValueType::Double } else { ValueType::Int64 };
            let mut out = Vec::new();
            for (bits, base, float) in &pairs {
                put_bits(&mut out, kind(*float), *bits, *base);
            }
            let mut input = Reader(&out);
            for (bits, base, float) in &pairs {
                prop_assert_eq!(take_bits(&mut input, kind(*float), *base), Some(*bits));
            }
        }

        #[test]
        fn foreign_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..40), base in any::<u64>()) {
            for kind in [ValueType::Int64, ValueType::Double] {
                let mut input = Reader(&bytes);
                while take_bits(&mut input, kind, base).is_some() {}
            }
        }
    }

    #[test]
    fn lists_without_a_change_cost_nothing() {
        let list: Vec<Point> = (0..25).map(|at| Point::gauge(MetricId(at), 7)).collect();
        let mut out = vec![1];
        assert!(!put_changes(&mut out, &list, &list, |point| point));
        assert_eq!(out, [1]);
    }

    #[test]
    fn small_changes_cost_few_bytes() {
        let mut out = Vec::new();
        put_bits(&mut out, ValueType::Int64, (-3i64).cast_unsigned(), 4);
        assert_eq!(out.len(), 1);
        out.clear();
        let [half, quarter] = [0.5, 0.25].map(f64::to_bits);
        put_bits(&mut out, ValueType::Double, half, quarter);
        assert!(out.len() <= 3, "{out:?}");
        let point = Point::new(MetricId(1), MetricType::Gauge, Value::Float(0.5));
        assert_eq!(point.bits(), half);
    }
}
