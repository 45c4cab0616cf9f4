//! An authority of the cluster's own and its certificates.
//!
//! All kubelets share one key; each has a certificate for its own address, made when it is first asked over HTTPS.

use crate::names;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Making certificates failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A certificate could not be made.
    #[error("making a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses what was made.
    #[error("setting up TLS")]
    Setup(#[from] rustls::Error),
}

/// The authority.
#[derive(Debug)]
pub struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    key: KeyPair,
}

impl Authority {
    /// A new authority, and one key for all servers.
    ///
    /// # Errors
    /// [`TlsError::Certificate`] when the system gives no random numbers.
    pub fn new() -> Result<Self, TlsError> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "simulated cluster");
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let ca_key = KeyPair::generate()?;
        let certificate = params.self_signed(&ca_key)?;
        Ok(Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, ca_key),
            key: KeyPair::generate()?,
        })
    }

    /// The authority's certificate, as PEM text.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The authority's certificate.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// A server for the API server's addresses; it also speaks HTTP/2.
    ///
    /// # Errors
    /// [`TlsError`] when no certificate can be made.
    pub fn api(&self) -> Result<Arc<ServerConfig>, TlsError> {
        self.server(&["127.0.0.1".to_owned(), "localhost".to_owned()])
    }

    /// A server for the kubelet of this node.
    ///
    /// # Errors
    /// [`TlsError`] when no certificate can be made.
    pub fn kubelet(&self, node: u32) -> Result<Arc<ServerConfig>, TlsError> {
        let address: Ipv4Addr = names::address(node);
        self.server(&[IpAddr::V4(address).to_string(), names::node_of(node, 0)])
    }

    fn server(&self, names: &[String]) -> Result<Arc<ServerConfig>, TlsError> {
        let mut params = CertificateParams::new(names)?;
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&self.key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
