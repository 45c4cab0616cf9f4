//! Where sets are put together before they are frozen.

use super::arena::{Arena, Run};
use heapster_plugin::model::{CpuRate, LabeledPoint, MetricId, Point, Scraped, ScrapedSet, Times};

/// "No such set", "no such slot".
pub(crate) const NONE: u32 = u32::MAX;

/// One set that is being put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// Where the target's values are in the answer in hand. None of a set of our making, nor of one that stays open: it has
    /// them among `extra`.
    pub(crate) set: u32,
    /// Whether the target's values ascend by metric.
    pub(crate) sorted: bool,
    pub(crate) times: Times,
    pub(crate) cpu: Option<CpuRate>,
    /// Values added by processors; they count more than the target's.
    pub(crate) extra: Run,
    /// Labeled values added by processors.
    pub(crate) labeled: Run,
    /// Of a pod: its first container; of a container: the next one of its pod.
    pub(crate) next: u32,
}

impl Work {
    fn own_set<'a>(&self, answer: &'a Scraped) -> Option<&'a ScrapedSet> {
        answer.sets().get(self.set as usize)
    }

    /// The values that the target gave.
    pub(crate) fn own<'a>(&self, answer: &'a Scraped) -> &'a [Point] {
        self.own_set(answer).map_or(&[], |set| answer.points(set))
    }

    /// The labeled values that the target gave.
    pub(crate) fn own_labeled<'a>(&self, answer: &'a Scraped) -> &'a [LabeledPoint] {
        self.own_set(answer).map_or(&[], |set| answer.labeled(set))
    }

    /// One value that the target gave.
    pub(crate) fn own_point(&self, metric: MetricId, answer: &Scraped) -> Option<Point> {
        let own = self.own(answer);
        if self.sorted {
            let at = own.binary_search_by_key(&metric, Point::metric).ok()?;
            return own.get(at).copied();
        }
        own.iter().find(|point| point.metric() == metric).copied()
    }
}

/// Sets that are being put together, with the values that were added to them.
#[derive(Default, Debug)]
pub(crate) struct Desk {
    works: Vec<Work>,
    pub(crate) points: Arena<Point>,
    pub(crate) labeled: Arena<LabeledPoint>,
}

impl Desk {
    /// Takes everything off and keeps the room.
    pub(super) fn clear(&mut self) {
        self.works.clear();
        self.points.clear();
        self.labeled.clear();
    }

    /// An empty set with room for `room` added values.
    pub(super) fn begin(&mut self, room: usize) -> u32 {
        let at = u32::try_from(self.works.len()).unwrap_or(NONE);
        self.works.push(Work {
            set: NONE,
            sorted: true,
            times: Times::default(),
            cpu: None,
            extra: self.points.reserve(room),
            labeled: Run::default(),
            next: NONE,
        });
        at
    }

    pub(super) fn work(&self, at: u32) -> Option<&Work> {
        self.works.get(at as usize)
    }

    /// A set together with both arenas.
    pub(super) fn parts(
        &mut self,
        at: u32,
    ) -> Option<(&mut Work, &mut Arena<Point>, &mut Arena<LabeledPoint>)> {
        let work = self.works.get_mut(at as usize)?;
        Some((work, &mut self.points, &mut self.labeled))
    }
}
