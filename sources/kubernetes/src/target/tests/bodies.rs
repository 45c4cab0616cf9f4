//! Answers that are too late, too large, not whole or something else.

use super::*;
use crate::testing::Reply;
use heapster_httpclient::gzip;

async fn body(reply: Reply) -> (ScrapeFailure, String) {
    let (port, _) = kubelet(None, move |_| reply.clone()).await;
    failure(&*plain("kubernetes.summary_api", port).await).await
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_hangs_is_left_at_the_deadline() {
    for begun in ["", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"node\":"] {
        let (port, _) = kubelet(None, move |_| Reply::Hang(begun.into())).await;
        let target = plain("kubernetes.summary_api", port).await;
        let started = Instant::now();
        let (reason, text) = failure(&*target).await;
        assert_eq!(reason, ScrapeFailure::Timeout);
        assert!(
            text.contains("no answer in time: look at the node's load"),
            "{text}"
        );
        assert!(started.elapsed() <= Duration::from_secs(21));
    }
}

#[tokio::test]
async fn half_a_json_is_malformed() {
    let text = summary(1);
    let half = text.split_at(text.len() / 2).0.to_owned();
    let (reason, text) = body(ok(&half)).await;
    assert_eq!(reason, ScrapeFailure::Malformed);
    assert!(text.contains("is no stats summary: EOF while parsing"), "{text}");
}

#[tokio::test]
async fn a_connection_that_breaks_inside_the_answer_is_unreachable() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"node\":".to_vec();
    let (reason, text) = body(Reply::Close(half)).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(text.contains("the connection broke inside the answer"), "{text}");
}

#[tokio::test]
async fn an_answer_about_something_else_is_malformed() {
    for other in [
        "<html>",
        "[]",
        "null",
        "",
        "{}",
        r#"{"kind":"Status","code":200}"#,
    ] {
        let (reason, text) = body(ok(other)).await;
        assert_eq!(reason, ScrapeFailure::Malformed, "{other}");
        assert!(
            text.contains("is no stats summary: ") && text.contains("look for a proxy in between"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn fields_of_wrong_types_cost_only_themselves() {
    let text = summary(1).replace(
        r#""nodeName":"n1""#,
        r#""nodeName":7,"cpu":[],"memory":"much","fs":true"#,
    );
    let (port, _) = kubelet(None, move |_| ok(&text)).await;
    let target = plain("kubernetes.summary_api", port).await;
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_gzipped_answer_is_read() {
    let packed = gzip(summary(1).as_bytes());
    let (port, _) = kubelet(None, move |_| {
        reply("200 OK", "content-encoding: gzip\r\n", &packed)
    })
    .await;
    let target = plain("kubernetes.summary_api", port).await;
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
}

#[tokio::test]
async fn damaged_gzip_text_is_malformed() {
    let packed = gzip(summary(1).as_bytes());
    let half = packed.slice(..packed.len() / 2);
    let (reason, text) = body(reply("200 OK", "content-encoding: gzip\r\n", &half)).await;
    assert_eq!(reason, ScrapeFailure::Malformed);
    assert!(text.contains("gzip text is damaged"), "{text}");
}

#[tokio::test]
async fn a_large_answer_is_read_too() {
    let filler = format!(r#"{{"filler":"{}","node""#, "x".repeat(2 * LARGE));
    let text = summary(1).replacen(r#"{"node""#, &filler, 1);
    let (port, _) = kubelet(None, move |_| ok(&text)).await;
    let target = plain("kubernetes.summary_api", port).await;
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
}

/// The most bytes that were held at once, beside what was held before, while an answer was refused as too large.
fn room_for(answer: &Reply, options: &str) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = answer.clone();
    let (seen, target) = runtime.block_on(async {
        let (port, seen) = kubelet(None, move |_| answer.clone()).await;
        let target = target("kubernetes.summary_api", options, port, KubeletAccess::default()).await;
        (seen, target)
    });
    let counted = allocation_counter::measure(|| {
        let (reason, text) = runtime.block_on(failure(&*target));
        assert_eq!(reason, ScrapeFailure::TooLarge);
        assert!(text.contains("bytes: raise maxbody of the source"), "{text}");
    });
    assert_eq!(seen.lines(), ["GET /stats/summary/"]);
    counted.bytes_max
}

#[test]
fn an_announced_gibibyte_is_neither_read_nor_given_room() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n";
    let room = room_for(&Reply::Hang(head.into()), "");
    assert!(room < 1 << 20, "{room} bytes");
}

#[test]
fn a_gzip_bomb_is_stopped_at_the_limit() {
    let packed = gzip(&vec![b' '; 16 << 20]);
    let room = room_for(
        &reply("200 OK", "content-encoding: gzip\r\n", &packed),
        "&maxbody=65536",
    );
    assert!(room < 1 << 20, "{room} bytes");
}
