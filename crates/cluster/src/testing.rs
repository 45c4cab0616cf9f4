//! A scripted API server without a network, so that tests can hold the clock.

use crate::families::Meters;
use crate::kinds::{Kind, Maker};
use crate::link::Link;
use crate::reports::Reports;
use crate::table::Table;
use crate::watch::{FIRST_WAIT, Shared, Watch};
use crate::way::{Environment, Way};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{iter, once, pending};
use heapster_plugin::cluster::ApiServer;
use heapster_plugin::model::Model;
use heapster_plugin::testkit::Recorded;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// What the server does with a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Status and the whole body.
    Whole(u16, String),
    /// Parts of a body, then this.
    Parts(Vec<String>, Then),
    /// There is no connection.
    Refuse,
    /// Nothing ever comes.
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Then {
    Close,
    Stay,
    Break,
}

/// A list of objects; `more` is the token of the next page.
pub(crate) fn page(version: &str, more: &str, items: &[Value]) -> Answer {
    let list = json!({
        "kind": "List", "apiVersion": "v1", "items": items,
        "metadata": { "resourceVersion": version, "continue": more },
    });
    Answer::Whole(200, list.to_string())
}

/// An answer that is a Status object.
pub(crate) fn status(code: u16, message: &str) -> Answer {
    Answer::Whole(code, status_object(code, message).to_string())
}

pub(crate) fn status_object(code: u16, message: &str) -> Value {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": "", "code": code })
}

/// One line of a watch.
pub(crate) fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({ "type": kind, "object": object }))
}

pub(crate) fn bookmark(version: &str) -> String {
    event(
        "BOOKMARK",
        &json!({ "kind": "Pod", "apiVersion": "v1", "metadata": { "resourceVersion": version } }),
    )
}

/// A pod with one container.
pub(crate) fn pod(namespace: &str, name: &str, version: &str) -> Value {
    json!({
        "metadata": { "name": name, "namespace": namespace, "uid": format!("uid-{name}"), "resourceVersion": version },
        "spec": { "nodeName": "n1", "containers": [{ "name": "c", "image": "i:1" }] },
    })
}

/// A watch that runs against a script; after the script's end nothing is answered any more.
#[derive(Debug)]
pub(crate) struct Scene<K: Kind> {
    pub(crate) table: Arc<Table<K::Record>>,
    pub(crate) counted: Arc<Recorded>,
    asked: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl<K: Kind> Scene<K> {
    pub(crate) fn play(answers: Vec<Answer>) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(VecDeque::from(answers)));
        let note = asked.clone();
        let server = tower::service_fn(move |request: Request<Body>| {
            note.lock()
                .unwrap()
                .push((Instant::now(), request.uri().to_string()));
            let answer = script.lock().unwrap().pop_front();
            async move {
                match answer {
                    Some(Answer::Whole(code, text)) => {
                        let response = Response::builder().status(code);
                        Ok(response.body(stream(vec![text], Then::Close)).unwrap())
                    }
                    Some(Answer::Parts(parts, then)) => Ok(Response::new(stream(parts, then))),
                    Some(Answer::Refuse) => Err(io::Error::from(io::ErrorKind::ConnectionRefused)),
                    Some(Answer::Never) | None => std::future::pending().await,
                }
            }
        });
        let (counted, table) = (Arc::new(Recorded::default()), Arc::<Table<_>>::default());
        let shared = Shared {
            link: Arc::new(Link::over(way(), Client::new(server, "default"))),
            reports: Arc::new(Reports::new("http://api:80")),
            meters: Arc::new(Meters::new(counted.clone())),
            first_wait: FIRST_WAIT,
        };
        let maker = Maker::new(Arc::new(Model::default()));
        tokio::spawn(Watch::<K>::new(shared, table.clone(), maker).run());
        Self {
            table,
            counted,
            asked,
        }
    }

    /// Waits for the request of this number, from 0; answers its time and its path with the query.
    pub(crate) async fn request(&self, number: usize) -> (Instant, String) {
        until(|| self.asked.lock().unwrap().get(number).cloned()).await
    }

    /// Waits until `namespace/name` of all records are these.
    pub(crate) async fn shows(&self, wanted: &[&str]) {
        use crate::table::Record;
        let names = || -> Vec<String> {
            let all = self.table.all();
            all.iter()
                .map(|one| format!("{}/{}", one.namespace(), one.name()))
                .collect()
        };
        until(|| (names() == wanted).then_some(())).await;
    }

    pub(crate) fn failures(&self, reason: &str) -> Option<f64> {
        let series = format!(
            "heapster_cluster_watch_failures_total{{kind={},reason={reason}}}",
            K::PLURAL
        );
        self.counted.value(&series)
    }
}

fn stream(parts: Vec<String>, then: Then) -> Sent {
    let parts = iter(parts).map(|part| Ok(Frame::data(Bytes::from(part))));
    let broken = once(async { Err(io::Error::from(io::ErrorKind::ConnectionReset)) });
    match then {
        Then::Close => StreamBody::new(parts).boxed_unsync(),
        Then::Stay => StreamBody::new(parts.chain(pending())).boxed_unsync(),
        Then::Break => StreamBody::new(parts.chain(broken)).boxed_unsync(),
    }
}

fn way() -> Way {
    let server = ApiServer {
        master: Some("http://api:80".to_owned()),
        in_cluster: false,
        insecure: false,
        kubeconfig: None,
        use_service_account: false,
    };
    let around = Environment {
        host: None,
        port: None,
        account: "/".into(),
    };
    Way::find(&server, &around).unwrap().0
}

/// Waits until there is something; where the clock is held, time passes meanwhile.
pub(crate) async fn until<T>(look: impl Fn() -> Option<T>) -> T {
    loop {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(5)).await;
    }
}
