//! A batch as requests.

use crate::cache::Cache;
use crate::config::Config;
use crate::id::{self, Type};
use crate::tags;
use heapster_gotext::{Out, push_int, push_json_float, push_json_string};
use heapster_httpclient::path_segment;
use heapster_tally::Spot;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many tenants' requests are open at a time; the one that waits longest is sent when there are more.
const OPEN: usize = 32;

/// One request.
#[derive(Debug)]
pub(crate) enum Request {
    /// The tags of the definition with this number.
    Tags {
        key: u64,
        tenant: Arc<str>,
        path: String,
        body: String,
    },
    /// Values, with their positions in the batch.
    Values {
        of_type: Type,
        tenant: Arc<str>,
        body: Vec<u8>,
        positions: Vec<usize>,
    },
}

/// What is being put together for one tenant.
#[derive(Debug)]
struct Open {
    tenant: Arc<str>,
    count: usize,
    /// Gauges and counters.
    parts: [(Vec<u8>, Vec<usize>); 2],
}

/// Cuts a batch into requests, one at a time, so that not much more than those under way is in memory.
///
/// Shape: for each tenant the values in batch order, so many at a time, gauges and counters apart; behind them the tags of
/// definitions that are news. Units: values as stored, as floats; time in milliseconds. Errors: none; NaN and infinite
/// values are left out and named at the end.
/// Source: Heapster 1.5 metrics/sinks/hawkular/{driver,client}.go.
pub(crate) struct Encoder<'a, I: Iterator<Item = Spot<'a>>> {
    config: &'a Config,
    cache: &'a mut Cache,
    spots: I,
    ready: VecDeque<Request>,
    /// Tags, which go out behind the next values.
    later: Vec<Request>,
    open: VecDeque<Open>,
    set: Option<SetHead<'a>>,
    /// `,"data":[{"timestamp":…,"value":`, empty before the first value.
    middle: String,
    id: String,
    room: String,
    unwritten: Vec<usize>,
    left_out: Vec<usize>,
}

/// What the values of a set share.
struct SetHead<'a> {
    first: Spot<'a>,
    dropped: bool,
    tenant: &'a str,
    /// Numbers of the tenant's gauges and counters.
    owners: [u64; 2],
    id_length: usize,
    tags: u64,
}

impl<'a, I: Iterator<Item = Spot<'a>>> Encoder<'a, I> {
    pub(crate) fn new(config: &'a Config, cache: &'a mut Cache, spots: I) -> Self {
        Self {
            config,
            cache,
            spots,
            ready: VecDeque::new(),
            later: Vec::new(),
            open: VecDeque::new(),
            set: None,
            middle: String::new(),
            id: String::new(),
            room: String::new(),
            unwritten: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// The next request.
    pub(crate) fn next(&mut self) -> Option<Request> {
        loop {
            if let Some(request) = self.ready.pop_front() {
                return Some(request);
            }
            match self.spots.next() {
                Some(spot) => self.take(&spot),
                None => {
                    let open = self.open.pop_front()?;
                    self.close(open);
                }
            }
        }
    }

    /// The positions of values that no body can hold, and of those that filters leave out, as far as it came.
    pub(crate) fn finish(self) -> (Vec<usize>, Vec<usize>) {
        (self.unwritten, self.left_out)
    }

    fn take(&mut self, spot: &Spot<'a>) {
        self.enter(spot);
        let Some(set) = &self.set else { return };
        let value = spot.point.value().as_f64();
        if set.dropped || self.config.filters.drop_name(spot.name()) {
            self.left_out.push(spot.position);
            return;
        }
        if !value.is_finite() {
            self.unwritten.push(spot.position);
            return;
        }
        self.id.truncate(set.id_length);
        id::push_metric(self.config, spot, &mut self.id);
        let of_type = Type::of(spot.point.metric_type());
        let (tenant, of_set) = (set.tenant, set.tags);
        let [gauges, counters] = set.owners;
        let owner = match of_type {
            Type::Gauge => gauges,
            Type::Counter => counters,
        };
        let place = self.place(tenant);
        if let Some(tags) = tags::hash_of(spot, of_set, &mut self.room) {
            let key = id::key(owner, &self.id);
            if self.cache.is_news(key, tags) {
                self.later.push(Request::Tags {
                    key,
                    tenant: tenant.into(),
                    path: format!("/{}/{}/tags", of_type.path(), path_segment(&self.id)),
                    body: tags::json(self.config, spot),
                });
            }
        }
        let Some(open) = self.open.get_mut(place) else {
            return;
        };
        let [gauges, counters] = &mut open.parts;
        let (body, positions) = match of_type {
            Type::Gauge => gauges,
            Type::Counter => counters,
        };
        body.push_text(if body.is_empty() { "[{\"id\":" } else { ",{\"id\":" });
        push_json_string(body, &self.id);
        body.push_text(&self.middle);
        push_json_float(body, value);
        body.push_text("}]}");
        positions.push(spot.position);
        open.count += 1;
        if open.count >= self.config.batch
            && let Some(open) = self.open.remove(place)
        {
            self.close(open);
        }
    }

    /// Makes `set` and the head of `id` those of `spot`.
    fn enter(&mut self, spot: &Spot<'a>) {
        if self.set.as_ref().is_some_and(|set| set.first.same_set(spot)) {
            return;
        }
        if self.middle.is_empty() {
            let time = spot.set.batch().timestamp().nanos().div_euclid(1_000_000);
            self.middle.push_str(",\"data\":[{\"timestamp\":");
            push_int(&mut self.middle, time);
            self.middle.push_str(",\"value\":");
        }
        let labels = spot.set.labels();
        let tenant = id::tenant(self.config, labels);
        id::push_head(self.config, &spot.set, &mut self.id);
        self.set = Some(SetHead {
            first: *spot,
            dropped: self.config.filters.drop_set(labels),
            tenant,
            owners: [Type::Gauge, Type::Counter].map(|of_type| id::owner(of_type, tenant)),
            id_length: self.id.len(),
            tags: tags::hash_of_set(self.config, &spot.set, &mut self.room),
        });
    }

    /// Where the tenant's request is in `open`. Tenants mostly come one after the other: the last one is looked at first.
    fn place(&mut self, tenant: &str) -> usize {
        if let Some(place) = self.open.iter().rposition(|open| &*open.tenant == tenant) {
            return place;
        }
        if self.open.len() >= OPEN
            && let Some(oldest) = self.open.pop_front()
        {
            self.close(oldest);
        }
        self.open.push_back(Open {
            tenant: tenant.into(),
            count: 0,
            parts: Default::default(),
        });
        self.open.len() - 1
    }

    fn close(&mut self, open: Open) {
        for ((mut body, positions), of_type) in open.parts.into_iter().zip([Type::Gauge, Type::Counter]) {
            if !positions.is_empty() {
                body.push(b']');
                self.ready.push_back(Request::Values {
                    of_type,
                    tenant: open.tenant.clone(),
                    body,
                    positions,
                });
            }
        }
        self.ready.extend(self.later.drain(..));
    }
}

#[cfg(test)]
mod tests;
