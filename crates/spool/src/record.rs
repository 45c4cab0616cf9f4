//! A record: a head of 40 bytes, then the payload. All numbers are little-endian.
//!
//! | bytes | |
//! |---|---|
//! | 0..4 | the mark |
//! | 4..8 | length of the payload |
//! | 8..16 | number of the record |
//! | 16..24 | when it was taken in, in nanoseconds since 1970 |
//! | 24..32 | how many items it has |
//! | 32..36 | CRC-32 of the payload |
//! | 36..40 | CRC-32 of the 36 bytes before |

use super::ReadError;
use std::fs::File;
use std::os::unix::fs::FileExt;

pub(crate) const MARK: u32 = 0x5e_c0_d1_ab;
pub(crate) const HEAD: u64 = 40;

/// What is said about a record before its payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its number.
    pub seq: u64,
    /// When it was taken in, in nanoseconds since 1970.
    pub queued: i64,
    /// How many items it has.
    pub count: u64,
    /// Length of the payload.
    pub(crate) length: u32,
    pub(crate) crc: u32,
}

impl Head {
    /// The head of a record that is not written yet.
    #[must_use]
    pub const fn new(seq: u64, queued: i64, count: u64) -> Self {
        Self {
            seq,
            queued,
            count,
            length: 0,
            crc: 0,
        }
    }

    /// Bytes on disk, with the payload.
    pub(crate) fn bytes(&self) -> u64 {
        HEAD + u64::from(self.length)
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40);
        bytes.extend_from_slice(&MARK.to_le_bytes());
        bytes.extend_from_slice(&self.length.to_le_bytes());
        bytes.extend_from_slice(&self.seq.to_le_bytes());
        bytes.extend_from_slice(&self.queued.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.crc.to_le_bytes());
        bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; 40]) -> Option<Self> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        if u32::from_le_bytes(*crc) != crc32fast::hash(body) {
            return None;
        }
        let (mark, rest) = body.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (seq, rest) = rest.split_first_chunk()?;
        let (queued, rest) = rest.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        let head = Self {
            seq: u64::from_le_bytes(*seq),
            queued: i64::from_le_bytes(*queued),
            count: u64::from_le_bytes(*count),
            length: u32::from_le_bytes(*length),
            crc: u32::from_le_bytes(*rest.first_chunk()?),
        };
        (u32::from_le_bytes(*mark) == MARK).then_some(head)
    }
}

/// Reads the head at `at`.
///
/// # Errors
/// When there is none.
pub(crate) fn read_head(file: &File, at: u64) -> Result<Head, ReadError> {
    let mut bytes = [0; 40];
    file.read_exact_at(&mut bytes, at)?;
    Head::from_bytes(&bytes).ok_or(ReadError::Damaged)
}

/// Reads the record at `at`.
///
/// # Errors
/// When there is none, or the payload is not the one that was written.
pub(crate) fn read(file: &File, at: u64) -> Result<(Head, Vec<u8>), ReadError> {
    let head = read_head(file, at)?;
    let left = file.metadata()?.len().saturating_sub(at + HEAD);
    if u64::from(head.length) > left {
        return Err(ReadError::Damaged);
    }
    let mut payload = vec![0; head.length as usize];
    file.read_exact_at(&mut payload, at + HEAD)?;
    match crc32fast::hash(&payload) == head.crc {
        true => Ok((head, payload)),
        false => Err(ReadError::Damaged),
    }
}
