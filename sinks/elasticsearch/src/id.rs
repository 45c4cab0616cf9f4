//! Document ids.
//!
//! Each document's id is made from its content, so that one which is sent again, by whichever run of the program, replaces
//! itself instead of being there twice. It looks like the original's random time-based UUIDs.

use twox_hash::{XxHash3_64, XxHash3_128};

/// Length of an id.
pub(crate) const LEN: usize = 36;

/// What the documents of one set have in common and no other set's do: whose they are, their time and their tags. The time
/// counts in full, of which the id shows milliseconds.
pub(crate) fn seed(key: &str, nanos: i64, tags: &[u8]) -> u64 {
    let key = XxHash3_64::oneshot_with_seed(nanos.cast_unsigned(), key.as_bytes());
    XxHash3_64::oneshot_with_seed(key, tags)
}

/// The id of a document: a UUID of version 8, the batch's time in milliseconds in front, so that ids of one time lie side by
/// side in the store's index, then 74 bits of a hash of what else it holds.
pub(crate) fn id(nanos: i64, seed: u64, rest: &[u8]) -> [u8; LEN] {
    const VERSION: u128 = 0x8 << 76;
    const VARIANT: u128 = 0x2 << 62;
    const KEPT: u128 = !((0xf << 76) | (0x3 << 62)) & ((1 << 80) - 1);
    let millis = nanos.div_euclid(1_000_000).cast_unsigned();
    let hash = XxHash3_128::oneshot_with_seed(seed, rest);
    let uuid = (u128::from(millis) << 80) | (hash & KEPT) | VERSION | VARIANT;
    let mut text = [b'-'; LEN];
    let mut slots = text.iter_mut();
    for (at, byte) in uuid.to_be_bytes().into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            slots.next();
        }
        for (digit, slot) in [byte >> 4, byte & 0xf].into_iter().zip(slots.by_ref()) {
            *slot = digit + if digit < 10 { b'0' } else { b'a' - 10 };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(nanos: i64, seed: u64, rest: &str) -> String {
        String::from_utf8(id(nanos, seed, rest.as_bytes()).to_vec()).unwrap()
    }

    /// Ids must not change from one version to the next: a batch may wait on disk while the program is replaced.
    #[test]
    fn an_id_is_a_uuid_that_never_changes() {
        let nanos = 1_519_905_600_000_000_000;
        let id = text(nanos, seed("node:a", nanos, b"{}"), "{}");
        assert_eq!(id, "0161e16e-f200-8b02-843c-d0f3d24d5cd7");
    }

    #[test]
    fn entity_time_tags_and_content_each_count() {
        let all = [
            text(1, seed("a", 1, b"{}"), "{}"),
            text(2, seed("a", 2, b"{}"), "{}"),
            text(1, seed("b", 1, b"{}"), "{}"),
            text(1, seed("a", 1, b"{ }"), "{}"),
            text(1, seed("a", 1, b"{}"), "{ }"),
        ];
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 5);
        assert!(all[0].starts_with("00000000-0000-8"), "{}", all[0]);
    }
}
