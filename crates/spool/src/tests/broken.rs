//! Torn files, foreign bytes, a full disk.

use super::*;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Three records in one file, closed: the file, and where each record ends.
fn three() -> (Rig, PathBuf, Vec<u64>) {
    let mut rig = Rig::new(1 << 20);
    let mut ends = Vec::new();
    for (seq, length) in [(1, 50), (2, 0), (3, 33)] {
        rig.append(seq, length).unwrap();
        ends.push(rig.bytes_on_disk());
    }
    rig.spool = None;
    let file = rig.files().remove(0);
    (rig, file, ends)
}

#[test]
fn a_file_cut_anywhere_has_all_records_before_the_cut() {
    let (mut rig, file, ends) = three();
    let whole = std::fs::read(&file).unwrap();
    for cut in 0..=whole.len() {
        std::fs::write(&file, &whole[..cut]).unwrap();
        let found = rig.reopen();
        let expected = ends
            .iter()
            .filter(|end| **end <= u64::try_from(cut).unwrap())
            .count();
        assert_eq!(found.records.len(), expected, "cut at {cut}");
        let clean = cut <= 8 || ends.contains(&u64::try_from(cut).unwrap());
        assert_eq!(found.faults.is_empty(), clean, "cut at {cut}: {:?}", found.faults);
        for (seq, length) in [(1, 50), (2, 0), (3, 33)].into_iter().take(expected) {
            rig.reads(seq, length);
        }
        rig.append(9, 20).unwrap();
        rig.reads(9, 20);
        assert_eq!(rig.reopen().records.len(), expected + 1);
        rig.spool().advance(10).unwrap();
        assert!(rig.files().is_empty());
        std::fs::remove_file(rig.folder.path().join("cursor")).unwrap();
        rig.spool = None;
    }
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is() {
    let (mut rig, file, _) = three();
    let whole = std::fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        std::fs::write(&file, &bytes).unwrap();
        rig.reopen();
        let mut damaged = 0;
        for (seq, length) in [(1, 50), (2, 0), (3, 33)] {
            match rig.spool().read(seq) {
                Ok(read) => assert_eq!(read, payload(seq, length), "byte {at}"),
                Err(_) => damaged += 1,
            }
        }
        assert!(damaged > 0, "byte {at}");
        rig.spool = None;
        std::fs::write(&file, &whole).unwrap();
    }
}

#[test]
fn a_cursor_that_cannot_be_read_costs_no_record() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=3 {
        rig.append(seq, 100).unwrap();
    }
    rig.spool().advance(3).unwrap();
    let cursor = rig.folder.path().join("cursor");
    let file = OpenOptions::new().write(true).open(cursor).unwrap();
    file.write_all_at(b"x", 0).unwrap();
    assert_eq!(seqs(&rig.reopen()), [1, 2, 3]);
}

#[test]
fn a_half_written_rest_is_as_if_there_were_none() {
    let mut rig = Rig::new(1 << 20);
    rig.append(1, 100).unwrap();
    rig.spool()
        .save_rest(head(1), &|out| out.write_all(b"left"))
        .unwrap();
    rig.spool = None;
    let path = rig.folder.path().join("rest");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(rig.reopen().records[0].count, 10);
    rig.reads(1, 100);
}

#[test]
fn files_of_another_kind_are_left_alone() {
    let mut rig = Rig::new(1 << 20);
    rig.append(1, 100).unwrap();
    rig.spool = None;
    let (mut spool, found) = Spool::open(&rig.config(), b'e', Create::default()).unwrap();
    assert_eq!((found.records.len(), found.faults.len()), (0, 1));
    assert!(found.faults[0].ends_with("was not written by this version: left as it is"));
    append(&mut spool, found.next, 5).unwrap();
    drop(spool);
    assert_eq!(seqs(&rig.reopen()), [1]);
}

/// A disk with so much room.
#[derive(Debug)]
struct Small {
    file: Box<dyn Out>,
    left: Arc<AtomicU64>,
    length: u64,
}

impl Small {
    fn create(left: &Arc<AtomicU64>) -> Create {
        let left = left.clone();
        Create::new(move |path| {
            let file = Create::default().make(path)?;
            Ok(Box::new(Small {
                file,
                left: left.clone(),
                length: 0,
            }))
        })
    }
}

impl Out for Small {
    /// As a file system does, it takes a part and then fails.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let end = at + u64::try_from(bytes.len()).unwrap();
        let more = end.saturating_sub(self.length);
        let left = self.left.load(Ordering::Relaxed);
        if more > left {
            self.file.write_at(&bytes[..bytes.len() / 2], at)?;
            return Err(io::Error::from_raw_os_error(28));
        }
        self.left.fetch_sub(more, Ordering::Relaxed);
        self.length = self.length.max(end);
        self.file.write_at(bytes, at)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.length = length;
        self.file.cut(length)
    }
}

#[test]
fn a_full_disk_costs_the_record_that_is_written_and_no_other() {
    let mut rig = Rig::new(1 << 20);
    let left = Arc::new(AtomicU64::new(2_000));
    rig.spool = None;
    let (mut spool, _) = Spool::open(&rig.config(), b't', Small::create(&left)).unwrap();
    append(&mut spool, 1, 1_500).unwrap();
    for seq in [2, 3] {
        match append(&mut spool, seq, 1_000) {
            Err(AppendError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
            other => panic!("{other:?}"),
        }
    }
    append(&mut spool, 4, 10).unwrap();
    left.store(10_000, Ordering::Relaxed);
    append(&mut spool, 5, 1_000).unwrap();
    assert_eq!(spool.read(1).unwrap(), payload(1, 1_500));
    drop(spool);
    let found = rig.reopen();
    assert_eq!((seqs(&found), found.faults.len()), (vec![1, 4, 5], 0));
    for (seq, length) in [(1, 1_500), (4, 10), (5, 1_000)] {
        rig.reads(seq, length);
    }
}

#[test]
fn done_records_are_noted_on_a_full_disk() {
    let mut rig = Rig::new(1 << 20);
    let left = Arc::new(AtomicU64::new(500));
    rig.spool = None;
    let (mut spool, _) = Spool::open(&rig.config(), b't', Small::create(&left)).unwrap();
    append(&mut spool, 1, 100).unwrap();
    append(&mut spool, 2, 100).unwrap();
    left.store(0, Ordering::Relaxed);
    spool.advance(2).unwrap();
    drop(spool);
    assert_eq!(seqs(&rig.reopen()), [2]);
}
