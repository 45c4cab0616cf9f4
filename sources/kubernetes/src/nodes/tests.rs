//! Which nodes are scraped, and what stays from cycle to cycle.

use super::*;
use crate::testing::{Built, Fake, build, kubelet, node, ok, soon, window};
use heapster_httpclient::{Client, Limits, TlsOptions};
use heapster_plugin::cluster::KubeletAccess;
use heapster_plugin::model::Labels;
use heapster_plugin::options::Options;
use heapster_plugin::telemetry::Silent;
use heapster_plugin::testkit::Lines;
use heapster_plugin::uri::Uri;

fn config(text: &str) -> Config {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, _) = Options::parse("source", crate::config::OPTIONS, &uri).unwrap();
    Config::parse(&uri, &options)
}

fn source(nodes: Vec<Node>) -> Built {
    build("kubernetes.summary_api:", nodes, KubeletAccess::default()).unwrap()
}

async fn names(built: &Built) -> Vec<String> {
    let targets = built.source.targets().await;
    targets.iter().map(|target| target.name().to_owned()).collect()
}

fn change(cluster: &Fake, nodes: Vec<Node>) {
    *cluster.nodes.lock().unwrap() = nodes.into_iter().map(Arc::new).collect();
}

#[tokio::test]
async fn a_target_is_named_after_address_and_port() {
    let nodes = vec![node("a", "10.0.0.1"), node("b", "2001:db8::1")];
    assert_eq!(
        names(&source(nodes.clone())).await,
        [
            "kubelet_summary:10.0.0.1:10255",
            "kubelet_summary:2001:db8::1:10255"
        ]
    );
    let legacy = build("kubernetes:?kubeletPort=7", nodes, KubeletAccess::default()).unwrap();
    assert_eq!(
        names(&legacy).await,
        ["kubelet:10.0.0.1:7", "kubelet:2001:db8::1:7"]
    );
}

#[tokio::test]
async fn a_node_that_is_not_ready_is_left_out_and_an_unschedulable_one_is_not() {
    let not_ready = Node {
        readiness: Readiness::NotReady,
        ..node("a", "10.0.0.1")
    };
    let cordoned = Node {
        schedulable: false,
        ..node("b", "10.0.0.2")
    };
    assert_eq!(
        names(&source(vec![not_ready, cordoned])).await,
        ["kubelet_summary:10.0.0.2:10255"]
    );
}

#[test]
fn complaints_are_worded_as_in_1_5() {
    let not_ready = Node {
        readiness: Readiness::NotReady,
        ..node("a", "10.0.0.1")
    };
    let complaint = host(&not_ready).unwrap_err();
    assert_eq!(About("a", &complaint).to_string(), "node a is not ready");
    let complaint = host(&node("a", "10.0.0.256")).unwrap_err();
    assert_eq!(
        About("a", &complaint).to_string(),
        "node a has no valid hostname and/or IP address: a.example 10.0.0.256"
    );
}

#[test]
fn a_node_without_any_ip_address_is_asked_by_its_host_name() {
    assert_eq!(host(&node("a", "")), Ok("a.example".to_owned()));
}

#[test]
fn a_host_name_that_could_mean_another_url_is_not_asked() {
    for name in ["", "a/b", "a:80", "a@b", "a?b", "a b", "[::1]", "ä"] {
        let node = Node {
            hostname: name.into(),
            ..node("a", "")
        };
        assert!(matches!(host(&node), Err(Complaint::NoAddress(..))), "{name}");
    }
}

#[tokio::test]
async fn nothing_about_a_node_changes_while_the_node_stays() {
    let built = source(vec![node("a", "10.0.0.1")]);
    let first = built.source.targets().await;
    change(&built.cluster, vec![node("a", "10.0.0.1"), node("b", "10.0.0.2")]);
    let second = built.source.targets().await;
    assert!(Arc::ptr_eq(&first[0], &second[0]));
    change(&built.cluster, vec![node("a", "10.0.0.3")]);
    assert_eq!(names(&built).await, ["kubelet_summary:10.0.0.3:10255"]);
}

/// A roster that nobody asks kubelets through.
fn roster() -> Roster {
    let tls = TlsOptions {
        insecure: true,
        ..TlsOptions::default()
    };
    let access = Access {
        client: Client::new(tls, Limits::default()).unwrap(),
        bearer: None,
        api: Api::Summary,
        https: false,
        max_body: 1,
        telemetry: Arc::new(Silent),
    };
    Roster::new(Arc::default(), Arc::new(access))
}

#[test]
fn a_new_address_keeps_what_is_known_about_pods_and_new_labels_do_not() {
    let config = config("kubernetes.summary_api:");
    let mut roster = roster();
    let mut decoder = |node: Node| {
        roster.targets(&[Arc::new(node)], &config);
        roster.known["a"].decoder.clone()
    };
    let first = decoder(node("a", "10.0.0.1"));
    assert!(Arc::ptr_eq(&first, &decoder(node("a", "10.0.0.2"))));
    let renamed = Node {
        hostname: "other".into(),
        ..node("a", "10.0.0.2")
    };
    assert!(!Arc::ptr_eq(&first, &decoder(renamed)));
}

#[test]
fn a_complaint_is_logged_when_it_arises_and_not_while_it_lasts() {
    let config = config("kubernetes.summary_api:");
    let mut roster = roster();
    let not_ready = Node {
        readiness: Readiness::NotReady,
        ..node("a", "10.0.0.1")
    };
    let mut cycle = |node: &Node| Lines::of_run(|| drop(roster.targets(&[Arc::new(node.clone())], &config)));
    assert_eq!(cycle(&not_ready), ["ERROR node a is not ready"]);
    assert_eq!(cycle(&not_ready).len(), 0);
    assert_eq!(
        cycle(&node("a", "nowhere")),
        ["ERROR node a has no valid hostname and/or IP address: a.example nowhere"]
    );
    assert_eq!(cycle(&node("a", "10.0.0.1")).len(), 0);
    assert_eq!(cycle(&not_ready), ["ERROR node a is not ready"]);
}

#[test]
fn no_nodes_at_all_is_logged_once() {
    let config = config("kubernetes.summary_api:");
    let mut roster = roster();
    let mut cycle = |nodes: &[Arc<Node>]| Lines::of_run(|| drop(roster.targets(nodes, &config)));
    assert_eq!(cycle(&[]), ["ERROR No nodes received from APIserver."]);
    assert_eq!(cycle(&[]).len(), 0);
    assert_eq!(cycle(&[Arc::new(node("a", "10.0.0.1"))]).len(), 0);
    assert_eq!(cycle(&[]).len(), 1);
}

#[tokio::test]
async fn answer_times_of_a_node_go_when_the_node_goes() {
    let (port, _) = kubelet(None, |_| ok(r#"{"node":{}}"#)).await;
    let uri = format!("kubernetes.summary_api:?kubeletPort={port}");
    let built = build(&uri, vec![node("a", "127.0.0.1")], KubeletAccess::default()).unwrap();
    let series = format!("{SUMMARY_TIME}{{node=a.example}}");
    for count in [1.0, 2.0] {
        let targets = built.source.targets().await;
        targets[0].scrape(window(), soon()).await.unwrap();
        assert_eq!(built.telemetry.value(&series), Some(count));
    }
    change(&built.cluster, Vec::new());
    assert!(built.source.targets().await.is_empty());
    assert!(built.telemetry.value(&series).unwrap().is_nan());
}

#[tokio::test]
async fn answer_times_under_an_old_host_name_go() {
    let (port, _) = kubelet(None, |_| ok(r#"{"node":{}}"#)).await;
    let uri = format!("kubernetes.summary_api:?kubeletPort={port}");
    let built = build(&uri, vec![node("a", "127.0.0.1")], KubeletAccess::default()).unwrap();
    let targets = built.source.targets().await;
    targets[0].scrape(window(), soon()).await.unwrap();
    let renamed = Node {
        hostname: "other".into(),
        ..node("a", "127.0.0.1")
    };
    change(&built.cluster, vec![renamed]);
    built.source.targets().await;
    let series = format!("{SUMMARY_TIME}{{node=a.example}}");
    assert!(built.telemetry.value(&series).unwrap().is_nan());
}

#[test]
fn the_host_id_is_the_external_id_or_else_the_annotation() {
    let with = config("kubernetes.summary_api:?host_id_annotation=cloud/id");
    let without = config("kubernetes.summary_api:");
    let annotated = Node {
        annotations: Labels::from_pairs([("cloud/id", "i-1")]),
        ..node("a", "10.0.0.1")
    };
    let named = Node {
        external_id: "e-1".into(),
        ..annotated.clone()
    };
    assert_eq!(&*labels(&annotated, &with).host_id, "i-1");
    assert_eq!(&*labels(&annotated, &without).host_id, "");
    assert_eq!(&*labels(&named, &with).host_id, "e-1");
    assert_eq!(&*labels(&node("a", "10.0.0.1"), &with).host_id, "");
}

#[test]
fn only_the_key_kubernetes_says_whether_a_node_is_schedulable() {
    let cordoned = Node {
        schedulable: false,
        ..node("a", "10.0.0.1")
    };
    assert_eq!(labels(&cordoned, &config("kubernetes")).schedulable, Some(false));
    assert_eq!(
        labels(&cordoned, &config("kubernetes.summary_api")).schedulable,
        None
    );
}
