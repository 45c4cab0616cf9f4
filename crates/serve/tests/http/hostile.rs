//! Clients that mean no good, or do not know what they do.

use crate::client::{exchange, get, read, send};
use crate::fixture::{api, newest, run, start};
use heapster_serve::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

const NODES: &str = "/api/v1/model/nodes/";

#[tokio::test]
async fn headers_of_more_than_128_kib_are_431() {
    let server = start().await;
    let header = |bytes: usize| format!("X-Large: {}\r\n", "x".repeat(bytes));
    let large = header(100 << 10);
    assert_eq!(send(server.address, "GET", NODES, &large).await.status, 200);
    let too_large = header(512 << 10);
    let stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(
        status_of(stream, &format!("GET / HTTP/1.1\r\n{too_large}")).await,
        431
    );
}

#[tokio::test]
async fn a_target_of_more_than_a_mib_is_refused() {
    let server = start().await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let status = status_of(stream, &format!("GET /{} HTTP/1.1\r\n", "x".repeat(2 << 20))).await;
    assert!(status == 414 || status == 431, "{status}");
}

/// The status that comes while the request is still being sent, as far as the server takes it.
async fn status_of(stream: TcpStream, request: &str) -> u16 {
    let (mut answers, mut requests) = stream.into_split();
    let request = request.to_owned();
    let sending = tokio::spawn(async move { requests.write_all(request.as_bytes()).await.ok() });
    let mut head = [0; 12];
    answers.read_exact(&mut head).await.unwrap();
    sending.abort();
    std::str::from_utf8(&head[9..]).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_body_is_not_waited_for() {
    let server = start().await;
    let got = send(server.address, "POST", NODES, "Content-Length: 1000000000\r\n").await;
    assert_eq!((got.status, got.text()), (405, "405: Method Not Allowed"));
    let got = send(server.address, "GET", NODES, "Transfer-Encoding: chunked\r\n").await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn two_lengths_of_one_body_are_400() {
    let server = start().await;
    let headers = "Content-Length: 3\r\nContent-Length: 4\r\n";
    assert_eq!(send(server.address, "GET", NODES, headers).await.status, 400);
}

#[tokio::test]
async fn what_is_no_request_is_400() {
    let server = start().await;
    for text in [
        "GET / HTTP/9.9\r\n\r\n",
        "\u{1}\u{2}\u{3} / HTTP/1.1\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        assert_eq!(read(stream).await.status, 400, "{text:?}");
    }
}

#[tokio::test]
async fn targets_of_other_forms_lead_nowhere() {
    let server = start().await;
    for (method, target) in [
        ("OPTIONS", "*"),
        ("CONNECT", "example.org:443"),
        ("GET", "http://h/nothing"),
    ] {
        let got = send(server.address, method, target, "").await;
        assert_eq!(got.status, 404, "{method}");
    }
    let absolute = send(server.address, "GET", "http://other/livez", "").await;
    assert_eq!(absolute.text(), "ok");
}

#[tokio::test]
async fn a_redirect_stays_on_this_host() {
    let server = start().await;
    for (target, location) in [
        ("//example.org/x", "/example.org/x"),
        ("//\\example.org", "/%5Cexample.org"),
    ] {
        let got = get(server.address, target).await;
        assert_eq!((got.status, got.header("location")), (301, Some(location)));
    }
}

#[tokio::test]
async fn escapes_of_all_kinds_are_names_that_nobody_has() {
    let server = start().await;
    for name in [
        "%00",
        "%0d%0aX-Evil:1",
        "%ff%fe",
        "%2e%2e%2f%2e%2e",
        "%25zz",
        "%F0%9F%92%A5",
    ] {
        let got = get(server.address, &format!("/api/v1/model/nodes/{name}/metrics/")).await;
        assert!(matches!(got.status, 200 | 404), "{name}: {}", got.status);
        assert_eq!(got.header("x-evil"), None);
    }
}

#[tokio::test]
async fn many_requests_at_once_on_one_connection_are_answered_in_order() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut requests = String::new();
    for number in 0..200 {
        let path = if number % 2 == 0 { "/livez" } else { "/nothing" };
        requests += &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    stream.write_all(requests.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let statuses: Vec<&str> = text
        .matches("HTTP/1.1 200")
        .chain(text.matches("HTTP/1.1 404"))
        .collect();
    assert_eq!(statuses.len(), 200);
    let first = text
        .lines()
        .filter(|line| line.contains("HTTP/1.1 "))
        .take(2)
        .collect::<Vec<_>>();
    assert!(first[0].contains("200") && first[1].contains("404"), "{first:?}");
}

#[tokio::test]
async fn a_connection_without_room_is_told_so_and_there_is_room_again_later() {
    let server = Server::bind("127.0.0.1", 0, None)
        .await
        .unwrap()
        .with_connections(2);
    let address = server.local_addr();
    let stop = CancellationToken::new();
    tokio::spawn(server.run(api(None), stop.clone()));
    let mut held = TcpStream::connect(address).await.unwrap();
    held.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    held.read_exact(&mut [0; 12]).await.unwrap();
    let refused = get(address, "/livez").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(refused.text(), "too many connections are open: retry\n");
    drop(held);
    while get(address, "/livez").await.status == 503 {
        tokio::task::yield_now().await;
    }
    let metrics = get(address, "/metrics").await;
    assert!(
        metrics
            .text()
            .contains("heapster_http_connections_refused_total ")
    );
    stop.cancel();
}

#[tokio::test]
async fn a_client_that_breaks_off_disturbs_nobody() {
    let server = run(api(None), newest(), None).await;
    for bytes in [
        &b""[..],
        b"G",
        b"GET /livez HTTP/1.1\r\nHost",
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    assert_eq!(exchange(stream, "GET", "/livez", "").await.status, 200);
}
