//! Why there is no answer.

use std::error::Error;
use std::io;

/// Why a request got no whole answer, or why a client cannot be made. Each text is one line without a full stop; the caller
/// puts in front what was asked of whom.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// A file or text with a certificate, a key or a token cannot be used.
    #[error("{0}")]
    Setup(String),
    /// Nobody listens at the address.
    #[error("connection refused")]
    Refused,
    /// No connection for another reason than those with a variant of their own.
    #[error("no connection: {0}")]
    Connect(String),
    /// The TLS handshake failed.
    #[error("TLS: {0}")]
    Tls(String),
    /// The connection broke before the answer was whole, or what came is no HTTP.
    #[error("{0}")]
    Broken(String),
    /// The deadline passed.
    #[error("no answer in time")]
    Timeout,
    /// The answer is larger than the caller takes.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// What the caller takes, in bytes after decompression.
        limit: usize,
    },
    /// The answer's content encoding cannot be undone.
    #[error("{0}")]
    Encoding(String),
}

impl ClientError {
    /// What made a connection or an exchange fail, found in the chain of causes.
    pub(crate) fn from_exchange(error: &hyper_util::client::legacy::Error) -> Self {
        let mut last = String::new();
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(current) = cause {
            if let Some(tls) = current.downcast_ref::<rustls::Error>() {
                return Self::Tls(tls.to_string());
            }
            if let Some(io) = current.downcast_ref::<io::Error>() {
                if let Some(tls) = io.get_ref().and_then(find_tls) {
                    return Self::Tls(tls.to_string());
                }
                if io.kind() == io::ErrorKind::ConnectionRefused {
                    return Self::Refused;
                }
                if io.kind() == io::ErrorKind::TimedOut && error.is_connect() {
                    return Self::Timeout;
                }
            }
            last = current.to_string();
            cause = current.source();
        }
        if error.is_connect() {
            Self::Connect(last)
        } else {
            Self::Broken(last)
        }
    }
}

fn find_tls<'a>(error: &'a (dyn Error + Send + Sync + 'static)) -> Option<&'a rustls::Error> {
    let mut cause: Option<&'a (dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return Some(tls);
        }
        if let Some(tls) = current
            .downcast_ref::<io::Error>()
            .and_then(|io| io.get_ref().and_then(find_tls))
        {
            return Some(tls);
        }
        cause = current.source();
    }
    None
}
