//! The clock goes on, jumps and stands still.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn secs(seconds: i64) -> Windows {
    Windows::new(Duration::from_secs(seconds.unsigned_abs()))
}

/// Ends of the windows when each cycle begins on time and takes `took` seconds; with the windows lost before each.
fn run(resolution: i64, took: i64, cycles: usize) -> Vec<(i64, u64)> {
    let mut windows = secs(resolution);
    let mut now = 1_000_003;
    let (mut all, mut lost) = (Vec::new(), 0);
    while all.len() < cycles {
        let tick = windows.look(at(now));
        lost += tick.lost;
        if tick.wait.is_zero() {
            all.push((tick.window.end.secs() - 1_000_000, std::mem::take(&mut lost)));
            now += took;
        } else {
            now += i64::try_from(tick.wait.as_secs()).unwrap();
        }
    }
    all
}

/// Windows of this length, of which the one that ends at `end` was given out on time.
fn after(resolution: i64, end: i64) -> Windows {
    let mut windows = secs(resolution);
    assert!(!windows.look(at(end - 1)).wait.is_zero());
    let tick = windows.look(at(end + 5));
    assert_eq!((tick.window.end, tick.wait), (at(end), Duration::ZERO));
    windows
}

#[test]
fn a_window_begins_at_a_multiple_of_the_resolution_and_is_scraped_five_seconds_after_its_end() {
    let tick = secs(60).look(at(1_000_003));
    assert_eq!(tick.window.start.secs() % 60, 0);
    assert_eq!(tick.window.end.since(tick.window.start), Duration::from_secs(60));
    assert_eq!(at(1_000_003).plus(tick.wait), tick.window.end.plus(SCRAPE_OFFSET));
}

#[test]
fn looking_again_and_again_waits_for_the_same_window() {
    let mut windows = secs(60);
    for now in 600_001..600_065 {
        let tick = windows.look(at(now));
        assert_eq!(
            (tick.window.end, tick.lost, tick.wait.as_secs()),
            (at(600_060), 0, (600_065 - now).unsigned_abs())
        );
    }
}

#[test]
fn five_seconds_lose_no_window() {
    assert_eq!(run(5, 0, 4), [(5, 0), (10, 0), (15, 0), (20, 0)]);
    assert_eq!(run(5, 4, 4), [(5, 0), (10, 0), (15, 0), (20, 0)]);
}

#[test]
fn a_cycle_that_is_late_by_half_a_window_is_made_up_for() {
    assert_eq!(run(10, 15, 2), [(10, 0), (20, 0)]);
}

#[test]
fn a_cycle_that_takes_longer_loses_windows_and_says_how_many() {
    assert_eq!(run(10, 15, 4), [(10, 0), (20, 0), (40, 1), (50, 0)]);
    assert_eq!(run(10, 18, 4), [(10, 0), (30, 1), (50, 1), (70, 1)]);
    assert_eq!(run(10, 25, 3), [(10, 0), (30, 1), (60, 2)]);
    assert_eq!(run(10, 45, 3), [(10, 0), (50, 3), (100, 4)]);
}

#[test]
fn lost_windows_do_not_shift_the_others() {
    for (end, _) in run(60, 100, 20) {
        assert_eq!((1_000_000 + end) % 60, 0);
    }
}

#[test]
fn a_clock_set_forward_loses_the_windows_between_and_goes_on() {
    let mut windows = after(60, 600_000);
    let tick = windows.look(at(603_600));
    assert_eq!(
        (tick.lost, tick.window.end, tick.wait),
        (59, at(603_600), Duration::from_secs(5))
    );
    assert_eq!(windows.look(at(603_605)).lost, 0);
}

#[test]
fn a_machine_that_slept_while_a_window_was_waited_for_gives_no_batch_of_the_past() {
    let mut windows = secs(60);
    assert_eq!(windows.look(at(600_001)).window.end, at(600_060));
    let tick = windows.look(at(607_300));
    assert_eq!(
        (tick.lost, tick.window.end, tick.wait),
        (121, at(607_320), Duration::from_secs(25))
    );
}

#[test]
fn a_clock_set_back_by_hours_goes_on_at_once() {
    let mut windows = after(60, 600_000);
    let tick = windows.look(at(590_001));
    assert_eq!((tick.window.end, tick.lost), (at(590_040), 0));
    assert_eq!(tick.wait, Duration::from_secs(44));
}

#[test]
fn a_clock_set_back_by_hours_while_a_window_was_waited_for_goes_on_at_once() {
    let mut windows = secs(60);
    windows.look(at(600_001));
    assert_eq!(windows.look(at(590_001)).window.end, at(590_040));
}

#[test]
fn a_clock_set_back_a_little_repeats_no_window() {
    let mut windows = after(60, 600_000);
    for back in 1..120 {
        let tick = windows.look(at(600_005 - back));
        assert_eq!((tick.window.start, tick.lost), (at(600_000), 0), "{back}");
    }
}

#[test]
fn a_clock_set_back_stops_the_windows_for_three_of_them_at_most() {
    for (resolution, most) in [(5, 60), (60, 180), (600, 1800)] {
        for back in 0..20_000 {
            let tick = after(resolution, 600_000).look(at(600_005 - back));
            assert!(
                tick.wait <= Duration::from_secs(most),
                "{resolution} {back}: {tick:?}"
            );
        }
    }
}

#[test]
fn a_sequence_that_starts_anew_never_begins_with_the_window_before() {
    for resolution in [5, 7, 30, 60, 600] {
        for back in 0..20_000 {
            let end = 600_000 / resolution * resolution;
            let tick = after(resolution, end).look(at(end + 5 - back));
            assert_ne!(tick.window.end, at(end), "{resolution} {back}");
        }
    }
}

#[test]
fn absurd_times_and_resolutions_are_survived() {
    for resolution in [Duration::ZERO, Duration::MAX] {
        let mut windows = Windows::new(resolution);
        for nanos in [i64::MIN, -1, 0, i64::MAX, i64::MIN] {
            windows.look(Timestamp::from_nanos(nanos));
        }
    }
}
