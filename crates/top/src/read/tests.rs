use super::*;
use crate::testing::{EMPTY, nodes, series, serve};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

async fn reader(script: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Reader {
    Reader::new(serve(script).await, Duration::ZERO)
}

/// A machine without pods.
fn machine(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let node = "/api/v1/model/nodes/vm/metrics/";
    let service = "/api/v1/model/nodes/vm/freecontainers/system.slice%2Fssh.service/metrics/";
    match (
        path.strip_prefix(node).or_else(|| path.strip_prefix(service)),
        path,
    ) {
        (_, "/apis/metrics/v1alpha1/nodes/") => nodes(5, &[("vm", "500m", "1Gi")]),
        (_, "/apis/metrics/v1alpha1/pods/") => EMPTY.to_owned(),
        (_, "/api/v1/model/nodes/vm/freecontainers/") => r#"["a","system.slice/ssh.service"]"#.to_owned(),
        (Some("cpu/usage_rate"), _) => series(5, &[250, 500]),
        (Some("cpu/node_capacity"), _) => series(5, &[2000]),
        (Some("memory/node_capacity"), _) => series(5, &[4 << 30]),
        (Some("memory/working_set"), _) => series(5, &[1 << 20]),
        (Some("network/rx_rate"), _) => series(5, &[1024]),
        (Some("filesystem/usage"), _) if query.ends_with("&labels=resource_id:/") => series(5, &[7]),
        _ => r#"{"metrics":[],"latestTimestamp":"0001-01-01T00:00:00Z"}"#.to_owned(),
    }
}

#[tokio::test]
async fn a_machine_without_pods_shows_its_services() {
    let snapshot = reader(|path| (200, machine(path))).await.next().await.unwrap();
    assert_eq!(snapshot.time.to_string(), "2026-11-22T09:05:00Z");
    assert_eq!(snapshot.age, Duration::from_secs(7));
    assert_eq!((snapshot.cpu.used, snapshot.cpu.of), (Some(0.5), Some(2.0)));
    assert_eq!(snapshot.memory.share(), Some(0.25));
    let node = &snapshot.top_nodes[0];
    assert_eq!(node.history, [0.25, 0.5]);
    assert_eq!((node.received, node.sent), (Some(1024.0), None));
    assert_eq!((node.root.used, node.root.of), (Some(7.0), None));
    let Work::Services { services: 2, top } = &snapshot.work else {
        panic!("{:?}", snapshot.work);
    };
    assert_eq!(top[0].name, "system.slice/ssh.service");
    assert_eq!((top[0].cpu, top[0].memory), (Some(0.5), Some(1_048_576.0)));
    assert_eq!((top[1].name.as_str(), top[1].cpu), ("a", None));
}

#[tokio::test]
async fn pods_are_summed_and_ranked_by_cpu_then_memory() {
    let pod = |name: &str, cpu: &str, memory: &str| {
        format!(
            r#"{{"metadata":{{"name":"{name}","namespace":"ns","creationTimestamp":"2026-11-22T09:05:07Z"}},
            "timestamp":"2026-11-22T09:05:00Z","containers":[
            {{"name":"c","usage":{{"cpu":"{cpu}","memory":"{memory}"}}}},{{"name":"d","usage":{{"cpu":"1m","memory":"1"}}}}]}}"#
        )
    };
    let list = [pod("a", "1m", "1"), pod("b", "2", "1Ki"), pod("c", "1m", "5")].join(",");
    let snapshot = reader(move |path| match path {
        "/apis/metrics/v1alpha1/nodes/" => (200, nodes(5, &[("n", "3", "1Gi")])),
        "/apis/metrics/v1alpha1/pods/" => (200, format!(r#"{{"items":[{list}]}}"#)),
        _ => (500, String::new()),
    })
    .await
    .next()
    .await
    .unwrap();
    let Work::Pods {
        pods: 3,
        containers: 6,
        top,
    } = &snapshot.work
    else {
        panic!("{:?}", snapshot.work);
    };
    let names: Vec<&str> = top.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["b", "c", "a"]);
    assert_eq!((top[0].cpu, top[0].memory), (Some(2.001), Some(1025.0)));
    assert_eq!(
        snapshot.top_nodes[0].cpu,
        Used {
            used: Some(3.0),
            of: None
        }
    );
}

#[tokio::test]
async fn a_thousand_nodes_cost_two_lists_and_the_details_of_twenty() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    let snapshot = reader(move |path| {
        log.lock().unwrap().push(path.to_owned());
        let names: Vec<String> = (0..1000).map(|number| format!("n{number:04}")).collect();
        let all: Vec<_> = names.iter().map(|name| (name.as_str(), "1", "1Ki")).collect();
        match path {
            "/apis/metrics/v1alpha1/nodes/" => (200, nodes(5, &all)),
            "/apis/metrics/v1alpha1/pods/" => (503, "too busy".to_owned()),
            _ => (200, series(5, &[1])),
        }
    })
    .await
    .next()
    .await
    .unwrap();
    assert_eq!((snapshot.nodes, snapshot.top_nodes.len()), (1000, TOP_NODES));
    assert_eq!(
        snapshot.cpu,
        Used {
            used: Some(1000.0),
            of: None
        }
    );
    assert_eq!(
        snapshot.work,
        Work::Unknown("/apis/metrics/v1alpha1/pods/ answered 503: too busy".to_owned())
    );
    assert_eq!(asked.lock().unwrap().len(), 2 + 7 * TOP_NODES);
}

#[tokio::test]
async fn the_prefix_of_the_last_commit_is_found_and_kept() {
    let wrong = Arc::new(AtomicUsize::new(0));
    let (count, minute) = (wrong.clone(), AtomicU8::new(0));
    let mut reader = reader(move |path| match path {
        "/apis/metrics.k8s.io/v1alpha1/nodes/" => {
            (200, nodes(minute.fetch_add(1, SeqCst), &[("n", "1", "1")]))
        }
        _ => {
            count.fetch_add(usize::from(path.contains("/v1alpha1/nodes")), SeqCst);
            (404, String::new())
        }
    })
    .await;
    reader.next().await.unwrap();
    reader.next().await.unwrap();
    assert_eq!(wrong.load(SeqCst), 1);
}

#[tokio::test]
async fn a_batch_is_given_once_and_a_reason_once() {
    let look = AtomicU8::new(0);
    let mut reader = reader(move |path| {
        if path != "/apis/metrics/v1alpha1/nodes/" {
            return (404, String::new());
        }
        match look.fetch_add(1, SeqCst) {
            0 | 1 => (200, nodes(1, &[("n", "1", "1")])),
            2 | 3 => (503, String::new()),
            _ => (200, nodes(1, &[("n", "2", "1")])),
        }
    })
    .await;
    assert_eq!(reader.next().await.unwrap().cpu.used, Some(1.0));
    assert!(reader.next().await.is_err());
    assert_eq!(reader.next().await.unwrap().cpu.used, Some(2.0));
}

#[tokio::test]
async fn a_server_without_figures_is_told_apart() {
    for (names, wanted) in [(r#"[]"#, ApiError::NoBatch), (r#"["vm"]"#, ApiError::NoRates)] {
        let mut reader = reader(move |path| match path {
            "/api/v1/model/nodes/" => (200, names.to_owned()),
            _ => (200, EMPTY.to_owned()),
        })
        .await;
        assert_eq!(reader.next().await.unwrap_err(), wanted);
    }
    let mut wrong = reader(|_| (404, "nothing here".to_owned())).await;
    assert_eq!(
        wrong.next().await.unwrap_err(),
        ApiError::NotThere {
            path: "/apis/metrics/v1alpha1/nodes/".to_owned()
        }
    );
    let mut html = reader(|_| (200, "<html>".to_owned())).await;
    assert!(matches!(html.next().await, Err(ApiError::Json { .. })));
}
