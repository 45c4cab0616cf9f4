//! The server: writes, statements, signs of life. What all halves of this plugin talk through.

use crate::config::{Config, Target, endpoint};
use crate::reply::{self, Meaning};
use crate::schema::Precision;
use bytes::Bytes;
use heapster_httpclient::{Endpoint, Verdict, query};
use heapster_plugin::options::Options;
use heapster_plugin::source::BuildError;
use heapster_plugin::uri::Uri;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde_json::Value;
use tokio::time::Instant;

/// A server with a database or a bucket.
#[derive(Debug)]
pub(crate) struct Client {
    endpoint: Endpoint,
    pub(crate) target: Target,
    precision: Precision,
}

/// Why a statement was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Trouble {
    /// There is no server, or it does not work: another try may go better.
    Passing(String),
    /// The server refuses.
    Refused(String),
}

/// How a request with lines ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Written {
    pub(crate) verdict: Verdict,
    pub(crate) meaning: Meaning,
    /// Whether the next request of the batch may do better.
    pub(crate) go_on: bool,
}

impl Client {
    pub(crate) fn new(uri: &Uri, options: &Options, config: &Config) -> Result<Self, BuildError> {
        Ok(Self {
            endpoint: endpoint(uri, options)?,
            target: config.target.clone(),
            precision: config.schema.precision,
        })
    }

    /// `http://h:8086`
    pub(crate) fn address(&self) -> String {
        self.endpoint.address()
    }

    /// Asks for a sign of life. Only no answer counts: any status is one.
    pub(crate) async fn ping(&self, deadline: Instant) -> Result<(), Trouble> {
        let sent = self.endpoint.get("/ping").send(deadline).await;
        sent.map(drop)
            .map_err(|failure| Trouble::Passing(failure.to_string()))
    }

    /// Carries out one statement of InfluxQL.
    ///
    /// The original sends `CREATE DATABASE` as a GET, which servers warn about and do; ours that changes something is a POST.
    pub(crate) async fn statement(
        &self,
        method: Method,
        text: &str,
        deadline: Instant,
    ) -> Result<Value, Trouble> {
        let path = format!("/query?{}", query([("db", ""), ("q", text)]));
        let sent = self.endpoint.call(method, &path).send(deadline).await;
        match (self.endpoint.judge(&sent), sent) {
            (Verdict::Accepted, Ok(answer)) => reply::of_statement(&answer.body)
                .map_err(|text| Trouble::Refused(self.endpoint.line(text.as_bytes()))),
            (Verdict::Retry { text, .. }, Ok(answer)) if answer.status.is_client_error() => {
                Err(Trouble::Refused(text))
            }
            (Verdict::Rejected { text, .. }, _) => Err(Trouble::Refused(text)),
            (Verdict::Retry { text, .. }, _) => Err(Trouble::Passing(text)),
            (Verdict::Accepted, Err(failure)) => Err(Trouble::Passing(failure.to_string())),
        }
    }

    /// The path for lines. `policy` is the retention policy to name, if any.
    pub(crate) fn write_path(&self, policy: &str) -> String {
        match &self.target {
            Target::Database { name, .. } => {
                let precision = match self.precision {
                    Precision::Nanoseconds => "",
                    Precision::Microseconds => "u",
                    Precision::Milliseconds => "ms",
                    Precision::Seconds => "s",
                };
                let policy = (!policy.is_empty()).then_some(("rp", policy));
                let pairs = [
                    ("consistency", ""),
                    ("db", name.as_str()),
                    ("precision", precision),
                ];
                format!("/write?{}", query(pairs.into_iter().chain(policy)))
            }
            Target::Bucket { name, org } => {
                let precision = match self.precision {
                    Precision::Nanoseconds => "ns",
                    Precision::Microseconds => "us",
                    Precision::Milliseconds => "ms",
                    Precision::Seconds => "s",
                };
                let org = (!org.is_empty()).then_some(("org", org.as_str()));
                let pairs = [("bucket", name.as_str())].into_iter().chain(org);
                format!("/api/v2/write?{}", query(pairs.chain([("precision", precision)])))
            }
        }
    }

    /// Sends lines once.
    pub(crate) async fn write(&self, path: &str, lines: Bytes, deadline: Instant) -> Written {
        // The original's header is empty; the newer API documents one.
        let kind = match self.target {
            Target::Database { .. } => "",
            Target::Bucket { .. } => "text/plain; charset=utf-8",
        };
        let call = self
            .endpoint
            .post(path)
            .header(CONTENT_TYPE, HeaderValue::from_static(kind));
        let sent = call.body(lines).send(deadline).await;
        let go_on = heapster_tally::go_on(&sent).is_continue();
        let Ok(answer) = &sent else {
            return Written {
                verdict: self.endpoint.judge(&sent),
                meaning: Meaning::Plain,
                go_on,
            };
        };
        let (text, meaning) = match answer.is_success() {
            true => (String::new(), Meaning::Plain),
            false => reply::of_write(&answer.body),
        };
        Written {
            verdict: self.endpoint.judge_with(answer, &text),
            meaning,
            go_on,
        }
    }
}
