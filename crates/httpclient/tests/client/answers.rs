//! Bodies, deadlines, kept connections.

use crate::server::{Then, client, get, ok, serve, soon};
use bytes::Bytes;
use heapster_httpclient::{ClientError, gzip};
use http::Request;
use std::time::Duration;
use tokio::time::Instant;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_kept_connection_carries_the_next_request() {
    let (address, seen) = serve(None, |_| Then::Keep(ok("", b"{}"))).await;
    let client = client();
    for _ in 0..3 {
        let answer = client
            .request(get(&format!("http://{address}/x")), soon(), MIB)
            .await
            .unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, &b"{}"[..]));
    }
    let seen = seen.lock().unwrap();
    assert_eq!((seen.connections, seen.heads.len()), (1, 3));
    assert!(
        seen.heads[0].contains("accept-encoding: gzip"),
        "{}",
        seen.heads[0]
    );
    assert!(seen.heads[0].starts_with("GET /x HTTP/1.1"), "{}", seen.heads[0]);
}

#[tokio::test]
async fn a_gzipped_answer_arrives_plain() {
    let text = "heapster ".repeat(10_000);
    let packed = gzip(text.as_bytes());
    assert!(packed.len() * 10 < text.len());
    let (address, _) = serve(None, move |_| {
        Then::Keep(ok("content-encoding: gzip\r\n", &packed))
    })
    .await;
    let answer = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap();
    assert_eq!(answer.body(), text.as_bytes());
    assert!(answer.headers().get("content-encoding").is_none());
}

#[tokio::test]
async fn an_announced_gibibyte_is_refused_before_it_is_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n".to_vec();
    let (address, _) = serve(None, move |_| Then::Hang(head.clone())).await;
    let error = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::TooLarge { limit: MIB });
    assert_eq!(error.to_string(), "the answer is larger than 1048576 bytes");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_at_the_limit() {
    let (address, _) = serve(None, |_| {
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let mut chunk = b"10000\r\n".to_vec();
        chunk.extend_from_slice(&vec![b' '; 0x10000]);
        chunk.extend_from_slice(b"\r\n");
        Then::Repeat(head, chunk)
    })
    .await;
    let error = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::TooLarge { limit: MIB });
}

#[tokio::test]
async fn a_server_that_hangs_is_left_at_the_deadline() {
    for half in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
        let (address, _) = serve(None, move |_| Then::Hang(half.as_bytes().to_vec())).await;
        let deadline = Instant::now() + Duration::from_millis(50);
        let error = client()
            .request(get(&format!("http://{address}/")), deadline, MIB)
            .await
            .unwrap_err();
        assert_eq!(error, ClientError::Timeout);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_inside_the_answer_says_so() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec();
    let (address, _) = serve(None, move |_| Then::Close(half.clone())).await;
    let error = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the connection broke inside the answer"),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_listening_is_a_refused_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap_err();
    assert_eq!(error, ClientError::Refused);
}

#[tokio::test]
async fn a_get_on_a_connection_that_was_just_closed_is_sent_once_more() {
    let (address, seen) = serve(None, |number| match number {
        1 => Then::Close(Vec::new()),
        _ => Then::Keep(ok("", b"{}")),
    })
    .await;
    let client = client();
    let url = format!("http://{address}/");
    client.request(get(&url), soon(), MIB).await.unwrap();
    client.request(get(&url), soon(), MIB).await.unwrap();
    assert_eq!(seen.lock().unwrap().heads.len(), 3);
}

#[tokio::test]
async fn a_post_is_never_sent_twice() {
    let (address, seen) = serve(None, |_| Then::Close(Vec::new())).await;
    let request = Request::post(format!("http://{address}/"))
        .body(Bytes::new())
        .unwrap();
    let error = client().request(request, soon(), MIB).await.unwrap_err();
    assert!(matches!(error, ClientError::Broken(_)), "{error}");
    assert_eq!(seen.lock().unwrap().heads.len(), 1);
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    let (address, _) = serve(None, |_| Then::Close(b"SSH-2.0-x\r\n\r\n".to_vec())).await;
    let error = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Broken(_)), "{error}");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let moved = b"HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec();
    let (address, _) = serve(None, move |_| Then::Keep(moved.clone())).await;
    let answer = client()
        .request(get(&format!("http://{address}/")), soon(), MIB)
        .await
        .unwrap();
    assert_eq!(answer.status(), 301);
}
