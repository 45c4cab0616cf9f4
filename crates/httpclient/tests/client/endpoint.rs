//! Endpoints: who sends, what is sent, how much at a time.

use crate::server::{Then, serve, soon};
use bytes::Bytes;
use heapster_httpclient::{Auth, ClientError, Endpoint, Proxies, Sign, Transport};
use heapster_plugin::cluster::Token;
use heapster_rehearsal::{Backend, Reply};
use http::header::{HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

fn plain() -> Transport {
    Transport {
        proxies: Proxies::none(),
        ..Transport::default()
    }
}

fn with_auth(backend: &Backend, auth: Auth) -> Endpoint {
    Endpoint::new(
        &format!("http://{}", backend.address()),
        Transport { auth, ..plain() },
    )
    .unwrap()
}

async fn backend() -> Backend {
    Backend::start(|_, _| Reply::Answer(200, "{}".to_owned()))
        .await
        .unwrap()
}

fn inline(text: &str) -> Token {
    Token::Inline(text.into())
}

#[tokio::test]
async fn every_way_to_say_who_sends_has_its_header() {
    let backend = backend().await;
    let name = HeaderName::from_static("x-honeycomb-team");
    for (auth, header, wanted) in [
        (Auth::none(), "authorization", ""),
        (
            Auth::basic("root", inline("root")),
            "authorization",
            "Basic cm9vdDpyb290",
        ),
        (Auth::basic("root", inline("")), "authorization", "Basic cm9vdDo="),
        (Auth::bearer(inline(" t \n")), "authorization", "Bearer t"),
        (Auth::scheme("Token ", inline("t")), "authorization", "Token t"),
        (
            Auth::header(name.clone(), inline("key")),
            "x-honeycomb-team",
            "key",
        ),
    ] {
        with_auth(&backend, auth).get("/").send(soon()).await.unwrap();
        assert_eq!(backend.seen().last().unwrap().header(header), wanted);
    }
}

#[tokio::test]
async fn a_password_file_is_read_again_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pw");
    let backend = backend().await;
    let endpoint = with_auth(&backend, Auth::basic("u", Token::File(path.clone())));
    let error = endpoint
        .get("/x?pw=secret")
        .send(soon())
        .await
        .unwrap_err()
        .to_string();
    let wanted = format!(
        "GET http://{}/x: cannot read password file {}",
        backend.address(),
        path.display()
    );
    assert!(error.starts_with(&wanted), "{error}");
    for (text, wanted) in [("p\n", "Basic dTpw"), ("another", "Basic dTphbm90aGVy")] {
        std::fs::write(&path, text).unwrap();
        endpoint.get("/").send(soon()).await.unwrap();
        assert_eq!(backend.seen().last().unwrap().header("authorization"), wanted);
    }
}

#[tokio::test]
async fn paths_are_joined_and_headers_may_be_replaced() {
    let backend = backend().await;
    let endpoint = Endpoint::new(&format!("http://{}/a/", backend.address()), plain()).unwrap();
    let call = endpoint
        .put("/b?c=d+e")
        .header(USER_AGENT, HeaderValue::from_static("x"));
    let answer = call.body(Bytes::from_static(b"body")).send(soon()).await.unwrap();
    assert_eq!(
        (answer.place, answer.status.as_u16()),
        (format!("http://{}/a/b", backend.address()), 200)
    );
    endpoint.call(Method::DELETE, "/").send(soon()).await.unwrap();
    let seen = backend.seen();
    assert_eq!(
        (&seen[0].method, seen[0].path.as_str()),
        (&Method::PUT, "/a/b?c=d+e")
    );
    assert_eq!(
        (seen[0].header("user-agent"), seen[0].text().as_str()),
        ("x", "body")
    );
    let ours = format!("heapster/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (seen[1].path.as_str(), seen[1].header("user-agent")),
        ("/a/", ours.as_str())
    );
}

#[tokio::test]
async fn bodies_are_compressed_when_asked_for() {
    let backend = backend().await;
    let transport = Transport {
        gzip: true,
        ..plain()
    };
    let endpoint = Endpoint::new(&format!("http://{}", backend.address()), transport).unwrap();
    let large = "cpu/usage_rate ".repeat(10_000);
    for text in ["small", &large] {
        endpoint
            .post("/")
            .body(text.to_owned().into())
            .send(soon())
            .await
            .unwrap();
        let seen = backend.seen().pop().unwrap();
        assert_eq!(seen.header("content-encoding"), "gzip");
        let mut back = String::new();
        flate2::read::GzDecoder::new(&seen.body[..])
            .read_to_string(&mut back)
            .unwrap();
        assert_eq!(back, text);
    }
    endpoint.get("/").send(soon()).await.unwrap();
    assert_eq!(backend.seen().last().unwrap().header("content-encoding"), "");
}

#[derive(Debug)]
struct Length;

impl Sign for Length {
    fn sign(&self, request: &mut Request<Bytes>) -> Result<(), ClientError> {
        let text = format!(
            "{} {} {}",
            request.uri().host().unwrap(),
            request.headers().len(),
            request.body().len()
        );
        let value = HeaderValue::try_from(text).unwrap();
        request.headers_mut().insert("x-signature", value);
        Ok(())
    }
}

#[tokio::test]
async fn a_signature_is_over_what_is_sent() {
    let backend = backend().await;
    let transport = Transport {
        gzip: true,
        auth: Auth::signed(Arc::new(Length)),
        ..plain()
    };
    let endpoint = Endpoint::new(&format!("http://{}", backend.address()), transport).unwrap();
    endpoint
        .post("/")
        .body(vec![b'x'; 1000].into())
        .send(soon())
        .await
        .unwrap();
    let seen = backend.seen().pop().unwrap();
    // Content-Encoding and User-Agent are there before it.
    assert_eq!(
        seen.header("x-signature"),
        format!("127.0.0.1 2 {}", seen.body.len())
    );
    assert!(seen.header(HOST.as_str()).starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn no_more_connections_are_open_than_allowed() {
    let (address, seen) = serve(None, |_| Then::Hang(Vec::new())).await;
    let transport = Transport {
        connections: 2,
        ..plain()
    };
    let endpoint = Endpoint::new(&format!("http://{address}"), transport).unwrap();
    let deadline = Instant::now() + Duration::from_millis(100);
    let all: Vec<_> = (0..5).map(|_| endpoint.get("/").send(deadline)).collect();
    for ended in futures::future::join_all(all).await {
        assert_eq!(ended.unwrap_err().cause, ClientError::Timeout);
    }
    assert_eq!(seen.lock().unwrap().connections, 2);
}

#[tokio::test]
async fn a_request_has_a_timeout_of_its_own() {
    let (address, _) = serve(None, |_| Then::Hang(Vec::new())).await;
    let transport = Transport {
        timeout: Duration::from_millis(50),
        ..plain()
    };
    let endpoint = Endpoint::new(&format!("http://{address}"), transport).unwrap();
    let error = endpoint.get("/x").send(soon()).await.unwrap_err().to_string();
    assert_eq!(error, format!("GET http://{address}/x: no answer in time"));
}

#[test]
fn what_is_no_address_is_refused_without_its_password() {
    for (base, why) in [
        ("h:8086", "it begins with neither http:// nor https://"),
        ("ftp://h", "it begins with neither http:// nor https://"),
        ("http://", "empty string"),
        ("http://u:geheim@h", "user and password have options of their own"),
    ] {
        let error = Endpoint::new(base, plain()).unwrap_err().to_string();
        assert!(
            error.contains("is no address: ") && error.contains(why),
            "{error}"
        );
        assert!(!error.contains("geheim"), "{error}");
    }
}
