//! The database and its retention policy: made, found, gone.

use crate::server::{error, refused, send, sink, statements, well, writes};
use heapster_plugin::sink::Outcome;
use heapster_rehearsal::{Backend, Reply, recorded};
use std::sync::Arc;

const CONFLICT: &str = "retention policy conflicts with an existing policy";
const CREATE: &str = "GET CREATE DATABASE \"k8s\" WITH NAME \"default\"";

/// A server that answers the statement that begins with `start` in its own way.
async fn backend(answers: Vec<(&'static str, Reply)>) -> Backend {
    let script = move |_: usize, seen: &heapster_rehearsal::Seen| {
        let query = seen
            .path
            .split_once("&q=")
            .map_or("", |(_, query)| query)
            .replace('+', " ");
        let own = answers
            .iter()
            .find(|(start, _)| !query.is_empty() && query.starts_with(start));
        own.map_or_else(|| well(seen), |(_, reply)| reply.clone())
    };
    Backend::start(script).await.unwrap()
}

#[tokio::test]
async fn a_retention_is_applied_to_a_database_that_is_there() {
    let backend = backend(vec![("CREATE DATABASE", refused(CONFLICT))]).await;
    let mut sink = sink(&backend, "retention=7d");
    assert_eq!(
        send(&mut *sink, &Arc::new(recorded().unwrap())).await,
        Outcome::all(15)
    );
    let wanted = [
        "GET CREATE DATABASE \"k8s\" WITH DURATION 7d REPLICATION 1 NAME \"default\"",
        "POST ALTER RETENTION POLICY \"default\" ON \"k8s\" DURATION 7d",
    ];
    assert_eq!(statements(&backend), wanted);
    assert_eq!(
        writes(&backend),
        ["/write?consistency=&db=k8s&precision=&rp=default"]
    );
}

#[tokio::test]
async fn a_policy_that_is_missing_is_made_beside_the_others() {
    let answers = vec![
        ("CREATE DATABASE", refused(CONFLICT)),
        ("ALTER", refused("retention policy not found: default")),
    ];
    let backend = backend(answers).await;
    let mut sink = sink(&backend, "retention=0");
    send(&mut *sink, &Arc::new(recorded().unwrap())).await;
    let made = "POST CREATE RETENTION POLICY \"default\" ON \"k8s\" DURATION 0s REPLICATION 1";
    assert_eq!(statements(&backend).last().unwrap(), made);
}

#[tokio::test]
async fn without_a_retention_asked_for_the_policies_stay_as_they_are() {
    for (policies, rp) in [
        (r#"["autogen","0s"]"#, ""),
        (r#"["autogen","0s"],["default","0s"]"#, "&rp=default"),
    ] {
        let shown = format!(r#"{{"results":[{{"series":[{{"values":[{policies}]}}]}}]}}"#);
        let answers = vec![
            ("CREATE DATABASE", refused(CONFLICT)),
            ("SHOW RETENTION", Reply::Answer(200, shown)),
        ];
        let backend = backend(answers).await;
        let mut sink = sink(&backend, "");
        assert_eq!(
            send(&mut *sink, &Arc::new(recorded().unwrap())).await,
            Outcome::all(15)
        );
        assert_eq!(
            statements(&backend),
            [CREATE, "GET SHOW RETENTION POLICIES ON \"k8s\""]
        );
        assert_eq!(
            writes(&backend),
            [format!("/write?consistency=&db=k8s&precision={rp}")]
        );
    }
}

#[tokio::test]
async fn a_database_that_is_there_already_is_written_to() {
    let backend = backend(vec![("CREATE DATABASE", refused("database already exists"))]).await;
    let mut sink = sink(&backend, "");
    assert_eq!(
        send(&mut *sink, &Arc::new(recorded().unwrap())).await,
        Outcome::all(15)
    );
}

#[tokio::test]
async fn a_user_who_may_not_make_databases_writes() {
    for reply in [
        error(403, "not authorized"),
        refused("not authorized"),
        error(400, "error parsing query"),
    ] {
        let backend = backend(vec![("CREATE DATABASE", reply)]).await;
        let mut sink = sink(&backend, "retention=7d");
        let batch = Arc::new(recorded().unwrap());
        assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
        send(&mut *sink, &batch).await;
        assert_eq!((statements(&backend).len(), writes(&backend).len()), (1, 2));
    }
}

#[tokio::test]
async fn a_server_that_does_not_work_yet_gets_no_lines() {
    let backend = backend(vec![("CREATE DATABASE", error(503, "starting"))]).await;
    let mut sink = sink(&backend, "");
    let outcome = send(&mut *sink, &Arc::new(recorded().unwrap())).await;
    let retry = outcome.retry.unwrap();
    assert!(
        retry
            .text
            .ends_with("/query answered 503 Service Unavailable: {\"error\":\"starting\"}"),
        "{}",
        retry.text
    );
    assert_eq!(
        (retry.count, retry.rest.is_none(), writes(&backend).len()),
        (15, true, 0)
    );
}

#[tokio::test]
async fn a_database_that_is_gone_is_made_again() {
    let script = |number: usize, seen: &heapster_rehearsal::Seen| match number {
        3 => error(404, "database not found: \"k8s\""),
        _ => well(seen),
    };
    let backend = Backend::start(script).await.unwrap();
    let mut sink = sink(&backend, "");
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
    let retry = send(&mut *sink, &batch).await.retry.unwrap();
    let wanted =
        "answered 404 Not Found: database not found: \"k8s\"; check the sink's address and its options";
    assert!(retry.text.ends_with(wanted), "{}", retry.text);
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
    assert_eq!(statements(&backend), [CREATE, CREATE]);
}

#[tokio::test]
async fn why_there_is_no_database_is_said() {
    let script = |_: usize, seen: &heapster_rehearsal::Seen| match seen.path.split('?').next().unwrap() {
        "/query" => error(403, "k8s not authorized"),
        "/write" => error(404, "database not found: \"k8s\""),
        _ => well(seen),
    };
    let backend = Backend::start(script).await.unwrap();
    let text = send(&mut *sink(&backend, ""), &Arc::new(recorded().unwrap()))
        .await
        .retry
        .unwrap()
        .text;
    assert!(
        text.contains("database not found") && text.contains("; making it was refused: "),
        "{text}"
    );
    assert!(text.contains("not authorized"), "{text}");
}

#[tokio::test]
async fn a_policy_that_is_gone_leaves_the_databases_default() {
    let script = |_: usize, seen: &heapster_rehearsal::Seen| match seen.path.contains("&rp=") {
        true => error(500, "retention policy not found: default"),
        false => well(seen),
    };
    let backend = Backend::start(script).await.unwrap();
    let mut sink = sink(&backend, "");
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(send(&mut *sink, &batch).await.retry.unwrap().count, 15);
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
    assert_eq!(
        writes(&backend).last().unwrap(),
        "/write?consistency=&db=k8s&precision="
    );
}

#[tokio::test]
async fn a_policy_that_is_gone_is_made_again_when_a_retention_is_asked_for() {
    let script = |number: usize, seen: &heapster_rehearsal::Seen| match number {
        2 => error(500, "retention policy not found: default"),
        _ => well(seen),
    };
    let backend = Backend::start(script).await.unwrap();
    let mut sink = sink(&backend, "retention=7d");
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(send(&mut *sink, &batch).await.retry.unwrap().count, 15);
    assert_eq!(send(&mut *sink, &batch).await, Outcome::all(15));
    assert_eq!(statements(&backend).len(), 2);
}
