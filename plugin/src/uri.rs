//! The values of `--source` and `--sink`: `KEY[:REST]`, where REST is read as Go's `net/url` reads a URL.

mod expand;
mod redact;

pub use redact::redact;

use expand::expand;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::SocketAddr;

/// A parsed `KEY[:REST]`. All texts but [`raw_query`](Self::raw_query) are percent-decoded.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Uri {
    /// The word before the first `:`; picks the plugin.
    pub key: String,
    /// `http` in `influxdb:http://…`; lower case, may be empty.
    pub scheme: String,
    /// What follows `scheme:` when no slash does: `8080` in `localhost:8080`.
    pub opaque: String,
    /// User name before `@`.
    pub user: Option<String>,
    /// Password before `@`.
    pub password: Option<String>,
    /// Host with port, as written; see also [`is_bare_address`](Self::is_bare_address).
    pub host: String,
    /// Path.
    pub path: String,
    /// Everything after `?`, as written.
    pub raw_query: String,
    /// Everything after `#`.
    pub fragment: String,
    rest: String,
}

/// Why a value is no URI. The texts are the original's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Nothing before the first `:`.
    #[error("missing uri key in '{0}'")]
    MissingKey(String),
    /// REST is not a URL.
    #[error("parse {url:?}: {reason}")]
    Url {
        /// The text after expansion of variables, without secrets.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Uri {
    /// Splits at the first `:`, expands `$VAR` and `${VAR}` in the rest by `variable` (unset reads empty) and parses it.
    ///
    /// # Errors
    /// [`UriError`] for an empty key or a rest that Go's `url.Parse` refuses.
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, UriError> {
        let (key, rest) = text.split_once(':').unwrap_or((text, ""));
        if key.is_empty() {
            return Err(UriError::MissingKey(text.to_owned()));
        }
        let rest = expand(rest, variable);
        let mut uri = Self {
            key: key.to_owned(),
            ..Self::default()
        };
        uri.read(&rest).map_err(|reason| UriError::Url {
            url: redact(&rest),
            reason,
        })?;
        uri.rest = rest;
        Ok(uri)
    }

    /// The value of the first `name=value` of the query.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.pairs()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// All pairs of the query in order, decoded (`+` is a space). A pair with a bad escape is left out: see
    /// [`unreadable`](Self::unreadable). `;` separates like `&`, as in the Go of the original.
    #[must_use]
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.split_pairs()
            .filter_map(|(key, value)| Some((decode(key)?, decode(value)?)))
            .collect()
    }

    /// The names in the pairs that [`pairs`](Self::pairs) leaves out, as far as they can be read.
    #[must_use]
    pub fn unreadable(&self) -> Vec<String> {
        self.split_pairs()
            .filter(|(key, value)| decode(key).is_none() || decode(value).is_none())
            .map(|(key, _)| decode(key).unwrap_or_else(|| key.to_owned()))
            .collect()
    }

    fn split_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let parts = self.raw_query.split('&').flat_map(|part| {
            // What an `&amp;` leaves stays in one piece, so that it is noticed.
            let at = if part.starts_with("amp;") { '&' } else { ';' };
            part.split(at)
        });
        parts
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
    }

    /// The text that two equal flags share: `KEY` alone, or `KEY:REST` after expansion.
    #[must_use]
    pub fn canonical(&self) -> String {
        if self.rest.is_empty() {
            self.key.clone()
        } else {
            format!("{}:{}", self.key, self.rest)
        }
    }

    /// The canonical text with `***` for passwords and the values of options that name a secret.
    #[must_use]
    pub fn redacted(&self) -> String {
        redact(&self.canonical())
    }

    /// Whether the host is an IP address with a port that stands behind the key without slashes: `wavefront:10.0.0.1:2878`. Go
    /// refuses that, though it takes a name in its place as `scheme` and `opaque`; sinks whose address is no URL want both.
    #[must_use]
    pub fn is_bare_address(&self) -> bool {
        self.scheme.is_empty() && !self.host.is_empty() && !self.rest.starts_with("//")
    }

    fn read(&mut self, text: &str) -> Result<(), String> {
        if text.chars().any(|c| c < ' ' || c == '\u{7f}') {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        self.fragment = unescape(fragment)?;
        let (scheme, rest) = split_scheme(text)?;
        self.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        query.clone_into(&mut self.raw_query);
        if !rest.starts_with('/') {
            if !self.scheme.is_empty() {
                rest.clone_into(&mut self.opaque);
                return Ok(());
            }
            let (first, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if first.parse::<SocketAddr>().is_ok() {
                first.clone_into(&mut self.host);
                self.path = unescape(path)?;
                return Ok(());
            }
            if first.contains(':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let path = match rest.strip_prefix("//") {
            Some(after) if !self.scheme.is_empty() || !rest.starts_with("///") => {
                let slash = after.find('/').unwrap_or(after.len());
                let (authority, path) = after.split_at(slash);
                self.read_authority(authority)?;
                path
            }
            _ => rest,
        };
        self.path = unescape(path)?;
        Ok(())
    }

    fn read_authority(&mut self, authority: &str) -> Result<(), String> {
        let host = match authority.rsplit_once('@') {
            Some((info, host)) => {
                let (user, password) = info.split_once(':').map_or((info, None), |(u, p)| (u, Some(p)));
                self.user = Some(unescape(user)?);
                self.password = password.map(unescape).transpose()?;
                host
            }
            None => authority,
        };
        let port_at = match host.rfind(']') {
            Some(bracket) => bracket + 1,
            None if host.starts_with('[') => return Err("missing ']' in host".to_owned()),
            None => host.rfind(':').unwrap_or(host.len()),
        };
        let port = host.get(port_at..).unwrap_or("");
        if !port.is_empty()
            && !port
                .strip_prefix(':')
                .is_some_and(|p| p.chars().all(|c| c.is_ascii_digit()))
        {
            return Err(format!("invalid port {port:?} after host"));
        }
        self.host = unescape(host)?;
        Ok(())
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

fn split_scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => {
                let (scheme, rest) = text.split_at(at);
                return Ok((scheme, rest.get(1..).unwrap_or("")));
            }
            _ => break,
        }
    }
    Ok(("", text))
}

/// A name or a value of the query; `None` for a bad escape.
fn decode(text: &str) -> Option<String> {
    unescape(&text.replace('+', " ")).ok()
}

fn unescape(text: &str) -> Result<String, String> {
    check_escapes(text)?;
    Ok(percent_decode_str(text).decode_utf8_lossy().into_owned())
}

fn check_escapes(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('%') {
        let digits = text.as_bytes().get(at + 1..at + 3);
        if !digits.is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
            let shown: String = text
                .chars()
                .skip(text.get(..at).map_or(0, |head| head.chars().count()))
                .take(3)
                .collect();
            return Err(format!("invalid URL escape {shown:?}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
