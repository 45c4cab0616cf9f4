//! What readers see, and how the next one is made.

use crate::frame::{Frame, FrameWriter};
use crate::long::LongMetrics;
use crate::roster::{Roll, Roster, id_bound};
use crate::segment::{MOMENTS, Segment};
use crate::set::{Borrowed, Unpacked};
use crate::store::Config;
use heapster_plugin::model::{Batch, Timestamp};
use std::sync::Arc;

/// All data of the store at one time. Immutable.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) newest: Arc<Batch>,
    /// Older batches of the short window with all values, ascending by time.
    pub(crate) short: Vec<Arc<Frame>>,
    /// Older batches of the long window with the long metrics only, ascending by time.
    pub(crate) chain: Vec<Arc<Frame>>,
    /// What is older than the chain, ascending by time.
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) metrics: LongMetrics,
    /// The roster of the newest frame.
    roster: Roster,
}

impl Snapshot {
    /// A snapshot with one batch.
    pub(crate) fn first(newest: Arc<Batch>, metrics: LongMetrics) -> Self {
        Self {
            newest,
            short: Vec::new(),
            chain: Vec::new(),
            segments: Vec::new(),
            metrics,
            roster: Roster::default(),
        }
    }

    /// The snapshot after `newer`, which must be later than the newest batch; what the windows have passed is left out.
    pub(crate) fn next(
        &self,
        newer: Arc<Batch>,
        config: &Config,
        metrics: LongMetrics,
        now: Timestamp,
    ) -> Self {
        let mut next = Self {
            newest: newer,
            short: within(&self.short, now.minus(config.short), |frame| Some(frame.at)),
            chain: within(&self.chain, now.minus(config.long), |frame| Some(frame.at)),
            segments: within(&self.segments, now.minus(config.long), |segment| segment.last()),
            metrics,
            roster: Roster::default(),
        };
        let at = self.newest.timestamp();
        let keep_long = at > now.minus(config.long) && !config.long_metrics.is_empty();
        next.pack(self, at > now.minus(config.short), keep_long);
        if next.chain.len() >= MOMENTS {
            match Segment::seal(&next.chain, &next.newest, &next.metrics) {
                Some(segment) => next.segments.push(Arc::new(segment)),
                None => next.segments.clear(),
            }
            next.chain.clear();
        }
        next
    }

    /// Adds the batch that was newest in `before` to the windows that want it.
    fn pack(&mut self, before: &Self, keep_short: bool, keep_long: bool) {
        let (old, newer_batch) = (&before.newest, self.newest.clone());
        let bound = id_bound(old);
        let expected = |frames: &[Arc<Frame>]| frames.last().map_or(0, |frame| frame.bytes() * 9 / 8);
        let mut short = keep_short.then(|| FrameWriter::new(bound, expected(&before.short)));
        let mut long = keep_long.then(|| FrameWriter::new(bound, expected(&before.chain)));
        let mut roll = Roll::new(before.roster.clone(), bound);
        let (mut old_values, mut newer_values) = <(Unpacked<'_>, Unpacked<'_>)>::default();
        let (mut old_picked, mut newer_picked) = (Vec::new(), Vec::new());
        for set in old.sets_by_id() {
            let id = set.entity().id();
            roll.see(set.entity());
            old_values.fill(Some(set));
            newer_values.fill(newer_batch.by_id(id));
            let (old, newer) = (old_values.borrow(), newer_values.borrow());
            if let Some(short) = &mut short {
                short.put(id, old, newer);
            }
            if let Some(long) = &mut long {
                self.metrics.pick(old.points, &mut old_picked);
                self.metrics.pick(newer.points, &mut newer_picked);
                let [old, newer] =
                    [&old_picked, &newer_picked].map(|points| Borrowed { points, labeled: &[] });
                long.put(id, old, newer);
            }
        }
        self.roster = roll.finish(old);
        add(&mut self.short, short, old.timestamp(), &self.roster);
        add(&mut self.chain, long, old.timestamp(), &self.roster);
    }
}

/// Adds a frame. Without one the frames before it cannot be read any more.
fn add(frames: &mut Vec<Arc<Frame>>, writer: Option<FrameWriter>, at: Timestamp, roster: &Roster) {
    match writer.and_then(|writer| writer.finish(at, roster.clone())) {
        Some(frame) => frames.push(Arc::new(frame)),
        None => frames.clear(),
    }
}

/// Those of `all`, which ascend by time, that are later than `limit`.
fn within<T>(all: &[Arc<T>], limit: Timestamp, at: impl Fn(&T) -> Option<Timestamp>) -> Vec<Arc<T>> {
    let gone = all.partition_point(|one| at(one).is_none_or(|at| at <= limit));
    all.get(gone..).unwrap_or(&[]).to_vec()
}
