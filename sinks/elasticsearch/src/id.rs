//! Document ids.
//!
//! Each document's id is made from its content, so that one which is sent again, by whichever run of the program, replaces
//! itself instead of being there twice. It looks like the original's random time-based UUIDs.

use twox_hash::{XxHash3_64, XxHash3_128};

/// Length of an id.
pub(crate) const LEN: usize = 36;

/// What sets the documents of one entity apart from another's that read the same.
pub(crate) fn seed(key: &str) -> u64 {
    XxHash3_64::oneshot(key.as_bytes())
}

/// The id of a document: a UUID of version 8, the batch's time in milliseconds in front, so that ids of one time lie side by
/// side in the store's index, then 74 bits of a hash.
pub(crate) fn id(millis: i64, seed: u64, document: &[u8]) -> [u8; LEN] {
    const VERSION: u128 = 0x8 << 76;
    const VARIANT: u128 = 0x2 << 62;
    const KEPT: u128 = !((0xf << 76) | (0x3 << 62)) & ((1 << 80) - 1);
    let hash = XxHash3_128::oneshot_with_seed(seed, document);
    let time = u128::from(millis.cast_unsigned()) << 80;
    let uuid = time | (hash & KEPT) | VERSION | VARIANT;
    let mut text = [b'-'; LEN];
    let digits = text.iter_mut().enumerate();
    let mut digits = digits.filter(|(at, _)| !matches!(at, 8 | 13 | 18 | 23));
    for shift in (0..128).step_by(4).rev() {
        let digit = u8::try_from((uuid >> shift) & 0xf).unwrap_or_default();
        if let Some((_, slot)) = digits.next() {
            *slot = if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(millis: i64, seed: u64, document: &str) -> String {
        String::from_utf8(id(millis, seed, document.as_bytes()).to_vec()).unwrap()
    }

    /// Ids must not change from one version to the next: a batch may wait on disk while the program is replaced.
    #[test]
    fn an_id_is_a_uuid_that_never_changes() {
        let id = text(1_519_905_600_000, seed("node:a"), "{}");
        assert_eq!(id, "0161e16e-f200-813b-b26d-fb89bd047370");
    }

    #[test]
    fn entity_time_and_content_each_count() {
        let all = [
            text(1, 1, "{}"),
            text(2, 1, "{}"),
            text(1, 2, "{}"),
            text(1, 1, "{ }"),
        ];
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert_eq!(seed("a"), seed("a"));
        assert!(all[0].starts_with("00000000-0001-8"), "{}", all[0]);
    }
}
