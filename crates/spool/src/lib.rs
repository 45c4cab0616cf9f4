//! Numbered records on disk, oldest first, within a bound: what could not be sent yet.
//!
//! Apart from the delivery, which knows what the records are. Everything here is synchronous: whoever calls it may be blocked by the
//! disk. A folder holds
//!
//! * `owner`: locked while a program uses the folder; says whose it is;
//! * `*.spool`: segments, named by the number of their first record; each a head and then records (`record.rs` has the bytes);
//! * `cursor`: the number of the first record that is not done;
//! * `rest`: what is left of that record, when the backend took a part of it.
//!
//! The invariants: numbers ascend, from file to file and from run to run; a record is complete before its head is written, so
//! that a cut file has no half record; the files together are never larger than the bound, of which the oldest segments are
//! given up; nothing is held in memory but one segment's name and numbers each.
//!
//! What was written survives the end of the program, however it ends, because the system has it. It is not forced to the
//! device: a crash of the whole machine may cost the last seconds, and what it tore is noticed by checksums.

mod file;
mod folder;
mod record;
mod segment;
mod write;

pub use file::{Create, Out};
pub use folder::{Stranger, strangers};
pub use record::Head;
pub use write::Payload;

use folder::Folder;
use segment::{Scan, Segment};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use write::Active;

/// Segments are this part of the bound, so that giving one up costs little.
const PARTS: u64 = 8;
const LARGEST_SEGMENT: u64 = 64 << 20;
/// The least that a record counts for, as each takes some memory too.
const LEAST_COST: u64 = 1024;

/// Where and how large a spool is.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder, of this spool alone.
    pub folder: PathBuf,
    /// All files together, in bytes.
    pub max_bytes: u64,
    /// Whose it is, for people.
    pub owner: String,
}

/// Why a record cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// It is not there as it was written.
    Damaged,
    /// The disk does not answer as it should.
    Io(io::Error),
}

/// Why a record could not be written.
#[derive(Debug)]
pub enum AppendError {
    /// It is larger than the spool may be.
    TooLarge,
    /// What the disk answered.
    Io(io::Error),
}

/// An open spool.
#[derive(Debug)]
pub struct Spool {
    folder: Folder,
    kind: u8,
    max: u64,
    segments: VecDeque<Segment>,
    /// The last segment, while it is written to.
    active: Option<Active>,
    reading: Option<Reading>,
    cursor: u64,
    rest: Option<(Head, u64)>,
    /// Records below this number were given up for room.
    lost_below: u64,
    create: Create,
}

/// Where reading goes on.
#[derive(Debug)]
struct Reading {
    segment: u64,
    file: File,
    at: u64,
}

/// What opening found.
#[derive(Debug, Default)]
pub struct Found {
    /// The records that are not done, oldest first; of the first one the rest, if there is one.
    pub records: Vec<Head>,
    /// The number for the next record.
    pub next: u64,
    /// A line for each file that could not be read to its end.
    pub faults: Vec<String>,
}

impl Spool {
    /// Opens the folder, which is made if it is not there, and locks it.
    ///
    /// # Errors
    /// What the disk answered, or that another process uses the folder.
    pub fn open(config: &Config, kind: u8, create: Create) -> io::Result<(Self, Found)> {
        let folder = Folder::open(&config.folder, &config.owner)?;
        let cursor = folder.cursor();
        let mut spool = Self {
            folder,
            kind,
            max: config.max_bytes,
            segments: VecDeque::new(),
            active: None,
            reading: None,
            cursor,
            rest: None,
            lost_below: 0,
            create,
        };
        let mut found = Found {
            next: cursor.max(1),
            ..Found::default()
        };
        let mut floor = 0;
        for path in spool.folder.segments()? {
            // A name is never used again, also when the file cannot be read.
            found.next = found
                .next
                .max(folder::number(&path).map_or(0, |number| number + 1));
            let Scan {
                segment,
                heads,
                fault,
            } = segment::scan(&path, kind, floor)?;
            found.faults.extend(fault);
            let Some(segment) = segment else { continue };
            floor = segment.last + 1;
            found.next = found.next.max(floor);
            if segment.last < cursor {
                std::fs::remove_file(&segment.path)?;
                continue;
            }
            found
                .records
                .extend(heads.into_iter().filter(|head| head.seq >= cursor));
            spool.segments.push_back(segment);
        }
        spool.find_rest(&mut found);
        spool.make_room(0).ok(); // a bound that was lowered: nothing else can be given up than what is
        Ok((spool, found))
    }

    /// The number of the first record that is not done.
    pub const fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Records below this number were given up for room.
    pub const fn lost_below(&self) -> u64 {
        self.lost_below
    }

    /// Bytes of all records' files.
    pub fn bytes(&self) -> u64 {
        let rest = self.rest.as_ref().map_or(0, |(_, bytes)| *bytes);
        self.segments.iter().map(|segment| segment.bytes).sum::<u64>() + rest
    }

    /// The payload of the record with this number, or of what is left of it.
    ///
    /// # Errors
    /// When it is not there or not as it was written.
    pub fn read(&mut self, seq: u64) -> Result<Vec<u8>, ReadError> {
        if self.rest.as_ref().is_some_and(|(head, _)| head.seq == seq) {
            let (_, payload) = record::read(&File::open(self.folder.rest_path())?, 0)?;
            return Ok(payload);
        }
        let holds = |segment: &&Segment| segment.first <= seq && seq <= segment.last;
        let segment = self.segments.iter().find(holds).ok_or(ReadError::Damaged)?;
        let fresh = self
            .reading
            .as_ref()
            .is_none_or(|reading| reading.segment != segment.first);
        if fresh {
            let file = File::open(&segment.path)?;
            self.reading = Some(Reading {
                segment: segment.first,
                file,
                at: segment::HEAD,
            });
        }
        let Some(reading) = &mut self.reading else {
            return Err(ReadError::Damaged);
        };
        let mut again = !fresh;
        loop {
            let head = record::read_head(&reading.file, reading.at)?;
            if head.seq == seq {
                let (_, payload) = record::read(&reading.file, reading.at)?;
                return Ok(payload);
            }
            if head.seq < seq {
                reading.at += head.bytes();
            } else if std::mem::take(&mut again) {
                reading.at = segment::HEAD;
            } else {
                return Err(ReadError::Damaged);
            }
        }
    }

    /// Records below `to` are done: they will not be read again, and files that have none but those are removed.
    ///
    /// # Errors
    /// What the disk answered; records may then come once more after a restart.
    pub fn advance(&mut self, to: u64) -> io::Result<()> {
        self.cursor = self.cursor.max(to);
        self.folder.save_cursor(self.cursor)?;
        self.remove_rest(to)?;
        while self.segments.front().is_some_and(|segment| segment.last < to) {
            self.remove_first()?;
        }
        Ok(())
    }

    fn remove_first(&mut self) -> io::Result<()> {
        let Some(segment) = self.segments.pop_front() else {
            return Ok(());
        };
        if self.segments.is_empty() {
            self.active = None;
        }
        self.reading.take_if(|reading| reading.segment == segment.first);
        std::fs::remove_file(&segment.path)?;
        self.remove_rest(segment.last + 1)
    }

    /// Removes the rest of a record below this number.
    fn remove_rest(&mut self, below: u64) -> io::Result<()> {
        match self.rest.take_if(|(head, _)| head.seq < below) {
            Some(_) => std::fs::remove_file(self.folder.rest_path()),
            None => Ok(()),
        }
    }

    fn find_rest(&mut self, found: &mut Found) {
        let path = self.folder.rest_path();
        let read = File::open(&path)
            .map_err(ReadError::from)
            .and_then(|file| record::read(&file, 0));
        let first = found.records.first_mut();
        match (read, first) {
            (Ok((head, _)), Some(first)) if head.seq == first.seq => {
                *first = head;
                self.rest = Some((head, head.bytes()));
            }
            _ => drop(std::fs::remove_file(path)), // of a record that is done, or half written: not needed
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        let gone = [io::ErrorKind::UnexpectedEof, io::ErrorKind::NotFound].contains(&error.kind());
        if gone { Self::Damaged } else { Self::Io(error) }
    }
}

/// The name of the folder for a sink inside the folder of all spools: its key, what it gets, and a number made from the rest of its
/// identity.
#[must_use]
pub fn folder_name(key: &str, carries: &str, identity: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let key: String = key.chars().map(plain).collect();
    format!("{key}-{carries}-{:08x}", crc32fast::hash(identity.as_bytes()))
}

/// Whether a path names a segment.
fn is_segment(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "spool")
}

#[cfg(test)]
mod tests;
