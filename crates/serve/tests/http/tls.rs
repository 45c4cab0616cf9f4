//! TLS, client certificates, changed files.

use crate::certificates::{Ca, Files};
use heapster_serve::{ServeError, Server};
use rcgen::{DnType, DnValue, ExtendedKeyUsagePurpose, date_time_ymd};
use tokio::net::TcpStream;

const MODEL: &str = "/api/v1/model/nodes/";

#[tokio::test]
async fn tls_without_client_ca_is_open_to_all_and_speaks_http_2_by_alpn() {
    let files = Files::new();
    let server = files.start(false, &["ada"]).await;
    assert_eq!(files.get(&server, None, MODEL).await.status, 200);
    let stream = files.connect(&server, None, b"h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut send, connection) = hyper::client::conn::http2::handshake(executor, io).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("https://localhost/livez")
        .body(String::new())
        .unwrap();
    assert_eq!(send.send_request(request).await.unwrap().status(), 200);
}

#[tokio::test]
async fn without_a_certificate_only_health_answers() {
    let files = Files::new();
    let server = files.start(true, &[]).await;
    for target in [
        MODEL,
        "/metrics",
        "/",
        "/debug/pprof/cmdline",
        "/version",
        "/api//v1",
    ] {
        let got = files.get(&server, None, target).await;
        assert_eq!((got.status, got.text()), (401, "Unauthorized\n"), "{target}");
        assert_eq!(got.header("content-type"), Some("text/plain; charset=utf-8"));
    }
    for target in ["/healthz", "/healthz/healthz", "/livez", "/readyz"] {
        assert_eq!(files.get(&server, None, target).await.status, 200, "{target}");
    }
}

#[tokio::test]
async fn a_certificate_counts_when_the_ca_vouches_for_it_now_and_for_this_use() {
    let files = Files::new();
    let server = files.start(true, &[]).await;
    assert_eq!(
        files
            .get(&server, Some(&files.ca.client("anybody")), MODEL)
            .await
            .status,
        200
    );
    let stranger = Ca::new().client("anybody");
    let wrong_use = files.ca.sign("anybody", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    let expired = files.ca.sign("anybody", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    for bad in [stranger, wrong_use, expired] {
        let got = files.get(&server, Some(&bad), MODEL).await;
        assert_eq!((got.status, got.text()), (401, "Unauthorized\n"));
        assert_eq!(files.get(&server, Some(&bad), "/healthz").await.status, 200);
    }
}

#[tokio::test]
async fn only_the_common_names_on_the_list_may_ask_blanks_aside() {
    let files = Files::new();
    let server = files.start(true, &["ada", " bob "]).await;
    for (name, status) in [("ada", 200), ("bob", 200), ("Ada", 403), ("eve", 403)] {
        let got = files.get(&server, Some(&files.ca.client(name)), MODEL).await;
        assert_eq!(got.status, status, "{name}");
        assert!(status == 200 || got.text() == "Forbidden\n");
    }
}

#[tokio::test]
async fn changed_files_are_used_from_the_next_connection_on_and_bad_ones_are_not() {
    let files = Files::new();
    let server = files.start(true, &[]).await;
    let client = files.ca.client("ada");
    let shown = async || {
        let stream = files.connect(&server, Some(&client), b"http/1.1").await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0]
            .clone()
            .into_owned()
    };
    let before = shown().await;
    let next = files.ca.sign("server", |_| {});
    files.put_server(&next);
    assert_ne!(shown().await, before);
    assert_eq!(shown().await, next.der);
    files.put("cert.pem", "half a certifi");
    assert_eq!(shown().await, next.der);
    files.put("cert.pem", &next.pem);
    files.put("ca.pem", &Ca::new().pem);
    assert_eq!(files.get(&server, Some(&client), MODEL).await.status, 401);
}

#[tokio::test]
async fn files_that_are_no_good_are_named_at_the_start() {
    let files = Files::new();
    let bind = async |tls| Server::bind("127.0.0.1", 0, Some(tls)).await.unwrap_err();
    files.put("ca.pem", "");
    let none = format!("no valid certs found in {}", files.path("ca.pem").display());
    assert_eq!(bind(files.tls(true, &[])).await.to_string(), none);
    let mut absent = files.tls(false, &[]);
    absent.cert = files.path("absent.pem");
    let cannot = format!("cannot read {}", files.path("absent.pem").display());
    assert_eq!(bind(absent).await.to_string(), cannot);
    files.put("key.pem", &files.ca.client("x").key_pem);
    assert!(matches!(
        bind(files.tls(false, &[])).await,
        ServeError::Certificate { .. }
    ));
    files.put("key.pem", "no key");
    assert!(matches!(
        bind(files.tls(false, &[])).await,
        ServeError::NoKey { .. }
    ));
}

#[tokio::test]
async fn plain_text_on_the_tls_port_disturbs_nobody() {
    let files = Files::new();
    let server = files.start(false, &[]).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET / HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new())
        .await
        .ok();
    assert_eq!(files.get(&server, None, "/livez").await.status, 200);
}

#[tokio::test]
async fn a_client_without_sni_is_served() {
    let mut files = Files::new();
    files.sni = false;
    let server = files.start(false, &[]).await;
    assert_eq!(files.get(&server, None, "/livez").await.status, 200);
}

#[tokio::test]
async fn a_list_of_nothing_but_blanks_lets_nobody_in() {
    let files = Files::new();
    let server = files.start(true, &[" ", ""]).await;
    let got = files.get(&server, Some(&files.ca.client("ada")), MODEL).await;
    assert_eq!(got.status, 403);
}

#[tokio::test]
async fn a_name_that_only_begins_like_an_allowed_one_is_another_name() {
    let files = Files::new();
    let server = files.start(true, &["ada"]).await;
    for name in ["ada\0.evil", "ada,eve", " ada", "ada ", ""] {
        let got = files.get(&server, Some(&files.ca.client(name)), MODEL).await;
        assert_eq!(got.status, 403, "{name:?}");
    }
}

#[tokio::test]
async fn an_allowed_name_as_an_alternative_name_or_organization_does_not_count() {
    let files = Files::new();
    let server = files.start(true, &["ada"]).await;
    let eve = files.ca.sign("eve", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.subject_alt_names = vec![rcgen::SanType::DnsName("ada".try_into().unwrap())];
        let organization = DnValue::Utf8String("ada".to_owned());
        params
            .distinguished_name
            .push(DnType::OrganizationName, organization);
    });
    assert_eq!(files.get(&server, Some(&eve), MODEL).await.status, 403);
}
