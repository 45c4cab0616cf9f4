//! The control pages: what is going on, and changes to it.
//!
//! | request | does |
//! |---|---|
//! | `GET /stats` | counts, rounds, CPU seconds and memory of this process, as JSON |
//! | `POST /nodes?mode=…` | every kubelet has this mode; also `skew=SECONDS`, `latency=MILLISECONDS`, `ready=true` |
//! | `POST /nodes/7?mode=…` | the same for one kubelet; `replace=true` also replaces the node with its pods |
//! | `POST /nodes/7/pods/3` | replaces a pod |
//! | `POST /api?mode=…` | the API server has this mode |
//! | `POST /api/trim` | watches and pages from before now are told 410 |
//! | `POST /api/events?count=100` | makes events |
//! | `POST /clock?hold=SECOND`, `?run=OFFSET`, `?advance=SECONDS` | sets the clock |
//! | `POST /token?value=…` | this bearer token is wanted; an empty one is none |

use crate::answer::{Answer, JSON};
use crate::modes::{ApiMode, Mode};
use crate::process;
use crate::serve::{Account, Asked, Respond};
use crate::state::State;
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The pages over a cluster.
pub(crate) struct Control {
    state: Arc<State>,
}

/// What is wrong with a request.
struct Wrong(String);

impl Control {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    fn answer(&self, asked: &Asked) -> Result<String, Wrong> {
        let parts: Vec<&str> = asked.uri.path().trim_matches('/').split('/').collect();
        let query = Query::parse(asked.uri.query().unwrap_or(""));
        let post = asked.method == Method::POST;
        let state = &self.state;
        match *parts.as_slice() {
            ["stats"] => return Ok(self.stats()),
            ["nodes"] if post => {
                for node in 0..state.shape().nodes {
                    self.change(node, &query)?;
                }
            }
            ["nodes", node] if post => self.change(number(node)?, &query)?,
            ["nodes", node, "pods", slot] if post => {
                state.store().replace_pod(number(node)?, number(slot)?);
            }
            ["api"] if post => {
                if let Some(mode) = query.get::<ApiMode>("mode")? {
                    state.api().set_mode(mode);
                }
            }
            ["api", "trim"] if post => state.store().trim(),
            ["api", "events"] if post => {
                state.store().emit_events(query.get("count")?.unwrap_or(1));
            }
            ["clock"] if post => self.clock(&query)?,
            ["token"] if post => {
                let token = query.get::<String>("value")?;
                state.set_token(token.filter(|token| !token.is_empty()));
            }
            _ => {
                return Err(Wrong(format!(
                    "no {} {}: see the documentation of simcluster's control pages",
                    asked.method,
                    asked.uri.path()
                )));
            }
        }
        Ok("{}\n".to_owned())
    }

    fn change(&self, node: u32, query: &Query) -> Result<(), Wrong> {
        let state = &self.state;
        if state.behaviour(node).is_none() {
            return Err(Wrong(format!("there is no node {node}")));
        }
        if let Some(mode) = query.get::<Mode>("mode")? {
            state.set_mode(node, mode);
        }
        if let Some(skew) = query.get("skew")? {
            state.set_skew(node, skew);
        }
        if let Some(millis) = query.get("latency")? {
            state.set_latency(node, Some(Duration::from_millis(millis)));
        }
        if let Some(ready) = query.get("ready")? {
            state.store().set_ready(node, ready);
        }
        if query.get("replace")?.unwrap_or(false) {
            state.store().replace_node(node);
        }
        Ok(())
    }

    fn clock(&self, query: &Query) -> Result<(), Wrong> {
        let clock = self.state.clock();
        if let Some(second) = query.get("hold")? {
            clock.hold(second);
        }
        if let Some(offset) = query.get("run")? {
            clock.run(offset);
        }
        if let Some(seconds) = query.get("advance")? {
            clock.advance(seconds);
        }
        Ok(())
    }

    fn stats(&self) -> String {
        let totals = self.state.stats().totals();
        let rounds: Vec<_> = self
            .state
            .stats()
            .rounds()
            .iter()
            .map(|round| {
                json!({
                    "number": round.number,
                    "requests": round.requests,
                    "whole": round.whole,
                    "bytes": round.bytes,
                    "requests_spread_seconds": (round.last_request - round.first_request).as_secs_f64(),
                    "seconds": (round.last_byte - round.first_request).as_secs_f64(),
                })
            })
            .collect();
        let world = self.state.store().read();
        let stats = json!({
            "cpu_seconds": process::own_cpu().as_secs_f64(),
            "resident_kib": process::memory("self").map(|memory| memory.resident_kib),
            "second": self.state.clock().second(),
            "version": world.version(),
            "kubelet": {
                "connections": totals.connections,
                "requests": totals.kubelet_requests,
                "bytes": totals.kubelet_bytes,
            },
            "api": { "requests": totals.api_requests, "bytes": totals.api_bytes },
            "refused": totals.refused,
            "rounds": rounds,
        });
        format!("{stats}\n")
    }
}

impl Respond for Control {
    async fn respond(&self, asked: Asked) -> (Answer, Account) {
        let answer = match Self::answer(self, &asked) {
            Ok(text) => Answer::whole(200, JSON, text),
            Err(Wrong(text)) => Answer::whole(400, "text/plain", format!("{text}\n")),
        };
        (answer, None)
    }
}

struct Query(Vec<(String, String)>);

impl Query {
    fn parse(query: &str) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(key, value)| (decode(key), decode(value)))
                .collect(),
        )
    }

    fn get<T: FromStr>(&self, key: &str) -> Result<Option<T>, Wrong>
    where
        T::Err: std::fmt::Display,
    {
        let found = self.0.iter().find(|(name, _)| name == key);
        found
            .map(|(_, value)| {
                value
                    .parse()
                    .map_err(|error| Wrong(format!("{key}={value}: {error}")))
            })
            .transpose()
    }
}

fn number(text: &str) -> Result<u32, Wrong> {
    text.parse().map_err(|_| Wrong(format!("{text:?} is no number")))
}
