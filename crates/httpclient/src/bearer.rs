//! The `Authorization` header.

use crate::error::ClientError;
use crate::files::Stamp;
use heapster_plugin::cluster::Token;
use http::HeaderValue;
use std::sync::{Mutex, PoisonError};

/// A bearer token as a header. A token file is read again when it changes: the tokens of service accounts last an hour.
#[derive(Debug)]
pub struct Bearer {
    token: Token,
    known: Mutex<Option<(Stamp, HeaderValue)>>,
}

impl Bearer {
    /// The header for `token`. Reads nothing yet.
    #[must_use]
    pub const fn new(token: Token) -> Self {
        Self {
            token,
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
        if let Some((seen, header)) = known.as_ref()
            && *seen == stamp
        {
            return Ok(header.clone());
        }
        match (self.read(), known.as_ref()) {
            (Ok(header), _) => {
                *known = Some((stamp, header.clone()));
                Ok(header)
            }
            (Err(_), Some((_, header))) => Ok(header.clone()),
            (Err(error), None) => Err(error),
        }
    }

    fn read(&self) -> Result<HeaderValue, ClientError> {
        let (text, place) = match &self.token {
            Token::Inline(text) => (text.to_string(), "the token".to_owned()),
            Token::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    ClientError::Setup(format!("cannot read token file {}: {error}", path.display()))
                })?;
                (text, format!("token file {}", path.display()))
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(ClientError::Setup(format!("{place} is empty")));
        }
        let mut header = HeaderValue::try_from(format!("Bearer {text}"))
            .map_err(|_| ClientError::Setup(format!("{place} holds characters that no header can carry")))?;
        header.set_sensitive(true);
        Ok(header)
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
