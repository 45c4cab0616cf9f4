//! Which window is due, and when: a pure rule over the system's clock.

use heapster_plugin::model::Timestamp;
use heapster_plugin::source::Window;
use std::time::Duration;

/// How long after the end of a window its scrape begins.
///
/// Source: Heapster 1.5 metrics/manager/manager.go.
pub const SCRAPE_OFFSET: Duration = Duration::from_secs(5);

/// The longest time that is waited for before the clock is looked at again.
///
/// Waiting goes by a clock that stands still while the machine sleeps and does not follow when the system's clock is set.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How far a clock set back is waited for, at least; a sequence of long windows waits for three of them.
const PATIENCE: i64 = 60_000_000_000;

/// The next thing to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tick {
    /// The window that is due, or the one to wait for.
    pub window: Window,
    /// How long to wait for it; zero when it is due.
    pub wait: Duration,
    /// How many windows were passed over since the last look, because a cycle took too long, the machine slept or the
    /// clock was set forward.
    pub lost: u64,
}

/// The sequence of windows: aligned to the resolution on the Unix epoch, each given out once, in order.
///
/// The end given out last is remembered, so that a resolution as short as the scrape offset loses no window. The clock
/// may do what it wants: set back a little, the next window is waited for, so that none is given out twice; set back by
/// more than three windows and a minute, the sequence starts anew at the clock's time; set forward, or looked at late, the
/// windows between are lost and counted.
///
/// ```
/// use heapster_pipeline::Windows;
/// use heapster_plugin::model::Timestamp;
/// use std::time::Duration;
///
/// let mut windows = Windows::new(Duration::from_secs(60));
/// let first = windows.look(Timestamp::from_secs(600 + 7));
/// assert_eq!(first.window.end, Timestamp::from_secs(660));
/// assert_eq!(first.wait, Duration::from_secs(58)); // 660 + 5 - 607
/// let due = windows.look(Timestamp::from_secs(665));
/// assert_eq!((due.window, due.wait), (first.window, Duration::ZERO));
/// assert_eq!(windows.look(Timestamp::from_secs(665)).window.start, first.window.end);
/// ```
#[derive(Clone, Debug)]
pub struct Windows {
    /// Nanoseconds, at least one second's.
    resolution: i64,
    /// The end of the window given out last; at first, that of the window before the one that is running.
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

    /// The window that is due at `now`, or how long to wait for the next. One that is due is given out: it is not named
    /// again.
    ///
    /// A window that is late by up to half a resolution is due; later it is lost.
    /// Differs: the original takes the window from the clock alone and so loses every other one at a resolution of 5 s.
    pub fn look(&mut self, now: Timestamp) -> Tick {
        let now = now.nanos();
        let resolution = self.resolution;
        let running = now.div_euclid(resolution).saturating_mul(resolution);
        let mut last = self.last.unwrap_or(running);
        if until_due(last, resolution, now) > resolution.saturating_mul(3).max(PATIENCE) {
            last = running;
        }
        let overdue = until_due(last, resolution, now)
            .saturating_neg()
            .saturating_sub(resolution / 2);
        let lost = if overdue > 0 {
            (overdue - 1) / resolution + 1
        } else {
            0
        };
        last = last.saturating_add(lost.saturating_mul(resolution));
        let end = last.saturating_add(resolution);
        let wait = u64::try_from(until_due(last, resolution, now)).unwrap_or(0);
        self.last = Some(if wait == 0 { end } else { last });
        Tick {
            window: Window {
                start: Timestamp::from_nanos(last),
                end: Timestamp::from_nanos(end),
            },
            wait: Duration::from_nanos(wait),
            lost: u64::try_from(lost).unwrap_or(0),
        }
    }
}

/// Nanoseconds until the window that begins at `start` is to be scraped; negative when that time has passed.
fn until_due(start: i64, resolution: i64, now: i64) -> i64 {
    let offset = i64::try_from(SCRAPE_OFFSET.as_nanos()).unwrap_or(0);
    start
        .saturating_add(resolution)
        .saturating_add(offset)
        .saturating_sub(now)
}

#[cfg(test)]
mod tests;
