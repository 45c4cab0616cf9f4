//! TLS settings from PEM text and files.

use crate::error::ClientError;
use crate::files::Stamp;
use heapster_plugin::cluster::Pem;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use std::sync::Arc;

/// How servers are checked and what is shown to them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TlsOptions {
    /// The only authorities to trust; the system's when not given.
    pub ca: Option<Pem>,
    /// The client certificate and those that sign it.
    pub certificate: Option<Pem>,
    /// The key of the client certificate.
    pub key: Option<Pem>,
    /// Whether any certificate is accepted. Signatures of the handshake are still checked.
    pub insecure: bool,
}

impl TlsOptions {
    /// The stamps of all files, in a fixed order.
    pub(crate) fn stamps(&self) -> [Stamp; 3] {
        [&self.ca, &self.certificate, &self.key].map(|pem| match pem {
            Some(Pem::File(path)) => Stamp::of(path),
            Some(Pem::Inline(_)) | None => Stamp::default(),
        })
    }

    /// Settings for rustls, from what the files hold now.
    ///
    /// # Errors
    /// [`ClientError::Setup`] for what cannot be read or used, with the file's name.
    pub(crate) fn load(&self) -> Result<ClientConfig, ClientError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError::Setup(format!("TLS cannot be set up: {error}")))?;
        let builder = if self.insecure {
            let any = Arc::new(AnyCertificate(provider));
            builder.dangerous().with_custom_certificate_verifier(any)
        } else {
            builder.with_root_certificates(self.roots()?)
        };
        match (&self.certificate, &self.key) {
            (None, None) => Ok(builder.with_no_client_auth()),
            (Some(certificate), Some(key)) => {
                let chain = certificates("client certificate", certificate)?;
                let place = place("client key", key);
                let key = PrivateKeyDer::from_pem_slice(&text("client key", key)?)
                    .map_err(|_| ClientError::Setup(format!("{place} holds no private key in PEM form")))?;
                builder.with_client_auth_cert(chain, key).map_err(|error| {
                    ClientError::Setup(format!("{place} does not fit the client certificate: {error}"))
                })
            }
            (Some(_), None) => Err(ClientError::Setup(
                "a client certificate needs its key".to_owned(),
            )),
            (None, Some(_)) => Err(ClientError::Setup(
                "a client key needs its certificate".to_owned(),
            )),
        }
    }

    fn roots(&self) -> Result<RootCertStore, ClientError> {
        let mut roots = RootCertStore::empty();
        let Some(ca) = &self.ca else {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            return Ok(roots);
        };
        let (added, _) = roots.add_parsable_certificates(certificates("CA", ca)?);
        if added == 0 {
            return Err(ClientError::Setup(format!(
                "{} holds no certificate that can sign others",
                place("CA", ca)
            )));
        }
        Ok(roots)
    }
}

fn place(what: &str, pem: &Pem) -> String {
    match pem {
        Pem::File(path) => format!("{what} {}", path.display()),
        Pem::Inline(_) => format!("the {what} given as text"),
    }
}

fn text(what: &str, pem: &Pem) -> Result<Arc<[u8]>, ClientError> {
    match pem {
        Pem::Inline(text) => Ok(text.clone()),
        Pem::File(path) => std::fs::read(path)
            .map(Into::into)
            .map_err(|error| ClientError::Setup(format!("cannot read {}: {error}", place(what, pem)))),
    }
}

fn certificates(what: &str, pem: &Pem) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let text = text(what, pem)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(all) if !all.is_empty() => Ok(all),
        Ok(_) | Err(_) => Err(ClientError::Setup(format!(
            "{} holds no certificate in PEM form",
            place(what, pem)
        ))),
    }
}

/// Accepts every certificate, but only from someone who has its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
