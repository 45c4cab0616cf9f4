//! The `Authorization` header.

use crate::error::ClientError;
use crate::files::Stamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use heapster_plugin::cluster::Token;
use http::HeaderValue;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A bearer token as a header. A token file is read again when it changes: the tokens of service accounts last an hour.
#[derive(Debug)]
pub struct Bearer {
    token: Token,
    form: Form,
    known: Mutex<Option<Known>>,
}

/// How a secret stands in a header.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Behind this text.
    Behind(&'static str),
    /// As the password of this user.
    Basic(String),
}

#[derive(Clone)]
struct Known {
    stamp: Stamp,
    header: HeaderValue,
    secret: Arc<str>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Bearer {
    /// The header for `token`. Reads nothing yet.
    #[must_use]
    pub const fn new(token: Token) -> Self {
        Self::with_form(token, Form::Behind("Bearer "))
    }

    /// A header of another form. Reads nothing yet.
    pub(crate) const fn with_form(token: Token, form: Form) -> Self {
        Self {
            token,
            form,
            known: Mutex::new(None),
        }
    }

    /// `Bearer TOKEN`, white space around the token removed. Costs one look at the file's times, and a read when they
    /// changed. A file that has become unreadable leaves the token that was known.
    ///
    /// # Errors
    /// [`ClientError::Setup`] for a file that was never readable, an empty token, or one that no header can carry.
    pub fn header(&self) -> Result<HeaderValue, ClientError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = match &self.token {
            Token::File(path) => Stamp::of(path),
            Token::Inline(_) => Stamp::default(),
        };
        if let Some(known) = known.as_ref()
            && known.stamp == stamp
        {
            return Ok(known.header.clone());
        }
        match (self.read(), known.as_ref()) {
            (Ok((header, secret)), _) => {
                *known = Some(Known {
                    stamp,
                    header: header.clone(),
                    secret,
                });
                Ok(header)
            }
            (Err(_), Some(known)) => Ok(known.header.clone()),
            (Err(error), None) => Err(error),
        }
    }

    /// What must not be seen of the header that was sent last: the secret itself, and its form in the header.
    pub(crate) fn secrets(&self) -> [Option<Arc<str>>; 2] {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = known.as_ref() else {
            return [None, None];
        };
        let encoded = match &self.form {
            Form::Behind(_) => None,
            Form::Basic(user) => Some(STANDARD.encode(format!("{user}:{}", known.secret)).into()),
        };
        [Some(known.secret.clone()), encoded]
    }

    fn read(&self) -> Result<(HeaderValue, Arc<str>), ClientError> {
        let what = match self.form {
            Form::Behind(_) => "token",
            Form::Basic(_) => "password",
        };
        let (text, place) = match &self.token {
            Token::Inline(text) => (text.to_string(), format!("the {what}")),
            Token::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    ClientError::Setup(format!("cannot read {what} file {}: {error}", path.display()))
                })?;
                (text, format!("{what} file {}", path.display()))
            }
        };
        let (text, header) = match &self.form {
            // An empty password is one, and so are spaces.
            Form::Basic(user) => {
                let text = text.trim_end_matches(['\r', '\n']);
                (
                    text,
                    format!("Basic {}", STANDARD.encode(format!("{user}:{text}"))),
                )
            }
            Form::Behind(before) => {
                let text = text.trim();
                if text.is_empty() {
                    return Err(ClientError::Setup(format!("{place} is empty")));
                }
                (text, format!("{before}{text}"))
            }
        };
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| ClientError::Setup(format!("{place} holds characters that no header can carry")))?;
        header.set_sensitive(true);
        Ok((header, text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_file_is_read_again_when_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let bearer = Bearer::new(Token::File(path.clone()));
        let error = bearer.header().unwrap_err().to_string();
        assert!(error.contains("cannot read token file"), "{error}");
        std::fs::write(&path, "first\n").unwrap();
        assert_eq!(bearer.header().unwrap(), "Bearer first");
        std::fs::write(&path, "the second\n").unwrap();
        assert_eq!(bearer.header().unwrap(), "Bearer the second");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(bearer.header().unwrap(), "Bearer the second");
    }

    #[test]
    fn a_token_does_not_show_in_debug_output() {
        let bearer = Bearer::new(Token::Inline("geheim".into()));
        bearer.header().unwrap();
        assert!(!format!("{bearer:?}").contains("geheim"));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_named() {
        let bearer = Bearer::new(Token::Inline("a\nb".into()));
        assert!(
            bearer
                .header()
                .unwrap_err()
                .to_string()
                .contains("no header can carry")
        );
        assert!(Bearer::new(Token::Inline(" ".into())).header().is_err());
    }
}
