//! Which requests which version of the server gets.

use crate::fake::{Fake, error, is_bulk, reply, write};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::{pods, recorded};
use serde_json::json;
use std::sync::Arc;

const FAMILIES: [&str; 5] = ["cpu", "filesystem", "memory", "network", "general"];

/// The requests for a recorded batch, and the first action of the `_bulk` request.
async fn asked(version: &'static str, query: &str) -> (Vec<String>, serde_json::Value) {
    let fake = Fake::start(version).await;
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(fake.write(query, &batch).await, Outcome::all(batch.value_count()));
    let first = fake.bulks()[0].lines().next().unwrap().to_owned();
    (fake.asked(), serde_json::from_str(&first).unwrap())
}

#[tokio::test]
async fn the_server_is_asked_for_its_version_once() {
    let fake = Fake::start("5.6.16").await;
    let mut sink = fake.sink("");
    let batch = Arc::new(pods(2));
    write(&mut *sink, &batch).await;
    let before = fake.asked().len();
    write(&mut *sink, &batch).await;
    assert_eq!(fake.asked()[0], "GET /");
    assert_eq!(fake.asked()[before..], ["POST /_bulk"]);
}

#[tokio::test]
async fn a_server_that_does_not_say_its_version_is_taken_for_5_as_by_the_original() {
    let fake = Fake::with("", |seen| {
        (seen.path == "/" && seen.method == "GET").then(|| error(403, "security_exception", "no"))
    })
    .await;
    fake.write("", &Arc::new(pods(1))).await;
    assert!(fake.bulks()[0].contains("\"_type\":\"cpu\""));
}

#[tokio::test]
async fn elasticsearch_6_and_early_7_get_an_index_a_family_and_day() {
    for (version, kind) in [("6.8.23", json!("_doc")), ("7.7.1", json!(null))] {
        let (asked, action) = asked(version, "").await;
        let puts = FAMILIES.map(|family| format!("PUT /heapster-{family}-2018.03.01"));
        assert_eq!(asked[1..6], puts);
        assert_eq!(action["index"]["_index"], "heapster-cpu-2018.03.01");
        assert_eq!(action["index"]["_type"], kind);
    }
}

#[tokio::test]
async fn later_servers_get_a_template_a_family() {
    for version in ["7.17.28", "8.19.0", "9.2.0"] {
        let (asked, action) = asked(version, "index=lab").await;
        let pairs = FAMILIES.map(|family| {
            let path = format!("/_index_template/lab-{family}");
            [format!("GET {path}"), format!("PUT {path}")]
        });
        assert_eq!(asked[1..11], pairs.concat());
        assert!(asked[11].starts_with("POST /_bulk?filter_path="), "{}", asked[11]);
        assert_eq!(action["index"]["_index"], "lab-cpu-2018.03.01");
    }
}

#[tokio::test]
async fn a_template_of_this_version_or_a_later_one_is_left_as_it_is() {
    let fake = Fake::start("8.0.0").await;
    let batch = Arc::new(pods(1));
    fake.write("", &batch).await;
    let before = fake.asked().len();
    fake.write("", &batch).await;
    assert!(fake.asked()[before..].iter().all(|line| !line.starts_with("PUT")));
}

#[tokio::test]
async fn a_data_stream_is_made_from_its_template() {
    let (asked, action) = asked("8.0.0", "dataStream=true").await;
    assert!(
        asked.contains(&"PUT /_index_template/heapster-cpu-stream".to_owned()),
        "{asked:?}"
    );
    assert_eq!(action["create"]["_index"], "heapster-cpu");
}

#[tokio::test]
async fn the_option_overrides_what_the_server_says() {
    let (asked, action) = asked("8.0.0", "ver=5").await;
    assert!(!asked.contains(&"GET /".to_owned()), "{asked:?}");
    assert_eq!(action["index"]["_type"], "cpu");
}

#[tokio::test]
async fn an_index_that_another_program_has_just_made_is_taken() {
    let fake = Fake::with("7.0.0", |seen| {
        (seen.method == "PUT").then(|| error(400, "resource_already_exists_exception", "there"))
    })
    .await;
    let batch = Arc::new(pods(1));
    assert_eq!(fake.write("", &batch).await, Outcome::all(batch.value_count()));
}

#[tokio::test]
async fn an_alias_that_is_there_is_not_added_again() {
    let fake = Fake::start("5.0.0").await;
    let batch = Arc::new(pods(1));
    fake.write("", &batch).await;
    let before = fake.asked().len();
    fake.write("", &batch).await;
    assert_eq!(
        fake.asked()[before..],
        [
            "GET /",
            "HEAD /heapster-2027.01.15",
            "GET /heapster-2027.01.15/_aliases",
            "POST /_bulk"
        ]
    );
}

#[tokio::test]
async fn credentials_are_sent_as_the_options_say() {
    for (query, wanted) in [
        ("esUserName=u&esUserSecret=p", "Basic dTpw"),
        ("esUserName=u", ""),
        ("apiKey=abc", "ApiKey abc"),
        ("token=abc", "Bearer abc"),
    ] {
        let fake = Fake::start("5.0.0").await;
        fake.write(query, &Arc::new(pods(1))).await;
        assert!(
            fake.seen()
                .iter()
                .all(|seen| seen.header("authorization") == wanted),
            "{query}"
        );
    }
}

#[tokio::test]
async fn bodies_are_compressed_when_asked_for() {
    let fake = Fake::with("8.0.0", |seen| {
        let compressed = seen.header("content-encoding") == "gzip";
        let body = json!({"acknowledged": true, "items": []});
        (is_bulk(seen) || seen.method == "PUT").then(|| reply(if compressed { 200 } else { 500 }, &body))
    })
    .await;
    let outcome = fake.write("gzip=true", &Arc::new(pods(1))).await;
    let text = outcome.retry.unwrap().text;
    assert!(text.contains("tells of 0 documents"), "{text}");
}
