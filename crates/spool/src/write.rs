//! Writing to a spool.

use super::file::Out;
use super::record::{self, Head};
use super::segment::{self, Segment};
use super::{AppendError, LARGEST_SEGMENT, LEAST_COST, PARTS, Spool};
use std::io::{self, Write};

/// Bytes that are gathered before they are written.
const CHUNK: usize = 256 * 1024;

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Active {
    out: Box<dyn Out>,
    length: u64,
}

/// Writes a payload.
pub type Payload<'a> = &'a dyn Fn(&mut dyn Write) -> io::Result<()>;

impl Spool {
    /// Adds a record, whose number must be above all others. For room, the oldest segments are given up; see
    /// [`lost_below`](Self::lost_below).
    ///
    /// # Errors
    /// The record is then not there; the others are, but for those that were given up.
    pub fn append(&mut self, head: Head, payload: Payload<'_>) -> Result<(), AppendError> {
        let full = (self.max / PARTS).clamp(1, LARGEST_SEGMENT);
        self.active.take_if(|active| active.length >= full);
        match self.try_append(head, payload) {
            Err(error) if is_no_room(&error) => {}
            Err(error) => return Err(AppendError::Io(error)),
            Ok(()) => return Ok(()),
        }
        // How much is needed must be known before anything is given up for it.
        let mut length = Length(record::HEAD);
        payload(&mut length)?;
        let needed = segment::HEAD + length.0.max(LEAST_COST);
        if needed > self.max {
            return Err(AppendError::TooLarge);
        }
        // What is in the segment that is written to may have to go as well.
        self.active = None;
        self.make_room(needed)?;
        self.try_append(head, payload)?;
        Ok(())
    }

    fn try_append(&mut self, head: Head, payload: Payload<'_>) -> io::Result<()> {
        let alone = self.active.is_none();
        let written = self
            .begin(head.seq)
            .and_then(|()| self.write_record(head, payload));
        if written.is_err() {
            self.undo(alone);
        }
        written
    }

    /// Saves what is left of a record. Nothing is given up for it.
    ///
    /// # Errors
    /// What the disk answered, or that there is no room; after a restart the whole record may then come once more.
    pub fn save_rest(&mut self, head: Head, payload: Payload<'_>) -> io::Result<()> {
        let new = self.folder.new_rest_path();
        let out = self.create.make(&new)?;
        let mut room = |more| self.check_room(more);
        let mut writer = Writer::new(out, 0, &mut room);
        let written = writer.record(head, payload);
        drop(writer);
        let Ok(head) = written else {
            std::fs::remove_file(new)?;
            return written.map(drop);
        };
        std::fs::rename(new, self.folder.rest_path())?;
        self.rest = Some((head, head.bytes()));
        Ok(())
    }

    /// Gives up the oldest segments until `more` bytes have room.
    pub(crate) fn make_room(&mut self, more: u64) -> io::Result<()> {
        while self.taken().saturating_add(more) > self.max {
            let Some(last) = self.segments.front().map(|segment| segment.last) else {
                return Err(no_room());
            };
            self.lost_below = self.lost_below.max(last + 1);
            self.remove_first()?;
        }
        Ok(())
    }

    /// What counts against the bound.
    fn taken(&self) -> u64 {
        let rest = self.rest.as_ref().map_or(0, |(_, bytes)| *bytes);
        self.segments.iter().map(|segment| segment.cost).sum::<u64>() + rest
    }

    fn check_room(&self, more: u64) -> io::Result<()> {
        let fits = self.taken().saturating_add(more) <= self.max;
        if fits { Ok(()) } else { Err(no_room()) }
    }

    /// Makes a segment to write to, if there is none.
    fn begin(&mut self, first: u64) -> io::Result<()> {
        if self.active.is_none() {
            self.check_room(segment::HEAD)?;
            let path = self.folder.segment_path(first);
            let mut out = self.create.make(&path)?;
            self.segments.push_back(Segment::new(path, first));
            let written = out.write_at(&segment::head(self.kind), 0);
            self.active = Some(Active {
                out,
                length: segment::HEAD,
            });
            written?;
        }
        Ok(())
    }

    fn write_record(&mut self, head: Head, payload: Payload<'_>) -> io::Result<()> {
        let Some(Active { out, length }) = self.active.take() else {
            return Ok(());
        };
        let mut room = |more| self.check_room(more);
        let mut writer = Writer::new(out, length, &mut room);
        let written = writer.record(head, payload);
        let active = self.active.insert(Active {
            out: writer.out,
            length,
        });
        let head = written?;
        active.length += head.bytes();
        if let Some(segment) = self.segments.back_mut() {
            segment.add(&head);
        }
        Ok(())
    }

    /// Takes back a record that could not be written, and the segment that was made for it.
    fn undo(&mut self, alone: bool) {
        let Some(active) = &mut self.active else { return };
        let cut = active.out.cut(active.length);
        if alone {
            self.active = None;
            if let Some(segment) = self.segments.pop_back() {
                std::fs::remove_file(segment.path).ok(); // what cannot be removed is found at the next start, and is empty
            }
        } else if cut.is_err() {
            // What follows would stand behind bytes that cannot be read.
            self.active = None;
        }
    }
}

/// The bound is reached: an error without a number of the system's.
fn no_room() -> io::Error {
    io::Error::from(io::ErrorKind::QuotaExceeded)
}

fn is_no_room(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::QuotaExceeded && error.raw_os_error().is_none()
}

impl From<io::Error> for AppendError {
    fn from(error: io::Error) -> Self {
        if is_no_room(&error) {
            Self::TooLarge
        } else {
            Self::Io(error)
        }
    }
}

/// Writes one record: its payload in pieces, then its head.
struct Writer<'a> {
    out: Box<dyn Out>,
    at: u64,
    buffer: Vec<u8>,
    length: u64,
    crc: crc32fast::Hasher,
    room: &'a mut dyn FnMut(u64) -> io::Result<()>,
}

impl<'a> Writer<'a> {
    fn new(out: Box<dyn Out>, at: u64, room: &'a mut dyn FnMut(u64) -> io::Result<()>) -> Self {
        let (buffer, crc) = (Vec::with_capacity(CHUNK), crc32fast::Hasher::new());
        Self {
            out,
            at,
            buffer,
            length: 0,
            crc,
            room,
        }
    }

    fn record(&mut self, head: Head, payload: Payload<'_>) -> io::Result<Head> {
        (self.room)(LEAST_COST)?;
        payload(self)?;
        self.flush()?;
        let length = u32::try_from(self.length).map_err(|_| no_room())?;
        let head = Head {
            length,
            crc: self.crc.clone().finalize(),
            ..head
        };
        self.out.write_at(&head.to_bytes(), self.at)?;
        Ok(head)
    }
}

impl Write for Writer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let more = self.buffer.len() as u64;
        (self.room)((record::HEAD + self.length + more).max(LEAST_COST))?;
        self.out
            .write_at(&self.buffer, self.at + record::HEAD + self.length)?;
        self.crc.update(&self.buffer);
        self.length += more;
        self.buffer.clear();
        Ok(())
    }
}

/// Counts bytes.
struct Length(u64);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
