//! A server that answers as Elasticsearch does, as far as the sink asks.

use heapster_plugin::model::Batch;
use heapster_plugin::sink::{MetricSink, Outcome};
use heapster_rehearsal::{Backend, Reply, Seen, build};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

pub(crate) use heapster_rehearsal::write;

/// What it does instead of what it should; `None`: what it should.
type Fault = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

/// The indices with their aliases, and the index templates.
#[derive(Default, Debug)]
struct Store {
    indices: BTreeMap<String, BTreeSet<String>>,
    templates: BTreeMap<String, Json>,
}

/// A server of some version.
#[derive(Debug)]
pub(crate) struct Fake(Backend);

impl Fake {
    /// One without faults.
    pub(crate) async fn start(version: &'static str) -> Self {
        Self::with(version, |_| None).await
    }

    /// One that answers as `fault` says.
    pub(crate) async fn with(
        version: &'static str,
        fault: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let store = Mutex::new(Store::default());
        let fault: Box<Fault> = Box::new(fault);
        let script = move |_: usize, seen: &Seen| {
            fault(seen).unwrap_or_else(|| answer(&mut store.lock().unwrap(), version, seen))
        };
        Self(Backend::start(script).await.unwrap())
    }

    /// `127.0.0.1:PORT`
    pub(crate) fn address(&self) -> String {
        self.0.address()
    }

    /// A sink that writes to it.
    pub(crate) fn sink(&self, query: &str) -> Box<dyn MetricSink> {
        build(&format!("elasticsearch:http://{}?{query}", self.address())).unwrap()
    }

    /// All requests.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.0.seen()
    }

    /// All requests, as `METHOD path`, but the first ones for health and other nodes.
    pub(crate) fn asked(&self) -> Vec<String> {
        let all = self
            .seen()
            .into_iter()
            .map(|seen| format!("{} {}", seen.method, seen.path));
        all.filter(|line| line != "HEAD /" && line != "GET /_nodes/http")
            .collect()
    }

    /// The bodies of all `_bulk` requests.
    pub(crate) fn bulks(&self) -> Vec<String> {
        self.seen()
            .iter()
            .filter(|seen| is_bulk(seen))
            .map(Seen::text)
            .collect()
    }

    /// Writes a batch with a new sink.
    pub(crate) async fn write(&self, query: &str, batch: &Arc<Batch>) -> Outcome {
        write(&mut *self.sink(query), batch).await
    }
}

/// Whether it is a `_bulk` request.
pub(crate) fn is_bulk(seen: &Seen) -> bool {
    seen.path.starts_with("/_bulk")
}

/// An answer with a JSON body.
pub(crate) fn reply(status: u16, body: &Json) -> Reply {
    Reply::Answer(status, body.to_string())
}

/// An error as the server words it.
pub(crate) fn error(status: u16, kind: &str, reason: &str) -> Reply {
    reply(
        status,
        &json!({"error": {"type": kind, "reason": reason}, "status": status}),
    )
}

/// How many documents a `_bulk` request holds.
pub(crate) fn documents(seen: &Seen) -> usize {
    seen.text().lines().count() / 2
}

/// The answer to a `_bulk` request in which document `number` of `count` ended with what `status` says, and an error of
/// `kind` if that is not 2xx.
pub(crate) fn items(count: usize, kind: &str, status: impl Fn(usize) -> u16) -> Reply {
    let item = |number| match status(number) {
        status @ 200..=299 => json!({"index": {"status": status}}),
        status => json!({"index": {"status": status, "error": {"type": kind, "reason": "r"}}}),
    };
    reply(
        200,
        &json!({"errors": true, "items": (0..count).map(item).collect::<Vec<_>>()}),
    )
}

fn answer(store: &mut Store, version: &str, seen: &Seen) -> Reply {
    let path = seen.path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let done = json!({"acknowledged": true});
    match (seen.method.as_str(), parts.as_slice()) {
        ("HEAD", [""]) => reply(200, &json!(null)),
        ("GET", [""]) => reply(200, &json!({"version": {"number": version}})),
        (_, ["_bulk"]) => items(documents(seen), "", |_| 201),
        ("POST", ["_aliases"]) => {
            let body: Json = serde_json::from_str(&seen.text()).unwrap();
            let add = &body["actions"][0]["add"];
            let index = add["index"].as_str().unwrap();
            let aliases = store.indices.get_mut(index).unwrap();
            aliases.insert(add["alias"].as_str().unwrap().to_owned());
            reply(200, &done)
        }
        ("GET", ["_index_template", name]) => match store.templates.get(*name) {
            Some(template) => reply(
                200,
                &json!({"index_templates": [{"name": name, "index_template": template}]}),
            ),
            None => error(404, "resource_not_found_exception", "no such template"),
        },
        ("PUT", ["_index_template", name]) => {
            store
                .templates
                .insert((*name).to_owned(), serde_json::from_str(&seen.text()).unwrap());
            reply(200, &done)
        }
        ("HEAD", [index]) if store.indices.contains_key(*index) => reply(200, &json!(null)),
        ("GET", [index, "_aliases"]) => {
            let aliases = store.indices.get(*index).into_iter().flatten();
            let aliases: serde_json::Map<String, Json> =
                aliases.map(|alias| (alias.clone(), json!({}))).collect();
            reply(200, &json!({*index: {"aliases": aliases}}))
        }
        ("PUT", [index]) if store.indices.contains_key(*index) => {
            error(400, "resource_already_exists_exception", "index already exists")
        }
        ("PUT", [index]) => {
            store.indices.insert((*index).to_owned(), BTreeSet::new());
            reply(200, &done)
        }
        _ => reply(404, &json!({"error": "no such path"})),
    }
}
