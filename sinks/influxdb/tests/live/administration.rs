//! Databases, retention policies and users of an InfluxDB.

use crate::reading::{of_batch, of_influxdb};
use crate::server::Server;
use heapster_plugin::sink::{MetricSink, Outcome};
use heapster_rehearsal::{build, pods, recorded, write};
use std::sync::Arc;

fn sink(server: &Server, options: &str) -> Box<dyn MetricSink> {
    build(&(server.uri() + options)).unwrap()
}

async fn policies(server: &Server, database: &str) -> Vec<(String, String, bool)> {
    let answer = server
        .query(&format!("SHOW RETENTION POLICIES ON {database}"))
        .await;
    let rows = answer["results"][0]["series"][0]["values"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (text(&row[0]), text(&row[1]), row[4].as_bool().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_retention_is_what_the_database_gets_and_can_be_changed() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    for (options, wanted) in [
        ("retention=7d", "168h0m0s"),
        ("retention=7d", "168h0m0s"),
        ("", "168h0m0s"),
        ("retention=2w", "336h0m0s"),
        ("retention=0", "0s"),
    ] {
        assert_eq!(
            write(&mut *sink(&server, options), &Arc::new(pods(1))).await,
            Outcome::all(23)
        );
        assert_eq!(
            policies(&server, "k8s").await,
            [("default".to_owned(), wanted.to_owned(), true)],
            "{options}"
        );
    }
}

#[tokio::test]
async fn a_database_that_somebody_else_made_is_written_to() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    server.query("CREATE DATABASE k8s").await;
    let batch = Arc::new(recorded().unwrap());
    assert_eq!(write(&mut *sink(&server, ""), &batch).await, Outcome::all(15));
    assert_eq!(of_influxdb(&server, "autogen").await, of_batch(&batch, false));
    assert_eq!(policies(&server, "k8s").await.len(), 1);
}

#[tokio::test]
async fn a_retention_for_such_a_database_leaves_its_default_alone() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    server.query("CREATE DATABASE k8s").await;
    let batch = Arc::new(pods(1));
    assert_eq!(
        write(&mut *sink(&server, "retention=7d"), &batch).await,
        Outcome::all(23)
    );
    let wanted = [("autogen", "0s", true), ("default", "168h0m0s", false)];
    assert_eq!(
        policies(&server, "k8s").await,
        wanted.map(|(name, time, own)| (name.to_owned(), time.to_owned(), own))
    );
    assert_eq!(of_influxdb(&server, "\"default\"").await, of_batch(&batch, false));
}

#[tokio::test]
async fn a_name_with_a_dash_and_quotes_works() {
    let Some(server) = Server::influxdb(&[]).await else {
        return;
    };
    let mut sink = sink(&server, "db=my-%22db%22&rpname=a+b&retention=1d");
    assert_eq!(write(&mut *sink, &Arc::new(pods(1))).await, Outcome::all(23));
    assert_eq!(
        policies(&server, r#""my-\"db\"""#).await,
        [("a b".to_owned(), "24h0m0s".to_owned(), true)]
    );
}

#[tokio::test]
async fn who_may_write_writes_and_who_may_not_is_told_what_to_do() {
    let Some(server) = Server::influxdb(&["auth"]).await else {
        return;
    };
    server
        .query_as("", "CREATE USER root WITH PASSWORD 'root' WITH ALL PRIVILEGES")
        .await;
    let batch = Arc::new(recorded().unwrap());
    let refused = write(&mut *sink(&server, "pw=wrong"), &batch)
        .await
        .retry
        .unwrap();
    assert!(
        refused
            .text
            .contains("answered 401 Unauthorized: authorization failed"),
        "{}",
        refused.text
    );
    assert!(
        refused.text.contains("check the sink's user, password or token"),
        "{}",
        refused.text
    );

    server
        .query("CREATE DATABASE k8s; CREATE USER few WITH PASSWORD 'f'")
        .await;
    let refused = write(&mut *sink(&server, "user=few&pw=f"), &batch)
        .await
        .retry
        .unwrap();
    assert!(
        refused.text.contains("answered 403 Forbidden"),
        "{}",
        refused.text
    );
    server.query("GRANT WRITE ON k8s TO few").await;
    let mut few = sink(&server, "user=few&pw=f");
    assert_eq!(
        write(&mut *few, &batch).await.retry.map(|retry| retry.count),
        Some(15),
        "no policy named default"
    );
    assert_eq!(write(&mut *few, &batch).await, Outcome::all(15));
    assert_eq!(of_influxdb(&server, "autogen").await, of_batch(&batch, false));

    assert_eq!(
        write(&mut *sink(&server, "db=own"), &batch).await,
        Outcome::all(15)
    );
}
