//! The options of a URI that sinks with HTTP have in common. A sink puts those it wants into its own list; what is not in
//! the list keeps its default.

use crate::auth::Auth;
use crate::endpoint::Transport;
use crate::error::ClientError;
use crate::proxy::Proxies;
use crate::tls::TlsOptions;
use heapster_gotext::parse_duration;
use heapster_plugin::cluster::{Pem, Token};
use heapster_plugin::options::{Opt, OptionError, Options};
use heapster_plugin::uri::Uri;
use std::time::Duration;

/// `cacert`
pub const CA_CERT: Opt = Opt::path(
    "cacert",
    "file with the only authorities to trust, in PEM form; the system's when not given",
);
/// `cert`
pub const CERT: Opt = Opt::path("cert", "file with the client certificate, in PEM form");
/// `key`
pub const KEY: Opt = Opt::path("key", "file with the client certificate's key, in PEM form");
/// `insecuressl`
pub const INSECURE: Opt = Opt::bool("insecuressl", false, "whether any server certificate is accepted");
/// `user`
pub const USER: Opt = Opt::text("user", "", "user name, sent as basic authentication");
/// `pw`
pub const PASSWORD: Opt = Opt::text("pw", "", "password of the user");
/// `pwfile`
pub const PASSWORD_FILE: Opt = Opt::path("pwfile", "file with the password, read again when it changes");
/// `token`
pub const TOKEN: Opt = Opt::text("token", "", "bearer token, instead of a user");
/// `tokenfile`
pub const TOKEN_FILE: Opt = Opt::path("tokenfile", "file with the token, read again when it changes");
/// `timeout`
pub const TIMEOUT: Opt = Opt::duration("timeout", "30s", "for one request; 0s: none of its own");
/// `connecttimeout`
pub const CONNECT_TIMEOUT: Opt = Opt::duration("connecttimeout", "5s", "for one attempt to connect");
/// `gzip`
pub const GZIP: Opt = Opt::bool("gzip", false, "whether request bodies are compressed");
/// `proxy`
pub const PROXY: Opt = Opt::text(
    "proxy",
    "",
    "http://HOST:PORT of the proxy, or none; the environment's when not given",
);

impl Transport {
    /// The transport that the common options ask for, without authentication: `cacert`, `cert`, `key`, `insecuressl`,
    /// `timeout`, `connecttimeout`, `gzip` and `proxy`.
    ///
    /// # Errors
    /// [`OptionError`] for files that cannot be read or used, one of `cert` and `key` without the other, a proxy of another
    /// kind.
    pub fn from_options(uri: &Uri, options: &Options) -> Result<Self, OptionError> {
        let refuse = |option, error: ClientError| refuse(uri, option, error.to_string());
        let authority = TlsOptions {
            ca: file(options, CA_CERT).map(Pem::File),
            ..TlsOptions::default()
        };
        if authority.ca.is_some() {
            authority.load().map_err(|error| refuse(CA_CERT, error))?;
        }
        let client = TlsOptions {
            certificate: file(options, CERT).map(Pem::File),
            key: file(options, KEY).map(Pem::File),
            insecure: true,
            ..TlsOptions::default()
        };
        let given = if client.certificate.is_some() { CERT } else { KEY };
        client.load().map_err(|error| refuse(given, error))?;
        Ok(Self {
            tls: TlsOptions {
                ca: authority.ca,
                insecure: flag(options, INSECURE),
                ..client
            },
            proxies: proxies(uri, options)?,
            gzip: flag(options, GZIP),
            timeout: duration(options, TIMEOUT),
            connect_timeout: duration(options, CONNECT_TIMEOUT),
            ..Self::default()
        })
    }
}

impl Auth {
    /// Basic authentication for `user` with `pw` or `pwfile`, or a bearer token for `token` or `tokenfile`; nothing when
    /// neither `user` nor a token is given.
    ///
    /// # Errors
    /// [`OptionError`] when two of them contradict each other.
    pub fn from_options(uri: &Uri, options: &Options) -> Result<Self, OptionError> {
        let token = secret(uri, options, TOKEN, TOKEN_FILE)?;
        let password = secret(uri, options, PASSWORD, PASSWORD_FILE)?;
        match (given(options, USER), token) {
            (Some(_), Some(_)) => Err(refuse(
                uri,
                TOKEN,
                "there is also a user; give one of them".to_owned(),
            )),
            (None, Some(token)) => Ok(Self::bearer(token)),
            (Some(user), None) => Ok(Self::basic(
                user,
                password.unwrap_or_else(|| Token::Inline("".into())),
            )),
            (None, None) if password.is_some() => {
                Err(refuse(uri, PASSWORD, "it is the password of no user".to_owned()))
            }
            (None, None) => Ok(Self::none()),
        }
    }
}

/// A secret that stands in the option `text`, or in the file that the option `file` names; neither is none.
///
/// # Errors
/// [`OptionError`] when both are given.
pub fn secret(uri: &Uri, options: &Options, text: Opt, file: Opt) -> Result<Option<Token>, OptionError> {
    match (given(options, text), given(options, file)) {
        (Some(_), Some(_)) => Err(refuse(
            uri,
            file,
            format!("there is also {:?}; give one of them", text.name),
        )),
        (Some(text), None) => Ok(Some(Token::Inline(text.into()))),
        (None, Some(path)) => Ok(Some(Token::File(path.into()))),
        (None, None) => Ok(None),
    }
}

/// An option's error, with the sink's key.
#[must_use]
pub fn refuse(uri: &Uri, option: Opt, reason: String) -> OptionError {
    OptionError {
        part: "sink",
        key: uri.key.clone(),
        option: option.name.to_owned(),
        reason,
    }
}

fn proxies(uri: &Uri, options: &Options) -> Result<Proxies, OptionError> {
    match given(options, PROXY) {
        None => Ok(Proxies::from_environment()),
        Some("none") => Ok(Proxies::none()),
        Some(proxy) if proxy.starts_with("http://") => Ok(Proxies::new(proxy, proxy, "")),
        Some(_) => Err(refuse(
            uri,
            PROXY,
            "neither none nor an address that begins with http://".to_owned(),
        )),
    }
}

/// The option's text, when it is given and not empty.
fn given(options: &Options, opt: Opt) -> Option<&str> {
    options.given(opt.name).filter(|text| !text.is_empty())
}

fn file(options: &Options, opt: Opt) -> Option<std::path::PathBuf> {
    given(options, opt).map(Into::into)
}

// A list may lack an option, or have one of this name with another default: `given` with our default serves both.

fn flag(options: &Options, opt: Opt) -> bool {
    options.given(opt.name).is_some() && options.bool(opt.name)
}

fn duration(options: &Options, opt: Opt) -> Duration {
    match options.given(opt.name) {
        Some(_) => options.duration(opt.name),
        None => parse_duration(opt.default).unwrap_or_default(),
    }
}
