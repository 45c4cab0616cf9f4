//! Certificates, keys and the files that hold them.

use crate::server::{Then, get, limits, ok, serve, soon};
use heapster_httpclient::{Client, ClientError, TlsOptions};
use heapster_plugin::cluster::Pem;
use heapster_rehearsal::tls::{Authority, acceptor, authority, signed};
use std::net::SocketAddr;

/// A server whose certificate is for `name`; with `clients`, it asks for a certificate signed by them.
async fn server(by: &Authority, name: &str, clients: Option<&Authority>) -> SocketAddr {
    serve(Some(acceptor(by, name, clients)), |_| Then::Keep(ok("", b"{}")))
        .await
        .0
}

fn inline(pem: &str) -> Option<Pem> {
    Some(Pem::Inline(pem.as_bytes().into()))
}

async fn ask(client: &Client, address: SocketAddr) -> Result<(), ClientError> {
    let url = format!("https://{address}/");
    client.request(get(&url), soon(), 1000).await.map(drop)
}

fn client(tls: TlsOptions) -> Client {
    Client::new(tls, limits()).unwrap()
}

#[tokio::test]
async fn the_named_authority_is_trusted_and_no_other() {
    let (own, other) = (authority("one"), authority("two"));
    let address = server(&own, "127.0.0.1", None).await;
    let trusting = |ca: &Authority| {
        client(TlsOptions {
            ca: inline(&ca.pem()),
            ..TlsOptions::default()
        })
    };
    ask(&trusting(&own), address).await.unwrap();
    let error = ask(&trusting(&other), address).await.unwrap_err().to_string();
    assert_eq!(error, "TLS: invalid peer certificate: UnknownIssuer");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_accepted() {
    let own = authority("one");
    let address = server(&own, "10.1.2.3", None).await;
    let ca = inline(&own.pem());
    let strict = client(TlsOptions {
        ca: ca.clone(),
        ..TlsOptions::default()
    });
    let error = ask(&strict, address).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Tls(text) if text.contains("not valid for name")),
        "{error}"
    );
}

#[tokio::test]
async fn insecure_accepts_any_certificate() {
    let address = server(&authority("one"), "elsewhere.example", None).await;
    let open = client(TlsOptions {
        insecure: true,
        ..TlsOptions::default()
    });
    ask(&open, address).await.unwrap();
}

#[tokio::test]
async fn a_client_certificate_is_shown_when_it_is_asked_for() {
    let (own, clients) = (authority("one"), authority("two"));
    let address = server(&own, "127.0.0.1", Some(&clients)).await;
    let (certificate, key) = signed(&clients, "heapster");
    let bare = TlsOptions {
        ca: inline(&own.pem()),
        ..TlsOptions::default()
    };
    let error = ask(&client(bare.clone()), address).await.unwrap_err();
    assert!(matches!(error, ClientError::Tls(_)), "{error}");
    let known = TlsOptions {
        certificate: inline(&certificate.pem()),
        key: inline(&key.serialize_pem()),
        ..bare
    };
    ask(&client(known), address).await.unwrap();
}

#[tokio::test]
async fn a_changed_authority_file_is_used_and_a_broken_one_is_not() {
    let (old, new) = (authority("one"), authority("two"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.crt");
    std::fs::write(&path, old.pem()).unwrap();
    let address = server(&new, "127.0.0.1", None).await;
    let client = client(TlsOptions {
        ca: Some(Pem::File(path.clone())),
        ..TlsOptions::default()
    });
    assert!(ask(&client, address).await.is_err());
    std::fs::write(&path, format!("{}\n{}", old.pem(), new.pem())).unwrap();
    ask(&client, address).await.unwrap();
    std::fs::write(&path, "half a file").unwrap();
    ask(&client, address).await.unwrap();
}

#[tokio::test]
async fn plain_http_behind_a_tls_address_is_a_tls_error() {
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let answering = plain.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        let (mut tcp, _) = plain.accept().await.unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let open = client(TlsOptions {
        insecure: true,
        ..TlsOptions::default()
    });
    let error = ask(&open, answering).await.unwrap_err();
    assert!(matches!(error, ClientError::Tls(_)), "{error}");
}

#[test]
fn unusable_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.crt");
    let refused = |tls: TlsOptions| Client::new(tls, limits()).unwrap_err().to_string();
    let with_ca = |path: &std::path::Path| TlsOptions {
        ca: Some(Pem::File(path.to_owned())),
        ..TlsOptions::default()
    };
    let error = refused(with_ca(&path));
    assert!(
        error.starts_with("cannot read CA ") && error.contains("ca.crt"),
        "{error}"
    );
    std::fs::write(&path, "nothing").unwrap();
    let error = refused(with_ca(&path));
    assert!(error.ends_with("holds no certificate in PEM form"), "{error}");
    let error = refused(TlsOptions {
        key: inline("x"),
        ..TlsOptions::default()
    });
    assert_eq!(error, "a client key needs its certificate");
    let (certificate, _) = signed(&authority("one"), "a");
    let (_, foreign) = signed(&authority("one"), "b");
    let error = refused(TlsOptions {
        certificate: inline(&certificate.pem()),
        key: inline(&foreign.serialize_pem()),
        ..TlsOptions::default()
    });
    assert!(error.contains("does not fit the client certificate"), "{error}");
}
