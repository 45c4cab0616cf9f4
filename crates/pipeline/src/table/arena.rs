//! Runs of values in one allocation.

use heapster_plugin::model::Point;

/// Where the values of one set are, and how many more fit there.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Run {
    from: u32,
    len: u32,
    room: u32,
}

impl Run {
    pub(crate) const fn len(self) -> usize {
        self.len as usize
    }
}

/// Runs of values, one after the other. A run that is full moves to the end and gets twice the room.
#[derive(Debug)]
pub(crate) struct Arena<T>(Vec<T>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Arena<T> {
    /// Forgets all runs and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The values of a run.
    pub(crate) fn get(&self, run: Run) -> &[T] {
        let from = run.from as usize;
        self.0.get(from..from + run.len()).unwrap_or(&[])
    }
}

impl<T> Arena<T> {
    /// Room for `more` places. It grows by an eighth, not to twice its size: the arena is as large as a batch.
    fn make_room(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            self.0.reserve_exact(more.max(self.0.len() / 8).max(64));
        }
    }
}

impl<T: Clone> Arena<T> {
    /// Appends to a run.
    pub(crate) fn push(&mut self, run: &mut Run, value: T) {
        let end = run.from as usize + run.len();
        if end != self.0.len() {
            let from = self.0.len();
            self.make_room(run.len() + 1);
            self.0.extend_from_within(run.from as usize..end);
            run.from = place(from);
        }
        self.make_room(1);
        self.0.push(value);
        run.len += 1;
        run.room = run.len;
    }
}

impl Arena<Point> {
    /// An empty run with room for `room` points.
    pub(crate) fn reserve(&mut self, room: usize) -> Run {
        let from = self.0.len();
        self.make_room(room);
        self.0.resize(from + room, BLANK);
        Run {
            from: place(from),
            len: 0,
            room: place(room),
        }
    }

    /// Puts `point` at its place in a run sorted by metric, over a point of the same metric.
    pub(crate) fn put(&mut self, run: &mut Run, point: Point) {
        let at = match self
            .get(*run)
            .binary_search_by_key(&point.metric(), Point::metric)
        {
            Ok(at) => {
                if let Some(known) = self.0.get_mut(run.from as usize + at) {
                    *known = point;
                }
                return;
            }
            Err(at) => at,
        };
        if run.len == run.room {
            self.grow(run, 1);
        }
        let (from, len) = (run.from as usize, run.len());
        if let Some(all) = self.0.get_mut(from..=from + len) {
            all.copy_within(at..len, at + 1);
            if let Some(free) = all.get_mut(at) {
                *free = point;
                run.len += 1;
            }
        }
    }

    /// Puts each of `points`, which ascend by metric, as [`put`](Self::put) does; from the back, moving each point once.
    pub(crate) fn put_all(&mut self, run: &mut Run, points: &[Point]) {
        let new = points.len();
        let known = self.get(*run);
        let clash = known
            .iter()
            .any(|known| points.iter().any(|point| point.metric() == known.metric()));
        if clash || !is_ascending(points) {
            for point in points {
                self.put(run, *point);
            }
            return;
        }
        if (run.room as usize) < run.len() + new {
            self.grow(run, new);
        }
        let from = run.from as usize;
        let mut left = run.len();
        let Some(all) = self.0.get_mut(from..from + left + new) else {
            return;
        };
        for (before, point) in points.iter().enumerate().rev() {
            let above = all
                .get(..left)
                .unwrap_or(&[])
                .partition_point(|known| known.metric() < point.metric());
            all.copy_within(above..left, above + before + 1);
            left = above;
            if let Some(place) = all.get_mut(above + before) {
                *place = *point;
            }
        }
        run.len += u32::try_from(new).unwrap_or(0);
    }

    /// Moves a run to the end, with room for at least `more` further points.
    fn grow(&mut self, run: &mut Run, more: usize) {
        let room = (run.len() * 2).max(run.len() + more).max(8);
        let grown = self.reserve(room);
        let from = run.from as usize;
        self.0.copy_within(from..from + run.len(), grown.from as usize);
        *run = Run {
            len: run.len,
            ..grown
        };
    }
}

/// Whether points ascend by metric, each metric once.
pub(crate) fn is_ascending(points: &[Point]) -> bool {
    points.is_sorted_by(|a, b| a.metric() < b.metric())
}

const BLANK: Point = Point::gauge(heapster_plugin::model::MetricId(u32::MAX), 0);

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::MetricId;

    fn point(metric: u32, value: i64) -> Point {
        Point::gauge(MetricId(metric), value)
    }

    #[test]
    fn a_run_stays_sorted_and_a_later_value_replaces_an_earlier_one() {
        let mut arena = Arena::default();
        let mut run = arena.reserve(2);
        for (metric, value) in [(5, 1), (2, 2), (9, 3), (5, 4), (0, 5)] {
            arena.put(&mut run, point(metric, value));
        }
        assert_eq!(
            arena.get(run),
            [point(0, 5), point(2, 2), point(5, 4), point(9, 3)]
        );
    }

    #[test]
    fn many_points_at_once_are_as_many_one_by_one() {
        let lists: [&[u32]; 6] = [&[3, 5, 9], &[1, 4, 10, 11], &[], &[0, 2], &[5, 6], &[8, 7]];
        let mut arena = Arena::default();
        let (mut one, mut all) = (arena.reserve(3), arena.reserve(3));
        for (round, list) in lists.iter().enumerate() {
            let value = i64::try_from(round).unwrap();
            let points: Vec<Point> = list.iter().map(|metric| point(*metric, value)).collect();
            points.iter().for_each(|point| arena.put(&mut one, *point));
            arena.put_all(&mut all, &points);
            assert_eq!(arena.get(one), arena.get(all));
        }
        assert_eq!(arena.get(all).len(), 12);
        let mut long = arena.reserve(0);
        let points: Vec<Point> = (0..100).map(|metric| point(metric, 0)).collect();
        arena.put_all(&mut long, &points);
        assert_eq!(arena.get(long), points);
    }

    #[test]
    fn runs_that_grow_do_not_disturb_each_other() {
        let mut arena = Arena::default();
        let mut runs: Vec<Run> = (0..10).map(|_| arena.reserve(1)).collect();
        for round in 0..30 {
            for (at, run) in runs.iter_mut().enumerate() {
                arena.put(run, point(round, i64::try_from(at).unwrap()));
            }
        }
        for (at, run) in runs.iter().enumerate() {
            let values: Vec<i64> = arena.get(*run).iter().map(|p| p.value().as_i64()).collect();
            assert_eq!(values, vec![i64::try_from(at).unwrap(); 30]);
        }
    }

    #[test]
    fn appended_values_stay_together() {
        let mut arena = Arena::default();
        let (mut one, mut two) = (Run::default(), Run::default());
        for value in 0..5 {
            arena.push(&mut one, value);
            arena.push(&mut two, value + 10);
        }
        assert_eq!(arena.get(one), [0, 1, 2, 3, 4]);
        assert_eq!(arena.get(two), [10, 11, 12, 13, 14]);
    }
}
