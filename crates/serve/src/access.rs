//! Who may ask: client certificates, when a client CA is set.
//!
//! The handshake lets everybody in who holds the key of the certificate he shows, or shows none; whether the certificate is
//! good is decided for each request, so that a client learns by 401 or 403 why he is refused and `/healthz` stays open.

use crate::answer::Answer;
use crate::tls::{Keeper, Trust};
use http::StatusCode;
use rustls_pki_types::{CertificateDer, UnixTime};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use x509_parser::prelude::{FromDer, X509Certificate};

/// For how long a judgement holds on one connection, unless the CA file changes.
const HOLDS: Duration = Duration::from_secs(30);

/// The far end of a connection.
#[derive(Debug, Default)]
pub(crate) struct Peer {
    keeper: Option<Arc<Keeper>>,
    certificates: Vec<CertificateDer<'static>>,
    judged: Mutex<Option<Judged>>,
}

#[derive(Debug)]
struct Judged {
    by: Arc<Trust>,
    at: Instant,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Welcome,
    /// No certificate, or none that the CA vouches for.
    Unknown,
    /// A good certificate of somebody who is not on the list.
    Stranger,
}

impl Peer {
    /// The far end of a TLS connection with the certificates it showed, its own first.
    pub(crate) fn new(keeper: Arc<Keeper>, certificates: Vec<CertificateDer<'static>>) -> Self {
        Self {
            keeper: Some(keeper),
            certificates,
            judged: Mutex::default(),
        }
    }

    /// `None` when the peer may ask, else the refusal.
    pub(crate) fn refusal(&self) -> Option<Answer> {
        match self.verdict(self.keeper.as_ref()?)? {
            Verdict::Welcome => None,
            Verdict::Unknown => Some(Answer::error(StatusCode::UNAUTHORIZED, "Unauthorized\n")),
            Verdict::Stranger => Some(Answer::error(StatusCode::FORBIDDEN, "Forbidden\n")),
        }
    }

    /// `None` when nobody is asked for a certificate. A new judgement is by what the CA file says now, so that a connection
    /// does not outlive the trust it was made in.
    fn verdict(&self, keeper: &Keeper) -> Option<Verdict> {
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(judged) = &*judged
            && judged.at.elapsed() < HOLDS
            && keeper
                .loaded()
                .trust
                .as_ref()
                .is_some_and(|trust| Arc::ptr_eq(&judged.by, trust))
        {
            return Some(judged.verdict);
        }
        let trust = keeper.refreshed().trust.clone()?;
        let verdict = judge(&self.certificates, &trust);
        *judged = Some(Judged {
            by: trust,
            at: Instant::now(),
            verdict,
        });
        Some(verdict)
    }
}

fn judge(certificates: &[CertificateDer<'_>], trust: &Trust) -> Verdict {
    let Some((own, others)) = certificates.split_first() else {
        return Verdict::Unknown;
    };
    if trust
        .verifier
        .verify_client_cert(own, others, UnixTime::now())
        .is_err()
    {
        return Verdict::Unknown;
    }
    let Some(users) = &trust.users else {
        return Verdict::Welcome;
    };
    match common_name(own).is_some_and(|user| users.contains(&user)) {
        true => Verdict::Welcome,
        false => Verdict::Stranger,
    }
}

/// The last common name of the subject.
fn common_name(certificate: &CertificateDer<'_>) -> Option<String> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let name = certificate.subject().iter_common_name().last()?;
    name.as_str().ok().map(str::to_owned)
}
