//! TLS, client certificates, changed files.

use crate::client::{Got, exchange};
use crate::fixture::{Running, start_with};
use heapster_serve::{ServeError, Server, Tls};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

const MODEL: &str = "/api/v1/model/nodes/";

struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// A certificate with its key, in PEM and DER.
struct Pair {
    pem: String,
    key_pem: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Ca {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            der: certificate.der().clone(),
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        }
    }

    fn client(&self, name: &str) -> Pair {
        self.sign(name, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]
        })
    }
}

/// A folder with the files of a server whose certificate the CA signed.
struct Files {
    folder: TempDir,
    ca: Ca,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            folder: TempDir::new().unwrap(),
            ca: Ca::new(),
        };
        files.put_server(&files.ca.sign("server", |_| {}));
        files.put("ca.pem", &files.ca.pem);
        files
    }

    fn put(&self, name: &str, text: &str) {
        let fresh = self.path("fresh");
        fs::write(&fresh, text).unwrap();
        fs::rename(fresh, self.path(name)).unwrap();
    }

    fn put_server(&self, pair: &Pair) {
        self.put("cert.pem", &pair.pem);
        self.put("key.pem", &pair.key_pem);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tls(&self, client_ca: bool, users: &[&str]) -> Tls {
        Tls {
            cert: self.path("cert.pem"),
            key: self.path("key.pem"),
            client_ca: client_ca.then(|| self.path("ca.pem")),
            allowed_users: users.iter().map(|user| (*user).to_owned()).collect(),
        }
    }

    async fn start(&self, client_ca: bool, users: &[&str]) -> Running {
        start_with(|_| {}, Some(self.tls(client_ca, users))).await
    }

    async fn connect(
        &self,
        server: &Running,
        client: Option<&Pair>,
        alpn: &[u8],
    ) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca.der.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match client {
            Some(pair) => builder
                .with_client_auth_cert(vec![pair.der.clone()], pair.key.clone_key())
                .unwrap(),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![alpn.to_vec()];
        let stream = TcpStream::connect(server.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    async fn get(&self, server: &Running, client: Option<&Pair>, target: &str) -> Got {
        let stream = self.connect(server, client, b"http/1.1").await.unwrap();
        exchange(stream, "GET", target, "").await
    }
}

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
