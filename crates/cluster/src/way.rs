//! From the options of a source to an API server's address, a client for it, and credentials for kubelets.
//!
//! Source: Heapster 1.5 common/kubernetes/configs.go. Differs: MASTER and `insecure` also count beside a kubeconfig; a proxy of the
//! environment is used as for every other request; credentials are read again when they change.

mod kubeconfig;

#[cfg(test)]
mod tests;

use heapster_plugin::cluster::{ApiServer, ClusterError, KubeletAccess, Pem, Token};
use hyper_util::client::proxy::matcher::Matcher;
use kube::Config;
use kubeconfig::Context;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the original says when no address is known.
const NO_MASTER: &str = "invalid kubernetes master url specified";
/// What the original says outside of a cluster.
const NO_CLUSTER: &str = "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be \
                          defined";
/// How long a connection may be silent: longer than any watch is kept open.
const SILENCE: Duration = Duration::from_secs(305);

/// What a pod finds around itself.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    /// The folder of the service account.
    pub(crate) account: PathBuf,
}

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            host: set("KUBERNETES_SERVICE_HOST"),
            port: set("KUBERNETES_SERVICE_PORT"),
            account: "/var/run/secrets/kubernetes.io/serviceaccount".into(),
        }
    }

    fn token(&self) -> PathBuf {
        self.account.join("token")
    }

    /// The address of the API server of the pod's own cluster.
    fn url(&self) -> Result<String, ClusterError> {
        match (&self.host, &self.port) {
            (Some(host), Some(port)) if host.contains(':') => Ok(format!("https://[{host}]:{port}")),
            (Some(host), Some(port)) => Ok(format!("https://{host}:{port}")),
            _ => Err(ClusterError(NO_CLUSTER.to_owned())),
        }
    }
}

/// A way to an API server. Files are named, not kept.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    url: String,
    insecure: bool,
    identity: Identity,
    /// The token of the pod's service account, where it replaces any other.
    account_token: Option<PathBuf>,
}

/// Where credentials and authorities come from.
#[derive(Clone, Debug)]
enum Identity {
    /// The folder of the service account: the token, and the CA if there is one.
    Account { token: PathBuf, ca: Option<PathBuf> },
    /// The current context of a kubeconfig.
    Kubeconfig(PathBuf),
    /// None.
    Nobody,
}

impl Way {
    /// Finds the way. Reads files, contacts nothing.
    ///
    /// # Errors
    /// In the original's words, as it starts no source then.
    pub(crate) fn find(
        server: &ApiServer,
        around: &Environment,
    ) -> Result<(Self, KubeletAccess), ClusterError> {
        let master = server.master.as_deref();
        let (url, identity, mut access) = if server.in_cluster {
            let own = around.url()?;
            let (identity, access) = account(server, around)?;
            (master.map_or(own, str::to_owned), identity, access)
        } else if let Some(path) = &server.kubeconfig {
            let context = Context::read(path, master)?;
            let url = context.url().to_owned();
            (url, Identity::Kubeconfig(path.clone()), context.kubelet_access()?)
        } else {
            let url = master.unwrap_or("").to_owned();
            (url, Identity::Nobody, KubeletAccess::default())
        };
        let url = url.trim_end_matches('/').to_owned();
        let parsed: Option<http::Uri> = url.parse().ok();
        if !parsed.is_some_and(|url| url.scheme().is_some() && url.host().is_some()) {
            return Err(ClusterError(NO_MASTER.to_owned()));
        }
        let token = around.token();
        let account_token = (server.use_service_account && std::fs::read(&token).is_ok()).then_some(token);
        if let Some(token) = &account_token {
            access.token = Some(Token::File(token.clone()));
        }
        access.insecure |= server.insecure;
        let insecure = server.insecure;
        let way = Self {
            url,
            insecure,
            identity,
            account_token,
        };
        Ok((way, access))
    }

    /// The address, for people.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The token file whose content is sent with each request.
    pub(crate) fn bearer(&self) -> Option<Token> {
        let own = match &self.identity {
            Identity::Account { token, .. } => Some(token.clone()),
            Identity::Kubeconfig(_) | Identity::Nobody => None,
        };
        self.account_token.clone().or(own).map(Token::File)
    }

    /// A client, from what the files hold now. Call it where blocking is allowed and a runtime is there.
    ///
    /// # Errors
    /// A file that cannot be read, certificates that cannot be used, a program for credentials that failed.
    pub(crate) fn connect(&self) -> Result<kube::Client, Box<dyn std::error::Error + Send + Sync>> {
        let mut config = match &self.identity {
            Identity::Kubeconfig(path) => Context::read(path, Some(&self.url))?.config()?,
            Identity::Account { ca, .. } => {
                let mut config = Config::new(self.url.parse()?);
                if let Some(certificates) = ca.as_deref().and_then(readable) {
                    config.root_cert = Some(certificates);
                    config.root_cert_file = ca.clone();
                }
                config
            }
            Identity::Nobody => Config::new(self.url.parse()?),
        };
        if self.account_token.is_some() {
            config.auth_info.username = None;
            config.auth_info.token = None;
            config.auth_info.token_file = None;
            config.auth_info.exec = None;
            config.auth_info.auth_provider = None;
        }
        config.accept_invalid_certs |= self.insecure;
        let checks = config.cluster_url.scheme_str() == Some("https") && !config.accept_invalid_certs;
        if !checks {
            // Else the system's authorities are loaded, and there are none in an image with nothing but this program.
            config.root_cert = Some(Vec::new());
            config.root_cert_file = None;
        }
        if config.proxy_url.is_none() {
            let proxy = Matcher::from_env().intercept(&config.cluster_url);
            config.proxy_url = proxy.map(|proxy| proxy.uri().clone());
        }
        config.read_timeout = Some(SILENCE);
        config.reset_reader_on_write = true;
        // Here attempts are counted, logged and spaced.
        config.default_retry = false;
        Ok(kube::Client::try_from(config)?)
    }
}

/// The identity of the pod's service account.
fn account(server: &ApiServer, around: &Environment) -> Result<(Identity, KubeletAccess), ClusterError> {
    let token = around.token();
    if let Err(error) = std::fs::read(&token) {
        return Err(ClusterError(unreadable("open", &token, &error)));
    }
    let ca = (!server.insecure).then(|| around.account.join("ca.crt"));
    let found = ca.clone().filter(|path| readable(path).is_some());
    if let Some(path) = &ca
        && found.is_none()
    {
        tracing::error!(
            "cannot read certificates from {}: the system's authorities are used for the API server",
            path.display()
        );
    }
    let access = KubeletAccess {
        ca: found.map(Pem::File),
        token: Some(Token::File(token.clone())),
        ..KubeletAccess::default()
    };
    Ok((Identity::Account { token, ca }, access))
}

/// The certificates of a PEM file; `None` when there are none.
fn readable(path: &Path) -> Option<Vec<Vec<u8>>> {
    let text = std::fs::read(path).ok()?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text)
        .map(|one| one.map(|one| one.to_vec()))
        .collect();
    all.ok().filter(|all| !all.is_empty())
}

/// An error of the file system in the words of the original's language.
fn unreadable(verb: &str, path: &Path, error: &std::io::Error) -> String {
    let reason = if error.kind() == std::io::ErrorKind::NotFound {
        "no such file or directory".to_owned()
    } else {
        error.to_string()
    };
    format!("{verb} {}: {reason}", path.display())
}
