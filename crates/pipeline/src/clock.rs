//! Which window is due, and when: a pure rule over the system's clock.

use heapster_plugin::model::Timestamp;
use heapster_plugin::source::Window;
use std::time::Duration;

/// How long after the end of a window its scrape begins.
///
/// Source: Heapster 1.5 metrics/manager/manager.go.
pub const SCRAPE_OFFSET: Duration = Duration::from_secs(5);

/// The next thing to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// The window to scrape.
    pub window: Window,
    /// How long to wait before that; zero when it is due or late.
    pub wait: Duration,
    /// How many windows were passed over, because the cycle before took too long or the clock was set forward.
    pub lost: u64,
}

/// The sequence of windows: aligned to the resolution on the Unix epoch, each given out once, in order.
///
/// The end given out last is remembered, so that a resolution as short as the scrape offset loses no window, and the clock
/// is only asked for the distance to the next one: set back a little, it waits; set back by more than two windows, the
/// sequence starts anew at the clock's time; set forward, the windows between are lost and counted.
///
/// ```
/// use heapster_pipeline::Windows;
/// use heapster_plugin::model::Timestamp;
/// use std::time::Duration;
///
/// let mut windows = Windows::new(Duration::from_secs(60));
/// let first = windows.next(Timestamp::from_secs(600 + 7));
/// assert_eq!(first.window.end, Timestamp::from_secs(660));
/// assert_eq!(first.wait, Duration::from_secs(58)); // 660 + 5 - 607
/// ```
#[derive(Clone, Debug)]
pub struct Windows {
    /// Nanoseconds, at least one second's.
    resolution: i64,
    last: Option<i64>,
}

impl Windows {
    /// Windows of this length; below a second it is held at a second.
    #[must_use]
    pub fn new(resolution: Duration) -> Self {
        let nanos = i64::try_from(resolution.as_nanos()).unwrap_or(i64::MAX / 4);
        Self {
            resolution: nanos.clamp(1_000_000_000, i64::MAX / 4),
            last: None,
        }
    }

    /// The window to scrape next, seen at `now`.
    ///
    /// A window that is late by up to half a resolution is scraped at once; later it is lost.
    /// Differs: the original takes the window from the clock alone and so loses every other one at a resolution of 5 s.
    pub fn next(&mut self, now: Timestamp) -> Tick {
        let now = now.nanos();
        let resolution = self.resolution;
        let offset = i64::try_from(SCRAPE_OFFSET.as_nanos()).unwrap_or(0);
        let fresh = now
            .div_euclid(resolution)
            .saturating_add(1)
            .saturating_mul(resolution);
        let mut lost = 0;
        let end = match self.last {
            None => fresh,
            Some(last) => {
                let due = last.saturating_add(resolution);
                let ahead = due.saturating_add(offset).saturating_sub(now);
                let overdue = ahead.saturating_neg().saturating_sub(resolution / 2);
                if ahead > resolution.saturating_mul(2) {
                    fresh
                } else if overdue > 0 {
                    lost = (overdue - 1) / resolution + 1;
                    due.saturating_add(lost.saturating_mul(resolution))
                } else {
                    due
                }
            }
        };
        self.last = Some(end);
        let wait = end.saturating_add(offset).saturating_sub(now);
        Tick {
            window: Window {
                start: Timestamp::from_nanos(end.saturating_sub(resolution)),
                end: Timestamp::from_nanos(end),
            },
            wait: Duration::from_nanos(u64::try_from(wait).unwrap_or(0)),
            lost: u64::try_from(lost).unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
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
        (0..cycles)
            .map(|_| {
                let tick = windows.next(at(now));
                now += i64::try_from(tick.wait.as_secs()).unwrap() + took;
                (tick.window.end.secs() - 1_000_000, tick.lost)
            })
            .collect()
    }

    #[test]
    fn a_window_begins_at_a_multiple_of_the_resolution_and_is_scraped_five_seconds_after_its_end() {
        let tick = secs(60).next(at(1_000_003));
        assert_eq!(tick.window.start.secs() % 60, 0);
        assert_eq!(tick.window.end.since(tick.window.start), Duration::from_secs(60));
        assert_eq!(at(1_000_003).plus(tick.wait), tick.window.end.plus(SCRAPE_OFFSET));
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
        assert_eq!(run(10, 25, 3), [(10, 0), (30, 1), (60, 2)]);
        assert_eq!(run(10, 45, 3), [(10, 0), (50, 3), (100, 4)]);
    }

    #[test]
    fn a_clock_set_forward_loses_the_windows_between_and_goes_on() {
        let mut windows = secs(60);
        windows.next(at(600_000));
        let tick = windows.next(at(603_600));
        assert_eq!(tick.lost, 58);
        assert!(tick.wait <= Duration::from_secs(60));
        assert_eq!(windows.next(at(603_665)).lost, 0);
    }

    #[test]
    fn a_clock_set_back_by_hours_goes_on_at_once() {
        let mut windows = secs(60);
        windows.next(at(600_000));
        let tick = windows.next(at(590_001));
        assert_eq!(tick.window.end.secs(), 590_040);
        assert_eq!((tick.lost, tick.wait), (0, Duration::from_secs(44)));
    }

    #[test]
    fn a_clock_set_back_by_seconds_repeats_no_window() {
        let mut windows = secs(60);
        let first = windows.next(at(600_000)).window;
        let tick = windows.next(at(600_035));
        assert_eq!(tick.window.start, first.end);
        assert_eq!(tick.wait, Duration::from_secs(90));
    }

    #[test]
    fn absurd_times_and_resolutions_are_survived() {
        for resolution in [Duration::ZERO, Duration::MAX] {
            let mut windows = Windows::new(resolution);
            for nanos in [i64::MIN, -1, 0, i64::MAX, i64::MIN] {
                windows.next(Timestamp::from_nanos(nanos));
            }
        }
    }
}
