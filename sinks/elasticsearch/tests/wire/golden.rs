//! The bytes of a recorded batch.
//!
//! `golden/v5.bulk.txt` and `v2.bulk.txt` are the action and document lines that Heapster 1.6.0-beta.1 sent for it with
//! `ver=5` and `ver=2`, sorted, ids masked; `v5.requests.txt` all its requests; `mapping.json` the body with which it made the
//! index.

use crate::fake::{Fake, write};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::recorded;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Action and document lines of all bodies, the id masked as in the recording, sorted by document and action.
fn lines(bodies: &[String]) -> Vec<(String, String)> {
    let lines: Vec<&str> = bodies.iter().flat_map(|body| body.lines()).collect();
    let pairs = lines.chunks(2).map(|pair| {
        let (head, tail) = pair[0].split_once("\"_id\":\"").unwrap();
        let (id, tail) = tail.split_at(36);
        assert!(
            id == "<uuid-v1>\"" || id.chars().filter(|c| *c == '-').count() == 4,
            "{id}"
        );
        (pair[1].to_owned(), format!("{head}\"_id\":\"<uuid-v1>{tail}"))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

fn golden(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut pairs: Vec<_> = lines
        .chunks(2)
        .map(|pair| (pair[1].to_owned(), pair[0].to_owned()))
        .collect();
    pairs.sort();
    pairs
}

async fn bodies(ver: &str) -> (Fake, Vec<String>) {
    let fake = Fake::start("5.6.16").await;
    let batch = Arc::new(recorded().unwrap());
    let query = format!("ver={ver}&cluster_name=c1&pipeline=pl");
    let outcome = write(&mut *fake.sink(&query), &batch).await;
    assert_eq!(outcome, Outcome::all(batch.value_count()));
    let bodies = fake.bulks();
    (fake, bodies)
}

#[tokio::test]
async fn documents_for_elasticsearch_5_are_those_of_the_original_byte_for_byte() {
    let (_, bodies) = bodies("5").await;
    assert_eq!(lines(&bodies), golden(include_str!("golden/v5.bulk.txt")));
}

#[tokio::test]
async fn documents_for_elasticsearch_2_are_those_of_the_original_byte_for_byte() {
    let (_, bodies) = bodies("2").await;
    assert_eq!(lines(&bodies), golden(include_str!("golden/v2.bulk.txt")));
}

/// Differs: the original repeated these for each family of each set, 36 requests for this batch.
#[tokio::test]
async fn each_request_of_the_original_is_made_as_often_as_it_has_an_effect() {
    let (fake, _) = bodies("5").await;
    let sent: Vec<String> = fake
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .collect();
    let setup: Vec<&str> = sent
        .iter()
        .map(String::as_str)
        .filter(|line| !line.ends_with(" /"))
        .collect();
    let distinct: BTreeSet<&str> = setup
        .iter()
        .copied()
        .filter(|line| *line != "GET /_nodes/http")
        .collect();
    let recorded: BTreeSet<&str> = include_str!("golden/v5.requests.txt").lines().collect();
    assert_eq!(distinct, recorded);
    let count = |line: &str| sent.iter().filter(|sent| *sent == line).count();
    assert_eq!(
        (
            count("HEAD /"),
            count("HEAD /heapster-2018.03.01"),
            count("POST /_bulk")
        ),
        (1, 1, 1)
    );
    assert_eq!(count("POST /_aliases"), 5);
}

#[tokio::test]
async fn an_alias_is_added_with_the_words_of_the_original() {
    let (fake, _) = bodies("5").await;
    let bodies: BTreeSet<String> = fake
        .seen()
        .iter()
        .filter(|seen| seen.path == "/_aliases")
        .map(|seen| seen.text())
        .collect();
    let wanted = ["cpu", "filesystem", "general", "memory", "network"].map(|family| {
        format!(r#"{{"actions":[{{"add":{{"alias":"heapster-{family}","index":"heapster-2018.03.01"}}}}]}}"#)
    });
    assert_eq!(bodies, BTreeSet::from(wanted));
}

#[tokio::test]
async fn requests_say_that_they_are_json_where_the_original_did() {
    let (fake, _) = bodies("5").await;
    assert!(
        fake.seen()
            .iter()
            .all(|seen| seen.header("content-type") == "application/json")
    );
    let (fake, _) = bodies("2").await;
    for seen in fake.seen() {
        let wanted = if seen.path == "/_aliases" {
            "application/json"
        } else {
            ""
        };
        assert_eq!(
            seen.header("content-type"),
            wanted,
            "{} {}",
            seen.method,
            seen.path
        );
    }
}
