//! A file of records.

use super::record::{self, Head};
use super::{LEAST_COST, ReadError};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes before the first record: seven of text, one for what kind of parcels.
pub(crate) const HEAD: u64 = 8;
const TEXT: &[u8; 7] = b"SPOOL 1";

/// What is known of a segment.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) path: PathBuf,
    /// Number of the first and of the last record.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Size of the file.
    pub(crate) bytes: u64,
    /// What it counts for against the bound.
    pub(crate) cost: u64,
}

impl Segment {
    /// A new one, whose first record will have this number.
    pub(crate) fn new(path: PathBuf, first: u64) -> Self {
        let (bytes, cost) = (HEAD, HEAD);
        Self {
            path,
            first,
            last: first,
            bytes,
            cost,
        }
    }

    pub(crate) fn add(&mut self, head: &Head) {
        self.last = head.seq;
        self.bytes += head.bytes();
        self.cost += head.bytes().max(LEAST_COST);
    }
}

/// The first bytes of a file for this kind of parcels.
pub(crate) fn head(kind: u8) -> [u8; 8] {
    let [a, b, c, d, e, f, g] = *TEXT;
    [a, b, c, d, e, f, g, kind]
}

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Scan {
    /// `None` when it has no record that can be read.
    pub(crate) segment: Option<Segment>,
    pub(crate) heads: Vec<Head>,
    /// One line on what cannot be read.
    pub(crate) fault: Option<String>,
}

/// Reads the heads of all records of a file, whose numbers must ascend from `floor`. A file without any is removed, unless it is
/// not one of ours.
///
/// # Errors
/// What the disk answered.
pub(crate) fn scan(path: &Path, kind: u8, floor: u64) -> io::Result<Scan> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut text = [0; 8];
    let foreign = size >= HEAD && file.read_exact_at(&mut text, 0).is_ok() && text != head(kind);
    if foreign {
        let fault = Some(format!(
            "{} was not written by this version: left as it is",
            path.display()
        ));
        return Ok(Scan {
            segment: None,
            heads: Vec::new(),
            fault,
        });
    }
    let mut heads: Vec<Head> = Vec::new();
    let mut at = HEAD;
    while at < size {
        let head = match record::read_head(&file, at) {
            Ok(head) if at + head.bytes() <= size => head,
            Ok(_) | Err(ReadError::Damaged) => break,
            Err(ReadError::Io(error)) => return Err(error),
        };
        let expected = heads.last().map_or(floor, |last| last.seq + 1);
        if head.seq < expected {
            break;
        }
        at += head.bytes();
        heads.push(head);
    }
    let left = size.saturating_sub(at);
    let fault = (left > 0).then(|| format!("{}: the last {left} bytes cannot be read", path.display()));
    let Some(first) = heads.first() else {
        std::fs::remove_file(path)?;
        return Ok(Scan {
            segment: None,
            heads,
            fault,
        });
    };
    let mut segment = Segment::new(path.to_owned(), first.seq);
    heads.iter().for_each(|head| segment.add(head));
    (segment.bytes, segment.cost) = (size, segment.cost + left);
    Ok(Scan {
        segment: Some(segment),
        heads,
        fault,
    })
}
