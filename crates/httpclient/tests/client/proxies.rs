//! Requests through a proxy. Names end in `.invalid`, so that only the proxy can be reached.

use crate::server::{Then, get, limits, ok, serve, soon};
use heapster_httpclient::{Client, Limits, Proxies, TlsOptions};

fn through(http: &str, https: &str) -> Client {
    let limits = Limits {
        proxies: Proxies::new(http, https, ""),
        ..limits()
    };
    Client::new(TlsOptions::default(), limits).unwrap()
}

#[tokio::test]
async fn a_plain_request_names_the_whole_url_to_the_proxy() {
    let (address, seen) = serve(None, |_| Then::Keep(ok("", b"{}"))).await;
    let client = through(&format!("http://me:secret@{address}"), "");
    client
        .request(get("http://kubelet.invalid:10255/x"), soon(), 100)
        .await
        .unwrap();
    let head = &seen.lock().unwrap().heads[0];
    assert!(
        head.starts_with("GET http://kubelet.invalid:10255/x HTTP/1.1"),
        "{head}"
    );
    assert!(head.contains("proxy-authorization: Basic bWU6c2VjcmV0"), "{head}");
}

#[tokio::test]
async fn a_tls_request_asks_the_proxy_for_a_tunnel() {
    let (address, seen) = serve(None, |_| Then::Close(b"HTTP/1.1 403 Forbidden\r\n\r\n".to_vec())).await;
    let client = through("", &format!("http://{address}"));
    let error = client
        .request(get("https://kubelet.invalid:10250/x"), soon(), 100)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("no connection: "), "{error}");
    let head = &seen.lock().unwrap().heads[0];
    assert!(
        head.starts_with("CONNECT kubelet.invalid:10250 HTTP/1.1"),
        "{head}"
    );
}

#[tokio::test]
async fn a_kind_of_proxy_that_is_not_supported_is_named() {
    let client = through("socks5://127.0.0.1:1", "");
    let error = client
        .request(get("http://kubelet.invalid/"), soon(), 100)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("\"socks5\"") && error.contains("only http"),
        "{error}"
    );
}
