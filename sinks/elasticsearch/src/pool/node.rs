//! One node.

use heapster_httpclient::{Answer, ClientError, Endpoint, Failure, Transport, Verdict};
use http::{HeaderValue, Method, header::CONTENT_TYPE};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a node that failed is left alone, and how long it then gets to show that it is back.
const DEAD_FOR: Duration = Duration::from_secs(60);
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

/// A node and what is known of it.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) endpoint: Endpoint,
    pub(super) address: String,
    /// Whether an option gave it; it is never forgotten then.
    pub(super) given: bool,
    /// Whether it is asked in turn; the others only when none of those can be.
    pub(super) listed: bool,
    dead: Mutex<Option<Instant>>,
}

impl Node {
    pub(super) fn new(address: &str, transport: &Transport, given: bool) -> Result<Self, ClientError> {
        Ok(Self {
            endpoint: Endpoint::new(address, transport.clone())?,
            address: address.to_owned(),
            given,
            listed: true,
            dead: Mutex::new(None),
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.address.starts_with("https:")
    }

    /// Notes that the node failed just now, or that it answers.
    pub(super) fn mark(&self, failed: bool) {
        let mut dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        *dead = failed.then(Instant::now);
    }

    /// Whether it answered last time, or has been left alone for long enough.
    pub(super) fn is_usable(&self) -> bool {
        let dead = *self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.is_none_or(|since| since.elapsed() >= DEAD_FOR)
    }

    /// Whether it failed and has been left alone for long enough.
    pub(super) fn is_due(&self) -> bool {
        let dead = *self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.is_some_and(|since| since.elapsed() >= DEAD_FOR)
    }

    /// A health check of a node that failed before.
    ///
    /// # Errors
    /// One line.
    pub(super) async fn recheck(&self, json: bool, deadline: Instant) -> Result<(), String> {
        self.check("/", json, deadline.min(Instant::now() + CHECK_TIMEOUT))
            .await
    }

    /// A health check. Whatever the node says but 5xx, it is there.
    ///
    /// # Errors
    /// One line.
    pub(super) async fn check(&self, path: &str, json: bool, end: Instant) -> Result<(), String> {
        let mut call = self.endpoint.call(Method::HEAD, path);
        if json {
            call = call.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let checked = call.send(end).await;
        let well = checked
            .as_ref()
            .is_ok_and(|answer| !answer.status.is_server_error());
        self.mark(!well);
        if well { Ok(()) } else { Err(self.line(&checked)) }
    }

    /// What became of a request, as one line.
    pub(crate) fn line(&self, sent: &Result<Answer, Failure>) -> String {
        match self.endpoint.judge(sent) {
            Verdict::Retry { text, .. } | Verdict::Rejected { text, .. } => text,
            Verdict::Accepted => String::new(),
        }
    }
}

/// The addresses of all nodes in an answer to `GET /_nodes/http`, sorted: `http://10.0.0.1:9200`. Of `NAME/10.0.0.1:9200` the
/// name counts for https, as certificates hold names, and else the number.
pub(super) fn addresses(answer: &[u8], https: bool) -> Vec<String> {
    #[derive(Deserialize)]
    struct Nodes {
        nodes: BTreeMap<String, One>,
    }
    #[derive(Deserialize)]
    struct One {
        http: Option<Http>,
        http_address: Option<String>,
    }
    #[derive(Deserialize)]
    struct Http {
        publish_address: Option<String>,
    }
    let Ok(Nodes { nodes }) = serde_json::from_slice(answer) else {
        return Vec::new();
    };
    let published = nodes.into_values().filter_map(|one| {
        one.http
            .and_then(|http| http.publish_address)
            .or(one.http_address)
    });
    let mut all: Vec<String> = published.filter_map(|text| address(&text, https)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn address(text: &str, https: bool) -> Option<String> {
    // Old servers wrote inet[/10.0.0.1:9200].
    let text = text
        .strip_prefix("inet[")
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let (name, number) = text.split_once('/').unwrap_or(("", text));
    let (host, port) = number.rsplit_once(':')?;
    match (https, name) {
        (false, _) => Some(format!("http://{host}:{port}")),
        (true, "") => Some(format!("https://{host}:{port}")),
        (true, name) => Some(format!("https://{name}:{port}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_tells_the_addresses_of_its_nodes() {
        let answer = br#"{"cluster_name":"c","nodes":{
            "a":{"name":"a","http":{"bound_address":["[::1]:9200"],"publish_address":"es-a/10.0.0.1:9200"}},
            "b":{"name":"b","http":{"publish_address":"10.0.0.2:9200"}},
            "c":{"name":"c","http_address":"inet[/10.0.0.3:9200]"},
            "d":{"name":"d"},
            "e":{"name":"e","http":{"publish_address":"[::1]:9201"}}}}"#;
        assert_eq!(
            addresses(answer, false),
            [
                "http://10.0.0.1:9200",
                "http://10.0.0.2:9200",
                "http://10.0.0.3:9200",
                "http://[::1]:9201"
            ]
        );
        assert!(addresses(answer, true).contains(&"https://es-a:9200".to_owned()));
        let real = [
            (
                &include_bytes!("../../tests/answers/elasticsearch-7-nodes.json")[..],
                "http://127.0.0.1:19200",
            ),
            (
                &include_bytes!("../../tests/answers/opensearch-2-nodes.json")[..],
                "http://127.0.0.1:19201",
            ),
        ];
        for (answer, address) in real {
            assert_eq!(addresses(answer, false), [address]);
        }
        assert!(addresses(b"{\"nodes\":{}}", false).is_empty());
        assert!(addresses(b"no", false).is_empty());
    }
}
