//! A spool in a folder of its own.

mod any;
mod broken;

use super::*;
use std::io::Write;
use tempfile::TempDir;

/// A spool, and what happens to it.
struct Rig {
    folder: TempDir,
    max: u64,
    spool: Option<Spool>,
}

impl Rig {
    fn new(max: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut rig = Self {
            folder,
            max,
            spool: None,
        };
        assert_eq!(rig.reopen().records, []);
        rig
    }

    fn config(&self) -> Config {
        Config {
            folder: self.folder.path().to_owned(),
            max_bytes: self.max,
            owner: "acme:".to_owned(),
        }
    }

    fn reopen(&mut self) -> Found {
        self.spool = None;
        let (spool, found) = Spool::open(&self.config(), b't', Create::default()).unwrap();
        self.spool = Some(spool);
        found
    }

    fn spool(&mut self) -> &mut Spool {
        self.spool.as_mut().unwrap()
    }

    fn append(&mut self, seq: u64, length: usize) -> Result<(), AppendError> {
        append(self.spool(), seq, length)
    }

    fn reads(&mut self, seq: u64, length: usize) {
        assert_eq!(self.spool().read(seq).unwrap(), payload(seq, length));
    }

    /// The files that hold records.
    fn files(&self) -> Vec<PathBuf> {
        let all = std::fs::read_dir(self.folder.path()).unwrap();
        let mut all: Vec<_> = all.map(|entry| entry.unwrap().path()).collect();
        all.retain(|path| is_segment(path));
        all.sort();
        all
    }

    fn bytes_on_disk(&self) -> u64 {
        let rest = std::fs::metadata(self.folder.path().join("rest")).map_or(0, |data| data.len());
        let size = |path: PathBuf| std::fs::metadata(path).unwrap().len();
        self.files().into_iter().map(size).sum::<u64>() + rest
    }
}

fn append(spool: &mut Spool, seq: u64, length: usize) -> Result<(), AppendError> {
    let bytes = payload(seq, length);
    spool.append(head(seq), &|out: &mut dyn Write| out.write_all(&bytes))
}

fn head(seq: u64) -> Head {
    Head::new(seq, 1_000, seq * 10)
}

/// Bytes that no other record has.
fn payload(seq: u64, length: usize) -> Vec<u8> {
    let mut state = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_le_bytes()[7]
    };
    (0..length).map(|_| byte()).collect()
}

fn seqs(found: &Found) -> Vec<u64> {
    found.records.iter().map(|head| head.seq).collect()
}

#[test]
fn records_come_back_in_order_from_all_files_after_a_restart() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=40 {
        rig.append(seq, 10_000).unwrap();
    }
    assert!(rig.files().len() > 2);
    let found = rig.reopen();
    assert_eq!(seqs(&found), (1..=40).collect::<Vec<_>>());
    assert_eq!(
        (found.next, found.records[6].count, found.records[6].queued),
        (41, 70, 1_000)
    );
    for seq in 1..=40 {
        rig.reads(seq, 10_000);
    }
    rig.reads(7, 10_000);
}

#[test]
fn what_is_done_does_not_come_back_and_takes_no_room() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=40 {
        rig.append(seq, 10_000).unwrap();
    }
    rig.spool().advance(31).unwrap();
    assert!(rig.bytes_on_disk() < 220_000);
    let found = rig.reopen();
    assert_eq!((seqs(&found), found.next), ((31..=40).collect(), 41));
    rig.reads(31, 10_000);
    rig.spool().advance(41).unwrap();
    assert!(rig.files().is_empty());
    rig.append(41, 5).unwrap();
    assert_eq!(seqs(&rig.reopen()), [41]);
    rig.reads(41, 5);
}

#[test]
fn numbers_go_on_after_a_restart_even_when_nothing_is_left() {
    let mut rig = Rig::new(1 << 20);
    rig.append(7, 5).unwrap();
    rig.spool().advance(8).unwrap();
    let found = rig.reopen();
    assert_eq!((seqs(&found), found.next), (vec![], 8));
}

#[test]
fn a_full_spool_gives_up_its_oldest_records() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=300 {
        rig.append(seq, 10_000).unwrap();
        assert!(rig.bytes_on_disk() <= 1 << 20);
        assert_eq!(rig.bytes_on_disk(), rig.spool().bytes());
    }
    let lost_below = rig.spool().lost_below();
    assert!((200..=225).contains(&lost_below), "{lost_below}");
    assert_eq!(seqs(&rig.reopen()), (lost_below..=300).collect::<Vec<_>>());
    assert!(matches!(
        rig.spool().read(lost_below - 1),
        Err(ReadError::Damaged)
    ));
    rig.reads(lost_below, 10_000);
}

#[test]
fn a_record_that_is_too_large_costs_no_other_one() {
    let mut rig = Rig::new(1 << 20);
    rig.append(1, 600_000).unwrap();
    assert!(matches!(rig.append(2, 1 << 20), Err(AppendError::TooLarge)));
    rig.reads(1, 600_000);
    assert_eq!(rig.spool().lost_below(), 0);
    rig.append(3, 1_000_000).unwrap();
    assert_eq!(rig.spool().lost_below(), 2);
    assert_eq!(seqs(&rig.reopen()), [3]);
}

#[test]
fn tiny_records_are_bounded_in_number() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=2_000 {
        rig.append(seq, 1).unwrap();
    }
    assert!(rig.reopen().records.len() <= 1_024);
}

#[test]
fn a_bound_that_was_lowered_holds_from_the_next_start_on() {
    let mut rig = Rig::new(4 << 20);
    for seq in 1..=30 {
        rig.append(seq, 100_000).unwrap();
    }
    rig.max = 1 << 20;
    rig.reopen();
    assert!(rig.bytes_on_disk() <= 1 << 20);
    assert!(rig.spool().lost_below() > 15);
    rig.reads(30, 100_000);
}

#[test]
fn the_rest_of_a_record_takes_its_place_until_it_is_done() {
    let mut rig = Rig::new(1 << 20);
    for seq in 1..=3 {
        rig.append(seq, 100).unwrap();
    }
    let left = Head::new(1, 1_000, 4);
    rig.spool()
        .save_rest(left, &|out| out.write_all(b"left"))
        .unwrap();
    assert_eq!(rig.spool().read(1).unwrap(), b"left");
    let found = rig.reopen();
    assert_eq!((seqs(&found), found.records[0].count), (vec![1, 2, 3], 4));
    assert_eq!(rig.spool().read(1).unwrap(), b"left");
    rig.spool().advance(2).unwrap();
    assert_eq!(
        (seqs(&rig.reopen()), rig.spool().bytes()),
        (vec![2, 3], rig.bytes_on_disk())
    );
    rig.reads(2, 100);
}

#[test]
fn a_rest_never_takes_a_spool_over_its_bound() {
    let mut rig = Rig::new(1 << 20);
    rig.append(1, 1_000_000).unwrap();
    let rest = vec![7; 100_000];
    assert!(
        rig.spool()
            .save_rest(head(1), &|out| out.write_all(&rest))
            .is_err()
    );
    assert!(rig.bytes_on_disk() <= 1 << 20);
    rig.reads(1, 1_000_000);
}

#[test]
fn a_folder_belongs_to_one_program_at_a_time() {
    let mut rig = Rig::new(1 << 20);
    let error = Spool::open(&rig.config(), b't', Create::default()).unwrap_err();
    assert_eq!(error.to_string(), "another process uses this folder");
    rig.reopen();
    let owner = std::fs::read_to_string(rig.folder.path().join("owner")).unwrap();
    assert_eq!(owner, "acme:\n");
}

#[test]
fn a_folders_name_tells_sinks_apart() {
    assert_eq!(folder_name("acme.x", "metrics", "a"), "acme-x-metrics-e8b7be43");
    assert_ne!(folder_name("acme", "", "a"), folder_name("acme", "", "b"));
}

#[test]
fn a_spool_that_nobody_has_is_found() {
    let base = tempfile::tempdir().unwrap();
    let mut folders = Vec::new();
    for name in ["a", "b", "empty"] {
        let folder = base.path().join(name);
        let config = Config {
            folder: folder.clone(),
            max_bytes: 1 << 20,
            owner: format!("acme:{name}"),
        };
        let (mut spool, _) = Spool::open(&config, b't', Create::default()).unwrap();
        if name != "empty" {
            append(&mut spool, 1, 100).unwrap();
        }
        folders.push(folder);
    }
    let found = strangers(base.path(), &folders[..1]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0].folder, found[0].owner.as_str(), found[0].bytes),
        (&folders[1], "acme:b", 148)
    );
}
