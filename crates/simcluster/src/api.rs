//! The API server: which request gets which answer.
//!
//! `/api/v1/{nodes,pods,namespaces,events}`, also below `/api/v1/namespaces/NAME/` for pods and events and with a name at the end;
//! `/version`, `/healthz`, `/readyz`, `/livez`, `/api` and `/api/v1`. Answers are JSON, whatever else a client would rather have.
//!
//! A list that is read page by page shows each page as it is when that page is asked for, under the version of its first page:
//! a client that then watches from that version ends with the same objects. A page asked for after its version was forgotten
//! is answered with 410, as is a watch from before the log.

mod list;
mod objects;
mod query;
mod watch;

pub(crate) use objects::write_pods;

use crate::answer::{Answer, JSON};
use crate::json::Writer;
use crate::shape::Shape;
use crate::world::{Object, Store};
use query::{Question, What};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch as signal;

use crate::modes::ApiMode;

/// A kind of object that can be listed and watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Node,
    Pod,
    Namespace,
    Event,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Node, Self::Pod, Self::Namespace, Self::Event];

    /// Its name in paths.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Node => "nodes",
            Self::Pod => "pods",
            Self::Namespace => "namespaces",
            Self::Event => "events",
        }
    }

    /// Its name in objects.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Pod => "Pod",
            Self::Namespace => "Namespace",
            Self::Event => "Event",
        }
    }

    fn namespaced(self) -> bool {
        matches!(self, Self::Pod | Self::Event)
    }

    fn of(object: &Object) -> Self {
        match object {
            Object::Node(_) => Self::Node,
            Object::Pod(_) => Self::Pod,
            Object::Namespace(_) => Self::Namespace,
            Object::Event(_) => Self::Event,
        }
    }
}

/// What the API server needs to know beside the world.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) shape: Shape,
    /// Port that nodes announce for their kubelet.
    pub(crate) kubelet_port: u16,
    /// Bytes of `managedFields` in each pod and node.
    pub(crate) padding: usize,
    /// A watch ends after this time, whatever its client asked for.
    pub(crate) watch_limit: Option<Duration>,
    pub(crate) bookmark_every: Duration,
}

/// An API server without its sockets.
#[derive(Debug)]
pub struct Api {
    settings: Arc<Settings>,
    store: Arc<Store>,
    mode: signal::Sender<ApiMode>,
}

impl Api {
    pub(crate) fn new(settings: Settings, store: Arc<Store>) -> Self {
        Self {
            settings: Arc::new(settings),
            store,
            mode: signal::Sender::new(ApiMode::Ok),
        }
    }

    /// How it behaves from now on; open watches notice.
    pub fn set_mode(&self, mode: ApiMode) {
        self.mode.send_replace(mode);
    }

    /// How it behaves.
    #[must_use]
    pub fn mode(&self) -> ApiMode {
        *self.mode.borrow()
    }

    pub(crate) fn modes(&self) -> signal::Receiver<ApiMode> {
        self.mode.subscribe()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The answer for a request, as [`ApiMode`] has it; a slow one is not awaited here.
    ///
    /// A watch needs a runtime: a task feeds it.
    #[must_use]
    pub fn answer(&self, method: &http::Method, path: &str, query: &str) -> Answer {
        match self.mode() {
            ApiMode::Dead => return Answer::never(),
            ApiMode::Reset => return Answer::abort(),
            ApiMode::Status(status) => {
                return problem(status, "InternalError", "the API server was told to answer so");
            }
            ApiMode::Ok | ApiMode::Slow(_) | ApiMode::Garbled => {}
        }
        if method != http::Method::GET {
            return problem(405, "MethodNotAllowed", "this cluster is read-only");
        }
        match path.trim_end_matches('/') {
            "/version" => Answer::whole(200, JSON, VERSION),
            "/healthz" | "/readyz" | "/livez" => Answer::text(200, "ok"),
            "/api" => Answer::whole(
                200,
                JSON,
                r#"{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":[]}"#,
            ),
            "/apis" => Answer::whole(
                200,
                JSON,
                r#"{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"#,
            ),
            "/api/v1" => Answer::whole(200, JSON, resources()),
            path => match Question::parse(path, query) {
                Ok(question) => self.objects(question),
                Err(answer) => answer,
            },
        }
    }

    fn objects(&self, question: Question) -> Answer {
        match question.what {
            What::Watch(_) => watch::start(self, question),
            What::List(_) => list::start(&self.settings, &self.store, &question),
            What::One(ref name) => {
                let mut writer = Writer::new(false, None);
                let found = list::find(&self.settings, &self.store, &question, name);
                let Some(object) = found else {
                    return problem(
                        404,
                        "NotFound",
                        &format!(r#"{} \"{name}\" not found"#, question.kind.plural()),
                    );
                };
                objects::write_alone(&mut writer, &self.settings, &object);
                Answer::whole(200, JSON, writer.take())
            }
        }
    }
}

const VERSION: &str = r#"{"major":"1","minor":"34","gitVersion":"v1.34.4","gitCommit":"0000000000000000000000000000000000000000","gitTreeState":"clean","buildDate":"2026-01-01T00:00:00Z","goVersion":"go1.24","compiler":"gc","platform":"linux/amd64"}"#;

fn resources() -> String {
    let each: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| {
            format!(
                r#"{{"name":"{}","singularName":"","namespaced":{},"kind":"{}","verbs":["get","list","watch"]}}"#,
                kind.plural(),
                kind.namespaced(),
                kind.name()
            )
        })
        .collect();
    format!(
        r#"{{"kind":"APIResourceList","groupVersion":"v1","resources":[{}]}}"#,
        each.join(",")
    )
}

/// The JSON of a `Status` object that tells of a failure.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> String {
    format!(
        r#"{{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"{message}","reason":"{reason}","code":{code}}}"#
    )
}

/// An answer that is a failure; the message is JSON text already.
pub(crate) fn problem(code: u16, reason: &str, message: &str) -> Answer {
    Answer::whole(code, JSON, status(code, reason, message))
}

#[cfg(test)]
mod tests;
