//! Requests signed for Amazon's services: Signature Version 4.
//!
//! Source: AWS, "Signature Version 4 signing process"; tested with the vectors published there.

use aws_lc_rs::{digest, hmac};
use bytes::Bytes;
use heapster_httpclient::{ClientError, Sign};
use heapster_plugin::model::Timestamp;
use http::header::HOST;
use http::{HeaderName, HeaderValue, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt::{self, Write as _};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DEFAULT_REGION: &str = "us-east-1";
/// OpenSearch Serverless, which wants the body's hash in a header.
const SERVERLESS: &str = "aoss";

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Who signs, and for which region and service.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Of temporary credentials.
    pub(crate) session: Option<String>,
    /// Where not given, the host says it, then the default.
    pub(crate) region: Option<String>,
    /// The environment's region, for hosts that do not say it.
    pub(crate) default_region: Option<String>,
    /// Where not given, the host says it; else `es`.
    pub(crate) service: Option<String>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("id", &self.id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Sign for Signer {
    fn sign(&self, request: &mut Request<Bytes>) -> Result<(), ClientError> {
        self.sign_at(request, Timestamp::now()).ok_or_else(|| {
            ClientError::Setup("the request cannot be signed: a key that no header can carry".to_owned())
        })
    }
}

impl Signer {
    /// Adds the headers of a signature made at `time`; `None` when one of their texts fits no header.
    fn sign_at(&self, request: &mut Request<Bytes>, time: Timestamp) -> Option<()> {
        let host = request.uri().authority()?.to_string();
        let (region, service) = self.scope(&host);
        let moment: String = time
            .to_string()
            .chars()
            .take(19)
            .filter(|c| !matches!(c, '-' | ':'))
            .collect();
        let moment = format!("{moment}Z");
        let day = moment.split('T').next()?;
        let body = hex(digest::digest(&digest::SHA256, request.body()).as_ref());

        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::try_from(&host).ok()?);
        headers.insert("x-amz-date", HeaderValue::try_from(&moment).ok()?);
        if let Some(session) = &self.session {
            let mut session = HeaderValue::try_from(session).ok()?;
            session.set_sensitive(true);
            headers.insert("x-amz-security-token", session);
        }
        if service == SERVERLESS {
            headers.insert("x-amz-content-sha256", HeaderValue::try_from(&body).ok()?);
        }

        let (names, canonical) = canonical(request, &body);
        let scope = format!("{day}/{region}/{service}/aws4_request");
        let summary = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
        let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{summary}");
        let signature = hex(mac(self.key(day, &region, &service).as_ref(), &text).as_ref());
        let id = &self.id;
        let authorization =
            format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        let mut authorization = HeaderValue::try_from(authorization).ok()?;
        authorization.set_sensitive(true);
        request
            .headers_mut()
            .insert(http::header::AUTHORIZATION, authorization);
        Some(())
    }

    /// The key of one day, region and service.
    fn key(&self, day: &str, region: &str, service: &str) -> hmac::Tag {
        let key = mac(format!("AWS4{}", self.secret).as_bytes(), day);
        let key = mac(key.as_ref(), region);
        let key = mac(key.as_ref(), service);
        mac(key.as_ref(), "aws4_request")
    }

    /// Region and service: as the options say, as the host says (`NAME.REGION.es.amazonaws.com`,
    /// `NAME.aos.REGION.on.aws`), as the environment says, `us-east-1` and `es`.
    fn scope(&self, host: &str) -> (String, String) {
        let bare = host.split(':').next().unwrap_or("");
        let amazon = [".amazonaws.com", ".amazonaws.com.cn", ".on.aws"];
        let parts: Vec<&str> = if amazon.iter().any(|end| bare.ends_with(end)) {
            bare.split('.').collect()
        } else {
            Vec::new()
        };
        let at = parts
            .iter()
            .position(|part| matches!(*part, "es" | SERVERLESS | "aos"));
        let named = at
            .and_then(|at| parts.get(at))
            .map(|name| if *name == "aos" { "es" } else { name });
        let beside = at.and_then(|at| {
            let dual_stack = bare.ends_with(".on.aws");
            let place = if dual_stack {
                Some(at + 1)
            } else {
                at.checked_sub(1)
            };
            place.and_then(|place| parts.get(place).copied())
        });
        let region = self
            .region
            .as_deref()
            .or(beside)
            .or(self.default_region.as_deref());
        let service = self.service.as_deref().or(named);
        (
            region.unwrap_or(DEFAULT_REGION).to_owned(),
            service.unwrap_or("es").to_owned(),
        )
    }
}

/// The names of the headers that are signed, and the request in canonical form.
fn canonical(request: &Request<Bytes>, body: &str) -> (String, String) {
    let signed = |name: &HeaderName| {
        *name == HOST || *name == http::header::CONTENT_TYPE || name.as_str().starts_with("x-amz-")
    };
    let mut headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .filter(|(name, _)| signed(name))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("").trim()))
        .collect();
    headers.sort_unstable();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");

    // Segments of a path are escaped once more than they are in the request.
    let path: Vec<String> = request.uri().path().split('/').map(escape).collect();
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method(),
        path.join("/"),
        query(request.uri())
    );
    for (name, value) in headers {
        writeln!(text, "{name}:{value}").ok(); // a String takes everything
    }
    write!(text, "\n{names}\n{body}").ok(); // as above
    (names, text)
}

/// The query with its pairs sorted and everything escaped that can be.
fn query(uri: &Uri) -> String {
    let again = |text: &str| escape(&percent_decode_str(text).decode_utf8_lossy());
    let pairs = uri
        .query()
        .unwrap_or("")
        .split('&')
        .filter(|pair| !pair.is_empty());
    let mut pairs: Vec<String> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", again(name), again(value))
        })
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            write!(text, "{byte:02x}").ok(); // a String takes everything
            text
        })
}

#[cfg(test)]
mod tests;
