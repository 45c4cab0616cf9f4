//! TLS: certificate, key and client CA from files that are read again when they change.

mod let_in;

use crate::server::ServeError;
use let_in::LetIn;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// How to serve TLS.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tls {
    /// PEM file with the server's certificate and those between it and its CA.
    pub cert: PathBuf,
    /// PEM file with the certificate's private key.
    pub key: PathBuf,
    /// PEM file with the CAs of clients. With it every route but health asks for a client certificate.
    pub client_ca: Option<PathBuf>,
    /// Common names of the clients that may ask; empty for all that the CA vouches for. Blanks around names do not count; a
    /// list with nothing but blanks lets nobody in.
    pub allowed_users: Vec<String>,
}

/// Which clients are believed.
#[derive(Debug)]
pub(crate) struct Trust {
    /// Checks chain, time and usage.
    pub(crate) verifier: Arc<dyn ClientCertVerifier>,
    /// Common names; `None` for all.
    pub(crate) users: Option<Vec<String>>,
}

/// What the files said when they were read last.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) trust: Option<Arc<Trust>>,
}

/// What tells that a file is another one than before: time of change, length, and on Unix the inode.
type Stamp = Option<(SystemTime, u64, u64)>;

/// Keeps what was loaded and looks for changes at every handshake.
#[derive(Debug)]
pub(crate) struct Keeper {
    settings: Tls,
    current: Mutex<(Vec<Stamp>, Arc<Loaded>)>,
}

impl Keeper {
    /// Reads all files.
    ///
    /// # Errors
    /// For files that cannot be read, hold nothing usable, or do not belong together.
    pub(crate) fn new(settings: Tls) -> Result<Self, ServeError> {
        let stamps = stamps(&settings);
        let loaded = Arc::new(load(&settings)?);
        if settings.client_ca.is_none() && !settings.allowed_users.is_empty() {
            tracing::warn!("allowed users are not asked for without a client CA: everybody may ask");
        }
        Ok(Self {
            settings,
            current: Mutex::new((stamps, loaded)),
        })
    }

    /// What was loaded last.
    pub(crate) fn loaded(&self) -> Arc<Loaded> {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .clone()
    }

    /// What the files say now. Changed files that are no good are said so once and change nothing.
    pub(crate) fn refreshed(&self) -> Arc<Loaded> {
        let stamps = stamps(&self.settings);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 != stamps {
            current.0 = stamps;
            match load(&self.settings) {
                Ok(loaded) => {
                    current.1 = Arc::new(loaded);
                    tracing::info!(cert = %self.settings.cert.display(), "TLS files were read again");
                }
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "changed TLS files are no good; those read before stay in use");
                }
            }
        }
        current.1.clone()
    }
}

fn stamps(settings: &Tls) -> Vec<Stamp> {
    let files = [
        Some(&settings.cert),
        Some(&settings.key),
        settings.client_ca.as_ref(),
    ];
    files.into_iter().flatten().map(|path| stamp(path)).collect()
}

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    Some((metadata.modified().ok()?, metadata.len(), inode))
}

fn load(settings: &Tls) -> Result<Loaded, ServeError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let trust = settings
        .client_ca
        .as_ref()
        .map(|path| trust(path, settings, &provider))
        .transpose()?
        .map(Arc::new);
    let chain = certificates(&settings.cert)?;
    let key = PrivateKeyDer::from_pem_slice(&read(&settings.key)?).map_err(|_| ServeError::NoKey {
        path: settings.key.clone(),
    })?;
    let pair = |source| ServeError::Certificate {
        cert: settings.cert.clone(),
        key: settings.key.clone(),
        source,
    };
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(pair)?;
    let builder = match &trust {
        Some(trust) => {
            let verifier = LetIn::new(trust.verifier.clone(), provider.signature_verification_algorithms);
            builder.with_client_cert_verifier(Arc::new(verifier))
        }
        None => builder.with_no_client_auth(),
    };
    let mut config = builder.with_single_cert(chain, key).map_err(pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Loaded {
        config: Arc::new(config),
        trust,
    })
}

fn trust(path: &Path, settings: &Tls, provider: &Arc<CryptoProvider>) -> Result<Trust, ServeError> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates(path)?);
    let none = || ServeError::NoCertificates {
        path: path.to_owned(),
    };
    if added == 0 {
        return Err(none());
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|_| none())?;
    let users = settings.allowed_users.iter().map(|user| user.trim());
    let users = users.filter(|user| !user.is_empty()).map(str::to_owned);
    let some = !settings.allowed_users.is_empty();
    Ok(Trust {
        verifier,
        users: some.then(|| users.collect()),
    })
}

/// The certificates of a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ServeError> {
    let text = read(path)?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    all.ok()
        .filter(|all| !all.is_empty())
        .ok_or_else(|| ServeError::NoCertificates {
            path: path.to_owned(),
        })
}

fn read(path: &Path) -> Result<Vec<u8>, ServeError> {
    fs::read(path).map_err(|source| ServeError::Read {
        path: path.to_owned(),
        source,
    })
}
