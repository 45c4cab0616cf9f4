//! `pod_aggregator`: what a pod lacks is the sum over its containers.
//!
//! The standard counters are left out: a sum over containers of which some restart is no counter. A value that a pod has of
//! itself stays, so a source that reports pods in part (the legacy one: network figures only) reports only what is true of
//! the whole pod and leaves the rest to this sum. Labeled values are not summed.
//!
//! Source: Heapster 1.5 metrics/processors/pod_aggregator.go.

use crate::table::{NONE, Table, sum};
use heapster_plugin::model::{MetricId, Point, Scraped, id};

/// Sums by metric number, for one pod after the other.
#[derive(Default, Debug)]
pub(super) struct Accumulator {
    cells: Vec<Cell>,
    touched: Vec<u32>,
    pod: u32,
    container: u32,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// The pod that `sum` is of; `sum` is `None` when that pod has a value of its own.
    pod: u32,
    container: u32,
    sum: Option<Point>,
}

const EMPTY: Cell = Cell {
    pod: 0,
    container: 0,
    sum: None,
};

impl Accumulator {
    fn begin_pod(&mut self) {
        self.touched.clear();
        self.pod = self.pod.wrapping_add(1);
        if self.pod == 0 {
            self.cells.fill(EMPTY);
            self.pod = 1;
        }
        self.container = 0;
    }

    fn begin_container(&mut self) {
        self.container += 1;
    }

    fn cell(&mut self, metric: MetricId) -> Option<&mut Cell> {
        let index = usize::try_from(metric.0).ok()?;
        if self.cells.len() <= index {
            self.cells.resize(index + 1, EMPTY);
        }
        self.cells.get_mut(index)
    }

    /// The pod has a value of its own.
    fn own(&mut self, metric: MetricId) {
        let pod = self.pod;
        if let Some(cell) = self.cell(metric) {
            *cell = Cell {
                pod,
                container: 0,
                sum: None,
            };
        }
    }

    /// Adds a container's value; of two with one metric the first counts. `false`: it does not fit what is there.
    fn add(&mut self, point: Point) -> bool {
        let (pod, container) = (self.pod, self.container);
        let Some(cell) = self.cell(point.metric()) else {
            return true;
        };
        if cell.pod != pod {
            *cell = Cell {
                pod,
                container,
                sum: Some(point),
            };
            self.touched.push(point.metric().0);
            return true;
        }
        let Some(known) = cell.sum.filter(|_| cell.container != container) else {
            return true;
        };
        cell.container = container;
        let Some(total) = sum(known, point) else {
            return false;
        };
        cell.sum = Some(total);
        true
    }
}

/// The counters among the standard metrics.
const fn is_counter(metric: MetricId) -> bool {
    matches!(
        metric,
        id::UPTIME
            | id::CPU_USAGE
            | id::MEMORY_PAGE_FAULTS
            | id::MEMORY_MAJOR_PAGE_FAULTS
            | id::NETWORK_RX
            | id::NETWORK_RX_ERRORS
            | id::NETWORK_TX
            | id::NETWORK_TX_ERRORS
    )
}

/// Adds the sums to the pods' sets; how many values did not fit.
pub(super) fn run(table: &mut Table, answer: &Scraped, sums: &mut Accumulator) -> u64 {
    link(table);
    let mut inconsistent = 0;
    for at in 0..table.pods.len() {
        let Some(id) = table.pods.get(at).copied() else {
            break;
        };
        let Some((pod, added, _)) = table.added(id) else {
            continue;
        };
        if pod.next == NONE {
            continue;
        }
        sums.begin_pod();
        for point in added.iter().chain(pod.own(answer)) {
            sums.own(point.metric());
        }
        let mut next = pod.next;
        while let Some((container, added, _)) = table.added(next) {
            sums.begin_container();
            for point in added.iter().chain(container.own(answer)) {
                if !is_counter(point.metric()) && !sums.add(*point) {
                    inconsistent += 1;
                }
            }
            next = container.next;
        }
        sums.touched.sort_unstable();
        let Some(hand) = table.hand(id) else { continue };
        for metric in &sums.touched {
            let cell = usize::try_from(*metric)
                .ok()
                .and_then(|index| sums.cells.get(index));
            if let Some(total) = cell.and_then(|cell| cell.sum) {
                hand.points.put(&mut hand.work.extra, total);
            }
        }
    }
    inconsistent
}

/// Strings the containers of each pod together, in the order of the answers.
fn link(table: &mut Table) {
    for at in (0..table.containers.len()).rev() {
        let Some(id) = table.containers.get(at).copied() else {
            break;
        };
        let Some(parent) = table
            .slot(id)
            .and_then(|slot| slot.parent.as_ref())
            .map(|pod| pod.id().0)
        else {
            continue;
        };
        let Some(pod) = table.hand(parent) else { continue };
        let first = std::mem::replace(&mut pod.work.next, id);
        if let Some(container) = table.hand(id) {
            container.work.next = first;
        }
    }
}
