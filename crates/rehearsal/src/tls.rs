//! Authorities and certificates made for one test.

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::PrivateKeyDer;
use std::fmt::Debug;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What signs certificates.
pub type Authority = CertifiedIssuer<'static, KeyPair>;

/// An authority of this name.
#[must_use]
pub fn authority(name: &str) -> Authority {
    let mut params = sure(CertificateParams::new(Vec::new()));
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    sure(CertifiedIssuer::self_signed(params, sure(KeyPair::generate())))
}

/// A certificate for the host `name` and its key.
#[must_use]
pub fn signed(by: &Authority, name: &str) -> (Certificate, KeyPair) {
    let key = sure(KeyPair::generate());
    let params = sure(CertificateParams::new(vec![name.to_owned()]));
    (sure(params.signed_by(&key, by)), key)
}

/// What a server with a certificate for `name` does; with `clients`, it insists on a certificate signed by them.
#[must_use]
pub fn acceptor(by: &Authority, name: &str, clients: Option<&Authority>) -> TlsAcceptor {
    let (certificate, key) = signed(by, name);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone());
    let builder = sure(builder.with_safe_default_protocol_versions());
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => {
            let mut roots = RootCertStore::empty();
            sure(roots.add(clients.der().clone()));
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(sure(verifier))
        }
    };
    let key = sure(PrivateKeyDer::try_from(key.serialize_der()));
    let config = builder.with_single_cert(vec![certificate.der().clone()], key);
    TlsAcceptor::from(Arc::new(sure(config)))
}

/// What fails only when this module is wrong.
fn sure<T, E: Debug>(made: Result<T, E>) -> T {
    match made {
        Ok(made) => made,
        Err(error) => unreachable!("{error:?}"),
    }
}
