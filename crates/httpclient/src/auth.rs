//! How a request says who sends it.

use crate::bearer::{Bearer, Form};
use crate::error::ClientError;
use bytes::Bytes;
use heapster_plugin::cluster::Token;
use http::header::AUTHORIZATION;
use http::{HeaderName, Request};
use std::fmt::Debug;
use std::sync::Arc;

/// Adds to a finished request what proves that it is ours, such as a signature over its body.
pub trait Sign: Send + Sync + Debug {
    /// Changes `request`; its headers and its body, compressed if it is to be, are those that will be sent.
    ///
    /// # Errors
    /// [`ClientError::Setup`] with what is missing. The request is then not sent.
    fn sign(&self, request: &mut Request<Bytes>) -> Result<(), ClientError>;
}

/// How requests to an endpoint are signed. Its `Debug` form shows no secret.
#[derive(Clone, Debug, Default)]
pub struct Auth(Kind);

#[derive(Clone, Debug, Default)]
enum Kind {
    #[default]
    None,
    Header(HeaderName, Arc<Bearer>),
    Signed(Arc<dyn Sign>),
}

impl Auth {
    /// Nothing is added.
    #[must_use]
    pub const fn none() -> Self {
        Self(Kind::None)
    }

    /// `Authorization: Basic …`. The password may be empty; of a file the line end is taken off.
    #[must_use]
    pub fn basic(user: &str, password: Token) -> Self {
        Self::form(AUTHORIZATION, password, Form::Basic(user.to_owned()))
    }

    /// `Authorization: Bearer TOKEN`.
    #[must_use]
    pub fn bearer(token: Token) -> Self {
        Self::form(AUTHORIZATION, token, Form::Behind("Bearer "))
    }

    /// `Authorization: <before>TOKEN`, such as `Token ` or `ApiKey `, with its space.
    #[must_use]
    pub fn scheme(before: &'static str, token: Token) -> Self {
        Self::form(AUTHORIZATION, token, Form::Behind(before))
    }

    /// `<name>: TOKEN`.
    #[must_use]
    pub fn header(name: HeaderName, token: Token) -> Self {
        Self::form(name, token, Form::Behind(""))
    }

    /// Each request goes through `sign` last.
    #[must_use]
    pub fn signed(sign: Arc<dyn Sign>) -> Self {
        Self(Kind::Signed(sign))
    }

    fn form(name: HeaderName, token: Token, form: Form) -> Self {
        Self(Kind::Header(name, Arc::new(Bearer::with_form(token, form))))
    }

    /// Adds what there is to add.
    pub(crate) fn apply(&self, request: &mut Request<Bytes>) -> Result<(), ClientError> {
        match &self.0 {
            Kind::None => {}
            Kind::Header(name, value) => {
                request.headers_mut().insert(name, value.header()?);
            }
            Kind::Signed(sign) => sign.sign(request)?,
        }
        Ok(())
    }

    /// Puts `***` where `text` holds the secret. One of fewer than five characters is not looked for: it is part of too
    /// many words.
    pub(crate) fn hide(&self, text: String) -> String {
        let Kind::Header(_, value) = &self.0 else {
            return text;
        };
        let secrets = value.secrets().into_iter().flatten();
        secrets
            .filter(|secret| secret.len() >= 5)
            .fold(text, |text, secret| text.replace(&*secret, "***"))
    }
}
