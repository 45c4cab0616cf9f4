//! Which API and which path is asked.

use super::*;

const CONTAINER_STATS: &str = r#"{"/":{"stats":[{}]}}"#;

fn gone() -> crate::testing::Reply {
    reply("404 Not Found", "", b"404 page not found\n")
}

/// Moves the clock on while nothing waits for an answer.
async fn later(by: Duration) {
    tokio::time::pause();
    tokio::time::advance(by).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_kubelet_without_container_stats_is_read_by_its_summary_from_then_on() {
    for status in ["404 Not Found", "405 Method Not Allowed"] {
        let (port, seen) = kubelet(None, move |line| match line {
            "GET /stats/summary/" => ok(&summary(1)),
            _ => reply(status, "", b""),
        })
        .await;
        let target = plain("kubernetes", port).await;
        for _ in 0..3 {
            assert_eq!(scrape(&*target).await.unwrap().len(), 3);
        }
        assert_eq!(
            seen.lines(),
            [
                "POST /stats/container/",
                "GET /stats/summary/",
                "GET /stats/summary/",
                "GET /stats/summary/"
            ]
        );
    }
}

#[tokio::test]
async fn a_kubelet_without_a_summary_is_read_by_its_container_stats_from_then_on() {
    let (port, seen) = kubelet(None, |line| match line {
        "POST /stats/container/" => ok(CONTAINER_STATS),
        _ => gone(),
    })
    .await;
    let target = plain("kubernetes.summary_api", port).await;
    for _ in 0..2 {
        assert_eq!(scrape(&*target).await.unwrap(), ["node:n1"]);
    }
    assert_eq!(
        seen.lines(),
        [
            "GET /stats/summary/",
            "GET /stats/summary",
            "POST /stats/container/",
            "POST /stats/container/"
        ]
    );
}

#[tokio::test]
async fn after_an_hour_the_preferred_api_is_tried_again() {
    let upgraded = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let now = upgraded.clone();
    let (port, seen) = kubelet(None, move |line| match line {
        "POST /stats/container/" => ok(CONTAINER_STATS),
        _ if now.load(std::sync::atomic::Ordering::SeqCst) => ok(&summary(1)),
        _ => gone(),
    })
    .await;
    let target = plain("kubernetes.summary_api", port).await;
    scrape(&*target).await.unwrap();
    later(MEMORY).await;
    scrape(&*target).await.unwrap();
    assert_eq!(seen.lines().len(), 6, "still without: all three paths again");
    upgraded.store(true, std::sync::atomic::Ordering::SeqCst);
    scrape(&*target).await.unwrap();
    assert_eq!(seen.lines().last().unwrap(), "POST /stats/container/");
    later(MEMORY).await;
    scrape(&*target).await.unwrap();
    scrape(&*target).await.unwrap();
    assert_eq!(seen.lines()[7..], ["GET /stats/summary/", "GET /stats/summary/"]);
}

#[tokio::test]
async fn a_remembered_api_that_goes_away_gives_way_at_once() {
    let replaced = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let now = replaced.clone();
    let (port, seen) = kubelet(None, move |line| {
        match (line, now.load(std::sync::atomic::Ordering::SeqCst)) {
            ("POST /stats/container/", false) => ok(CONTAINER_STATS),
            ("GET /stats/summary/", true) => ok(&summary(1)),
            _ => gone(),
        }
    })
    .await;
    let target = plain("kubernetes.summary_api", port).await;
    scrape(&*target).await.unwrap();
    replaced.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
    assert_eq!(
        seen.lines()[3..],
        [
            "POST /stats/container/",
            "GET /stats/summary/",
            "GET /stats/summary/"
        ]
    );
}

#[tokio::test]
async fn a_kubelet_with_neither_api_says_so() {
    let (port, _) = kubelet(None, |_| gone()).await;
    for key in ["kubernetes", "kubernetes.summary_api"] {
        let (reason, text) = failure(&*plain(key, port).await).await;
        assert_eq!(reason, ScrapeFailure::NotFound);
        assert!(
            text.contains("serves neither /stats/summary nor /stats/container/: "),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_second_apis_refusal_is_what_is_reported() {
    let (port, _) = kubelet(None, |line| match line {
        "POST /stats/container/" => gone(),
        _ => reply("403 Forbidden", "", b""),
    })
    .await;
    let (reason, text) = failure(&*plain("kubernetes", port).await).await;
    assert_eq!(reason, ScrapeFailure::Refused);
    assert!(text.contains("/stats/summary/ answered 403"), "{text}");
}

#[tokio::test]
async fn a_slashed_path_that_fails_is_asked_without_the_slash_from_then_on() {
    for status in ["404 Not Found", "301 Moved Permanently", "307 Temporary Redirect"] {
        let (port, seen) = kubelet(None, move |line| match line {
            "GET /stats/summary" => ok(&summary(1)),
            _ => reply(status, "location: /stats/summary\r\n", b""),
        })
        .await;
        let target = plain("kubernetes.summary_api", port).await;
        scrape(&*target).await.unwrap();
        scrape(&*target).await.unwrap();
        assert_eq!(
            seen.lines(),
            ["GET /stats/summary/", "GET /stats/summary", "GET /stats/summary"],
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_outweighs_one_that_redirects() {
    for lost in ["GET /stats/summary/", "GET /stats/summary"] {
        let (port, _) = kubelet(None, move |line| match line {
            "POST /stats/container/" => ok(CONTAINER_STATS),
            line if line == lost => gone(),
            _ => reply("301 Moved Permanently", "location: /elsewhere\r\n", b""),
        })
        .await;
        let target = plain("kubernetes.summary_api", port).await;
        assert_eq!(scrape(&*target).await.unwrap(), ["node:n1"], "{lost}");
    }
}

#[tokio::test]
async fn each_api_has_its_own_answer_times() {
    let (port, _) = kubelet(None, |line| match line {
        "POST /stats/container/" => ok(CONTAINER_STATS),
        _ => gone(),
    })
    .await;
    let uri = format!("kubernetes.summary_api:?kubeletPort={port}");
    let built = build(&uri, vec![node("n1", "127.0.0.1")], KubeletAccess::default()).unwrap();
    let target = built.source.targets().await.remove(0);
    scrape(&*target).await.unwrap();
    scrape(&*target).await.unwrap();
    let count = |family: &str| built.telemetry.value(&format!("{family}{{node=n1.example}}"));
    assert_eq!((count(SUMMARY_TIME), count(LEGACY_TIME)), (Some(1.0), Some(2.0)));
}
