//! A server whose answers a test makes out of the path that is asked for.

use crate::api::Api;
use heapster_httpclient::TlsOptions;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Status and body for a path.
type Script = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// Serves on a free port until the runtime ends.
pub(crate) async fn serve(script: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Api {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let script: Arc<Script> = Arc::new(script);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, script.clone()));
        }
    });
    Api::new(&url, TlsOptions::default()).unwrap()
}

async fn converse(mut stream: TcpStream, script: Arc<Script>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let (status, body) = script(head.split(' ').nth(1).unwrap());
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A nodes' list: `(name, cpu, memory)` each, a batch at this minute of 2026-11-22 09:00, seven seconds old.
pub(crate) fn nodes(minute: u8, nodes: &[(&str, &str, &str)]) -> String {
    let items: Vec<String> = nodes
        .iter()
        .map(|(name, cpu, memory)| {
            let name = serde_json::to_string(name).unwrap();
            format!(
                r#"{{"metadata":{{"name":{name},"creationTimestamp":"2026-11-22T09:{minute:02}:07Z"}},
                "timestamp":"2026-11-22T09:{minute:02}:00Z","window":"1m0s","usage":{{"cpu":"{cpu}","memory":"{memory}"}}}}"#
            )
        })
        .collect();
    format!(r#"{{"metadata":{{}},"items":[{}]}}"#, items.join(","))
}

/// The points of a metric, a minute apart and the last one at `minute`.
pub(crate) fn series(minute: u8, values: &[u64]) -> String {
    let count = u8::try_from(values.len()).unwrap();
    let points: Vec<String> = (minute + 1 - count..)
        .zip(values)
        .map(|(minute, value)| format!(r#"{{"timestamp":"2026-11-22T09:{minute:02}:00Z","value":{value}}}"#))
        .collect();
    format!(
        r#"{{"metrics":[{}],"latestTimestamp":"2026-11-22T09:00:00Z"}}"#,
        points.join(",")
    )
}

pub(crate) const EMPTY: &str = r#"{"metadata":{},"items":null}"#;
