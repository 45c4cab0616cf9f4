//! Proxies between the client and a server.

use crate::stream::Stream;
use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::error::Error;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// Which requests go through which proxy. This machine's own addresses never do.
#[derive(Clone, Debug)]
pub struct Proxies(Arc<Matcher>);

impl Proxies {
    /// The proxies of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or small letters. `NO_PROXY` holds
    /// names with all names below them, addresses and networks such as `10.0.0.0/8`.
    #[must_use]
    pub fn from_environment() -> Self {
        Self(Arc::new(Matcher::from_env()))
    }

    /// The given proxies; an empty text is none.
    #[must_use]
    pub fn new(http: &str, https: &str, none_for: &str) -> Self {
        Self(Arc::new(
            Matcher::builder()
                .http(http.to_owned())
                .https(https.to_owned())
                .no(none_for.to_owned())
                .build(),
        ))
    }

    /// No proxy at all.
    #[must_use]
    pub fn none() -> Self {
        Self::new("", "", "")
    }

    pub(crate) fn of(&self, server: &Uri) -> Option<Intercept> {
        let host = server.host()?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()) {
            return None;
        }
        self.0.intercept(server)
    }
}

/// Connects to a server, or to the proxy in front of it.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) direct: HttpConnector,
    pub(crate) proxies: Proxies,
}

impl Service<Uri> for Route {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.direct.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let mut direct = self.direct.clone();
        let proxy = self.proxies.of(&server);
        Box::pin(async move {
            let Some(proxy) = proxy else {
                return Ok(Stream::new(direct.call(server).await?, false));
            };
            if proxy.uri().scheme() != Some(&Scheme::HTTP) {
                let scheme = proxy.uri().scheme_str().unwrap_or("");
                return Err(format!(
                    "the proxy of the environment is a {scheme:?} one: only http is supported"
                )
                .into());
            }
            if server.scheme() == Some(&Scheme::HTTPS) {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                return Ok(Stream::new(tunnel.call(server).await?, false));
            }
            Ok(Stream::new(direct.call(proxy.uri().clone()).await?, true))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(proxies: &Proxies, server: &'static str) -> bool {
        proxies.of(&Uri::from_static(server)).is_some()
    }

    #[test]
    fn names_addresses_and_networks_are_left_out() {
        let proxies = Proxies::new("http://p:1", "http://p:2", "example.com, 10.0.0.0/8,192.168.1.1");
        assert!(through(&proxies, "http://example.org/"));
        assert!(through(&proxies, "https://192.168.1.2/"));
        for server in [
            "http://example.com/",
            "https://a.example.com:8/",
            "http://10.1.2.3:10255/",
            "http://192.168.1.1/",
        ] {
            assert!(!through(&proxies, server), "{server}");
        }
    }

    #[test]
    fn this_machine_is_never_behind_a_proxy() {
        let proxies = Proxies::new("http://p:1", "http://p:1", "");
        for server in ["http://localhost:1/", "https://127.0.0.9/", "http://[::1]:8/"] {
            assert!(!through(&proxies, server), "{server}");
        }
    }
}
