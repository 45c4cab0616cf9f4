//! Where the bytes of each entity begin.

use heapster_plugin::model::EntityId;

/// How many entity numbers share a base.
const GROUP: usize = 64;
const ABSENT: u32 = u32::MAX;
const NEAR_ABSENT: u16 = u16::MAX;

/// Offsets by entity number.
///
/// Bytes are written in the order of the numbers, so those of neighbours are close to each other: a base for each group of
/// numbers and 16 bits for each number do. A group of huge entities makes the whole table a wide one.
#[derive(Debug)]
pub(crate) enum Offsets {
    Near {
        bases: Box<[u32]>,
        distances: Box<[u16]>,
    },
    Wide(Box<[u32]>),
}

impl Offsets {
    /// Where the bytes of an entity begin, if it has any.
    pub(crate) fn get(&self, id: EntityId) -> Option<usize> {
        let at = id.index();
        match self {
            Self::Near { bases, distances } => {
                let distance = distances.get(at).filter(|distance| **distance != NEAR_ABSENT)?;
                Some(*bases.get(at / GROUP)? as usize + usize::from(*distance))
            }
            Self::Wide(all) => all
                .get(at)
                .filter(|offset| **offset != ABSENT)
                .map(|offset| *offset as usize),
        }
    }

    /// One more than the highest entity number.
    pub(crate) fn id_bound(&self) -> usize {
        match self {
            Self::Near { distances, .. } => distances.len(),
            Self::Wide(all) => all.len(),
        }
    }

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Near { bases, distances } => size_of_val(&**bases) + size_of_val(&**distances),
            Self::Wide(all) => size_of_val(&**all),
        }
    }
}

/// Makes [`Offsets`].
#[derive(Debug)]
pub(crate) struct OffsetsWriter(Vec<u32>);

impl OffsetsWriter {
    /// For entities with numbers below `id_bound`.
    pub(crate) fn new(id_bound: usize) -> Self {
        Self(vec![ABSENT; id_bound])
    }

    /// Notes where the bytes of an entity begin; `None` beyond 4 GiB and for a number that was not expected.
    pub(crate) fn set(&mut self, id: EntityId, offset: usize) -> Option<()> {
        let offset = u32::try_from(offset).ok().filter(|offset| *offset != ABSENT)?;
        *self.0.get_mut(id.index())? = offset;
        Some(())
    }

    pub(crate) fn finish(self) -> Offsets {
        let mut bases = Vec::with_capacity(self.0.len().div_ceil(GROUP));
        let mut distances = Vec::with_capacity(self.0.len());
        for group in self.0.chunks(GROUP) {
            let base = group.iter().copied().min().unwrap_or(ABSENT);
            bases.push(base);
            for offset in group {
                distances.push(match *offset {
                    ABSENT => NEAR_ABSENT,
                    offset => match u16::try_from(offset - base) {
                        Ok(distance) if distance != NEAR_ABSENT => distance,
                        Ok(_) | Err(_) => return Offsets::Wide(self.0.into()),
                    },
                });
            }
        }
        Offsets::Near {
            bases: bases.into(),
            distances: distances.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_offset_reads_back(steps in prop::collection::vec(prop::option::of(0usize..3000), 0..300), huge in 0usize..400) {
            let mut writer = OffsetsWriter::new(steps.len());
            let (mut at, mut expected) = (0, Vec::new());
            for (place, step) in steps.iter().enumerate() {
                let id = EntityId(u32::try_from(place).unwrap());
                if step.is_some() {
                    prop_assert!(writer.set(id, at).is_some());
                }
                expected.push(step.map(|_| at));
                at += step.unwrap_or(0) + if place == huge { 1 << 20 } else { 0 };
            }
            let offsets = writer.finish();
            let ids = (0..u32::try_from(steps.len()).unwrap() + 2).map(EntityId);
            let read: Vec<_> = ids.map(|id| offsets.get(id)).collect();
            expected.extend([None, None]);
            prop_assert_eq!(read, expected);
            prop_assert_eq!(offsets.id_bound(), steps.len());
        }
    }

    #[test]
    fn close_offsets_take_two_bytes_each() {
        let mut writer = OffsetsWriter::new(640);
        for id in 0..640 {
            writer.set(EntityId(id), id as usize * 30).unwrap();
        }
        assert_eq!(writer.finish().bytes(), 640 * 2 + 10 * 4);
        assert!(
            OffsetsWriter::new(1)
                .set(EntityId(0), u32::MAX as usize)
                .is_none()
        );
    }
}
