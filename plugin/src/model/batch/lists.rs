//! Short lists, one behind the other in one allocation.

/// How many of the newest lists are looked through for an equal one.
const RECENT: usize = 8;

/// Lists by number.
#[derive(Debug)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list ends.
    ends: Vec<u32>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            ends: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    /// The list with this number; empty for a number that was not given out.
    pub(super) fn get(&self, number: u16) -> &[T] {
        let number = usize::from(number);
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let (Some(start), Some(end)) = (start, self.ends.get(number)) else {
            return &[];
        };
        self.items.get(start as usize..*end as usize).unwrap_or(&[])
    }

    /// The number of the newest list that `same` picks, if it is a recent one; else that of a new one of `items`. There are at
    /// most 65,535 lists, as a block has fewer sets.
    pub(super) fn number(&mut self, same: impl Fn(&[T]) -> bool, items: impl Iterator<Item = T>) -> u16 {
        let next = u16::try_from(self.ends.len()).unwrap_or(u16::MAX);
        let oldest = self.ends.len().saturating_sub(RECENT);
        let mut recent = (u16::try_from(oldest).unwrap_or(u16::MAX)..next).rev();
        recent.find(|number| same(self.get(*number))).unwrap_or_else(|| {
            self.items.extend(items);
            self.ends
                .push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
            next
        })
    }

    /// Takes all lists out, without spare room, and keeps the room.
    pub(super) fn take(&mut self) -> Self {
        Self {
            items: self.items.drain(..).collect(),
            ends: self.ends.drain(..).collect(),
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        size_of_val(self.items.as_slice()) + size_of_val(self.ends.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lists_that_are_recent_have_one_number() {
        let mut lists = Lists::default();
        let number =
            |lists: &mut Lists<u8>, list: &[u8]| lists.number(|known| known == list, list.iter().copied());
        let [a, b, empty] = [&[1, 2][..], &[3], &[]].map(|list| number(&mut lists, list));
        assert_eq!((a, b, empty), (0, 1, 2));
        assert_eq!((number(&mut lists, &[1, 2]), number(&mut lists, &[])), (a, empty));
        assert_eq!(
            (lists.get(a), lists.get(b), lists.get(empty)),
            (&[1, 2][..], &[3][..], &[][..])
        );
        for one in 10..20 {
            number(&mut lists, &[one]);
        }
        assert_eq!(number(&mut lists, &[1, 2]), 13);
        assert_eq!(lists.get(99), [0; 0]);
        let taken = lists.take();
        assert_eq!(
            (taken.get(13), taken.get(b), lists.get(0)),
            (&[1, 2][..], &[3][..], &[][..])
        );
        assert_eq!(taken.items.capacity(), taken.items.len());
    }
}
