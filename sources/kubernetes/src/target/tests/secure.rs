//! Kubelets over HTTPS: certificates, tokens, ports that serve the other thing.

use super::*;
use crate::testing::inline;
use heapster_plugin::cluster::{Pem, Token};
use heapster_rehearsal::tls::{Authority, acceptor, authority, signed};

/// A kubelet whose certificate, by `by`, names `name`, read with `access` and `options`.
async fn secured(
    (by, name): (&Authority, &str),
    clients: Option<&Authority>,
    options: &str,
    access: KubeletAccess,
) -> (Arc<dyn Target>, crate::testing::Seen) {
    let (port, seen) = kubelet(Some(acceptor(by, name, clients)), |_| ok(&summary(1))).await;
    let options = format!("&kubeletHttps=true{options}");
    (
        target("kubernetes.summary_api", &options, port, access).await,
        seen,
    )
}

fn trusting(by: &Authority) -> KubeletAccess {
    KubeletAccess {
        ca: inline(&by.pem()),
        ..KubeletAccess::default()
    }
}

#[tokio::test]
async fn a_certificate_of_the_named_authority_is_trusted() {
    let own = authority("own");
    let (target, _) = secured((&own, "127.0.0.1"), None, "", trusting(&own)).await;
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not() {
    let (own, other) = (authority("own"), authority("other"));
    let (target, seen) = secured((&own, "127.0.0.1"), None, "", trusting(&other)).await;
    let (reason, text) = failure(&*target).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains("UnknownIssuer: give the source the CA that signs kubelet certificates"),
        "{text}"
    );
    assert_eq!(seen.all().len(), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not() {
    let own = authority("own");
    let (target, _) = secured((&own, "10.1.2.3"), None, "", trusting(&own)).await;
    let (reason, text) = failure(&*target).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains("let the kubelet's certificate name this address"),
        "{text}"
    );
}

#[tokio::test]
async fn insecure_trusts_any_certificate() {
    let (own, other) = (authority("own"), authority("other"));
    for options in ["&kubeletInsecure=true", "&insecure=true"] {
        let (target, _) = secured((&own, "elsewhere"), None, options, trusting(&other)).await;
        assert_eq!(scrape(&*target).await.unwrap().len(), 3, "{options}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown() {
    let (own, clients) = (authority("own"), authority("clients"));
    let (certificate, key) = signed(&clients, "heapster");
    let access = KubeletAccess {
        certificate: inline(&certificate.pem()),
        key: inline(&key.serialize_pem()),
        ..trusting(&own)
    };
    let (target, _) = secured((&own, "127.0.0.1"), Some(&clients), "", access).await;
    assert_eq!(scrape(&*target).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_kubelet_that_insists_on_a_client_certificate_says_so() {
    let (own, clients) = (authority("own"), authority("clients"));
    let (target, _) = secured((&own, "127.0.0.1"), Some(&clients), "", trusting(&own)).await;
    let (reason, text) = failure(&*target).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains("see that the client certificate is one the kubelet knows"),
        "{text}"
    );
}

#[tokio::test]
async fn a_token_file_is_read_again_when_it_changes() {
    let own = authority("own");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "first\n").unwrap();
    let access = KubeletAccess {
        token: Some(Token::File(path.clone())),
        ..trusting(&own)
    };
    let (target, seen) = secured((&own, "127.0.0.1"), None, "", access).await;
    scrape(&*target).await.unwrap();
    std::fs::write(&path, "second one\n").unwrap();
    scrape(&*target).await.unwrap();
    let requests = seen.all();
    assert!(
        requests[0].contains("authorization: Bearer first\r\n"),
        "{}",
        requests[0]
    );
    assert!(
        requests[1].contains("authorization: Bearer second one\r\n"),
        "{}",
        requests[1]
    );
}

#[tokio::test]
async fn a_token_file_that_is_missing_is_named() {
    let own = authority("own");
    let access = KubeletAccess {
        token: Some(Token::File("/nonexistent/token".into())),
        ..trusting(&own)
    };
    let (target, seen) = secured((&own, "127.0.0.1"), None, "", access).await;
    let (reason, text) = failure(&*target).await;
    assert_eq!(reason, ScrapeFailure::Refused);
    assert!(
        text.contains("cannot read token file /nonexistent/token"),
        "{text}"
    );
    assert_eq!(seen.all().len(), 0);
}

#[tokio::test]
async fn a_token_is_not_sent_over_plain_http() {
    let (port, seen) = kubelet(None, |_| ok(&summary(1))).await;
    let access = KubeletAccess {
        token: Some(Token::Inline("secret".into())),
        ..KubeletAccess::default()
    };
    let target = target("kubernetes.summary_api", "", port, access).await;
    scrape(&*target).await.unwrap();
    assert!(!seen.all().concat().contains("secret"));
}

#[tokio::test]
async fn http_asked_over_https_names_the_option() {
    // A handshake is no HTTP; Go's server answers it in plain text.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut tcp, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        std::future::pending::<()>().await;
    });
    let options = "&kubeletHttps=true&kubeletInsecure=true";
    let target = target("kubernetes.summary_api", options, port, KubeletAccess::default()).await;
    let (reason, text) = failure(&*target).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains("the port serves plain HTTP: leave out kubeletHttps"),
        "{text}"
    );
}

#[tokio::test]
async fn a_tls_server_asked_over_http_names_the_option() {
    let own = authority("own");
    let (port, _) = kubelet(Some(acceptor(&own, "127.0.0.1", None)), |_| ok("")).await;
    let (reason, text) = failure(&*plain("kubernetes.summary_api", port).await).await;
    assert_eq!(reason, ScrapeFailure::Unreachable);
    assert!(
        text.contains("if the port serves HTTPS, add kubeletHttps=true to the source"),
        "{text}"
    );
}

#[test]
fn an_authority_that_cannot_be_read_stops_the_build_and_is_named() {
    let access = KubeletAccess {
        ca: Some(Pem::File("/nonexistent/ca.crt".into())),
        ..KubeletAccess::default()
    };
    let https = "kubernetes.summary_api:?kubeletHttps=true";
    let Err(error) = build(https, Vec::new(), access.clone()) else {
        panic!("it was built")
    };
    assert!(
        error.starts_with("credentials for kubelets: cannot read CA /nonexistent/ca.crt"),
        "{error}"
    );
    assert!(
        build("kubernetes.summary_api:", Vec::new(), access).is_ok(),
        "HTTP needs no CA"
    );
}
