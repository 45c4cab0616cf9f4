//! With a spool.

use super::*;
use crate::config::Config;
use heapster_spool::{Config as SpoolConfig, Create, Out};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

const DEAD: Way = Way::Fails(usize::MAX);
const WELL: Way = Way::Takes(Duration::ZERO);

fn spooled(folder: &Path) -> impl FnOnce(&mut Config<Items>) + use<> {
    let spool = SpoolConfig {
        folder: folder.to_owned(),
        max_bytes: 1 << 20,
        owner: String::new(),
    };
    |config| {
        config.spool = Some(spool);
        config.max_age = secs(24 * 3600);
    }
}

fn start(way: Way) -> (Rig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let rig = Rig::<true>::with(way, spooled(folder.path()));
    (rig, folder)
}

/// The delivery is cut off, as by a kill, and started again.
fn kill(rig: &mut Rig, folder: &TempDir) {
    rig.delivery = None;
    rig.restart(Duration::ZERO, spooled(folder.path()), Create::default());
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_sink_does_not_take_waits_on_disk_and_comes_in_order() {
    let (rig, _folder) = start(DEAD);
    for at in 1..=50 {
        rig.offer(at, 10);
        pass(10).await;
    }
    let snapshot = rig.delivery().snapshot();
    let spool = snapshot.spool.unwrap();
    assert_eq!((spool.parcels, spool.error, rig.waiting()), (50, None, 500));
    assert!(snapshot.in_memory <= 3 && spool.bytes > 50 * 80);
    rig.turn(WELL);
    pass(40).await;
    assert_eq!((rig.accepted().len(), rig.waiting()), (500, 0));
    assert!(rig.seen.lock().unwrap().accepted.is_sorted());
    assert_eq!(rig.delivery().snapshot().spool.unwrap().bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn after_a_kill_everything_goes_out_and_only_what_was_in_hand_twice() {
    let (mut rig, folder) = start(WELL);
    rig.offer(1, 10);
    pass(1).await;
    rig.turn(DEAD);
    for at in 2..=20 {
        rig.offer(at, 10);
        pass(10).await;
    }
    rig.turn(Way::Half(1));
    pass(31).await;
    kill(&mut rig, &folder);
    rig.turn(WELL);
    pass(60).await;
    let mut once = rig.accepted();
    once.dedup();
    let all: Vec<u64> = (1..=20).flat_map(|at| at * 1_000..at * 1_000 + 10).collect();
    assert_eq!(once, all);
    assert_eq!(
        rig.accepted().len(),
        200,
        "the half that was taken before did not come again"
    );
    assert_eq!((rig.ledger().made, rig.waiting()), (rig.ledger().accepted, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_at_a_kill_comes_once_more() {
    let (mut rig, folder) = start(Way::Hangs(1));
    rig.offer(1, 10);
    pass(1).await;
    kill(&mut rig, &folder);
    pass(60).await;
    assert_eq!((rig.seen(), rig.accepted().len()), (vec![1, 1], 10));
    assert_eq!((rig.ledger().made, rig.ledger().accepted), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn stopping_leaves_on_disk_what_a_dead_sink_did_not_take() {
    let (mut rig, folder) = start(DEAD);
    (1..=3).for_each(|at| rig.offer(at, 10));
    pass(20).await;
    let start = Instant::now();
    rig.delivery().stop(start + secs(20)).await;
    assert!(start.elapsed() < secs(2), "{:?}", start.elapsed());
    assert_eq!(
        (rig.waiting(), rig.ledger().dropped, rig.stopped()),
        (30, vec![], 1)
    );
    kill(&mut rig, &folder);
    rig.turn(WELL);
    pass(20).await;
    assert_eq!((rig.accepted().len(), rig.waiting()), (30, 0));
}

#[tokio::test(start_paused = true)]
async fn stopping_gives_a_sink_that_is_well_what_waits() {
    let (rig, _folder) = start(Way::Takes(secs(2)));
    (1..=3).for_each(|at| rig.offer(at, 10));
    rig.delivery().stop(Instant::now() + secs(20)).await;
    assert_eq!(
        (rig.seen(), rig.ledger().accepted, rig.waiting()),
        (vec![1, 2, 3], 30, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_a_sink_that_hangs_leaves_time_to_write_what_it_has() {
    let (rig, folder) = start(Way::Hangs(9));
    (1..=3).for_each(|at| rig.offer(at, 10));
    let start = Instant::now();
    rig.delivery().stop(start + secs(5)).await;
    assert!(start.elapsed() <= secs(5));
    assert_eq!((rig.waiting(), rig.ledger().dropped), (30, vec![]));
    assert!(folder.path().read_dir().unwrap().count() >= 3);
}

/// Files that cannot be written while the disk is full.
#[derive(Debug)]
struct Full(Box<dyn Out>, Arc<AtomicBool>);

impl Out for Full {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        match self.1.load(Ordering::Relaxed) {
            true => Err(io::Error::from_raw_os_error(28)),
            false => self.0.write_at(bytes, at),
        }
    }
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.cut(length)
    }
}

#[tokio::test(start_paused = true)]
async fn on_a_full_disk_the_queue_in_memory_is_left_and_the_spool_comes_back() {
    let (folder, full) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(true)));
    let flag = full.clone();
    let create = Create::new(move |path| Ok(Box::new(Full(Create::default().make(path)?, flag.clone()))));
    let rig = Rig::<true>::start(DEAD, Duration::ZERO, spooled(folder.path()), create);
    for at in 1..=10 {
        rig.offer(at, 10);
        pass(10).await;
    }
    let spool = rig.delivery().snapshot().spool.unwrap();
    assert!(spool.error.unwrap().contains("No space left"));
    assert_eq!(
        (spool.parcels, rig.waiting(), rig.dropped(Reason::QueueFull)),
        (0, 40, 60)
    );
    full.store(false, Ordering::Relaxed);
    pass(11).await;
    for at in 11..=20 {
        rig.offer(at, 10);
        pass(10).await;
    }
    let spool = rig.delivery().snapshot().spool.unwrap();
    assert_eq!((spool.parcels, spool.error, rig.waiting()), (14, None, 140));
    rig.turn(WELL);
    pass(40).await;
    assert_eq!((rig.ledger().accepted, rig.waiting()), (140, 0));
    assert!(rig.seen.lock().unwrap().accepted.is_sorted());
}

#[tokio::test(start_paused = true)]
async fn a_folder_in_use_costs_the_sink_nothing_and_is_taken_over_later() {
    let (other, folder) = start(DEAD);
    other.offer(1, 10);
    pass(1).await;
    let rig = Rig::<true>::with(WELL, spooled(folder.path()));
    rig.offer(2, 10);
    pass(1).await;
    assert_eq!(rig.seen(), [2]);
    let error = rig.delivery().snapshot().spool.unwrap().error.unwrap();
    assert!(error.ends_with(": another process uses this folder"), "{error}");
    drop(other);
    pass(11).await;
    assert_eq!(
        (rig.seen(), rig.delivery().snapshot().spool.unwrap().error),
        (vec![2, 1], None)
    );
    assert_eq!((rig.ledger().made, rig.ledger().accepted), (20, 20));
}

#[tokio::test(start_paused = true)]
async fn a_full_spool_gives_up_its_oldest_batches() {
    let (rig, folder) = start(DEAD);
    for at in 1..=30 {
        rig.offer(at, 10_000);
        pass(10).await;
    }
    let spool = rig.delivery().snapshot().spool.unwrap();
    assert!(spool.bytes <= 1 << 20 && spool.parcels > 8, "{spool:?}");
    let lost = rig.dropped(Reason::SpoolFull);
    assert!(lost >= 150_000, "{lost}");
    assert_eq!(rig.ledger().made, 300_000);
    let files = folder.path().read_dir().unwrap();
    let size: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(size <= (1 << 20) + 100);
    rig.turn(WELL);
    pass(40).await;
    assert_eq!((rig.waiting(), rig.ledger().accepted), (0, 300_000 - lost));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_record_is_counted_and_the_next_one_comes() {
    let (mut rig, folder) = start(DEAD);
    for at in 1..=6 {
        rig.offer(at, 10);
        pass(1).await;
    }
    rig.delivery = None;
    pass(1).await;
    let is_segment = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "spool");
    let path = folder
        .path()
        .read_dir()
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(is_segment)
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8 + 128 + 60] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    rig.turn(WELL);
    kill(&mut rig, &folder);
    pass(20).await;
    assert_eq!(
        (rig.dropped(Reason::Damaged), rig.waiting(), rig.ledger().made),
        (10, 0, 60)
    );
    assert_eq!(rig.seen().last(), Some(&6));
}
