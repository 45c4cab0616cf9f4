//! The current context of a kubeconfig.

use super::{NO_MASTER, unreadable};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use heapster_plugin::cluster::{ClusterError, KubeletAccess, Pem, Token};
use kube::Config;
use kube::config::{AuthInfo, Cluster, KubeConfigOptions, Kubeconfig, KubeconfigError};
use secrecy::ExposeSecret;
use std::fmt::Display;
use std::path::Path;

/// A kubeconfig whose current context names a cluster with an address.
#[derive(Debug)]
pub(super) struct Context {
    file: Kubeconfig,
    url: String,
}

impl Context {
    /// Reads a kubeconfig; `master` replaces the address in it.
    pub(super) fn read(path: &Path, master: Option<&str>) -> Result<Self, ClusterError> {
        if let Err(error) = std::fs::metadata(path) {
            return Err(ClusterError(unreadable("stat", path, &error)));
        }
        let refuse = |reason: &dyn Display| ClusterError(format!("kubeconfig {}: {reason}", path.display()));
        let mut file = Kubeconfig::read_from(path).map_err(|error| refuse(&error))?;
        let wanted = match context(&file) {
            Some(context) => context.cluster.clone(),
            None => return Err(refuse(&"current-context names no context of the file")),
        };
        let found = file.clusters.iter_mut().find(|named| named.name == wanted);
        let cluster = found.and_then(|named| named.cluster.as_mut());
        let cluster = cluster.ok_or_else(|| refuse(&format!("there is no cluster {wanted:?}")))?;
        if let Some(master) = master {
            cluster.server = Some(master.to_owned());
        }
        let url = cluster.server.clone().unwrap_or_default();
        if url.is_empty() {
            return Err(ClusterError(NO_MASTER.to_owned()));
        }
        Ok(Self { file, url })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Settings of a client, without a proxy of the environment.
    pub(super) fn config(&self) -> Result<Config, KubeconfigError> {
        let options = KubeConfigOptions::default();
        // It is asynchronous, but has nothing to wait for.
        let read = Config::from_custom_kubeconfig(self.file.clone(), &options).now_or_never();
        let mut config = read.unwrap_or(Err(KubeconfigError::FindPath))?;
        let own_proxy = self.cluster().and_then(|cluster| cluster.proxy_url.as_deref());
        if own_proxy.is_none_or(str::is_empty) {
            config.proxy_url = None;
        }
        Ok(config)
    }

    /// What is lent to kubelet requests: certificates and tokens, not passwords and not what plug-ins give.
    pub(super) fn kubelet_access(&self) -> Result<KubeletAccess, ClusterError> {
        let mut access = KubeletAccess::default();
        if let Some(cluster) = self.cluster() {
            access.ca = pem(
                "certificate-authority",
                cluster.certificate_authority_data.as_deref(),
                cluster.certificate_authority.as_deref(),
            )?;
            access.insecure = cluster.insecure_skip_tls_verify.unwrap_or(false);
        }
        if let Some(user) = self.user() {
            let key = user.client_key_data.as_ref().map(ExposeSecret::expose_secret);
            access.certificate = pem(
                "client-certificate",
                user.client_certificate_data.as_deref(),
                user.client_certificate.as_deref(),
            )?;
            access.key = pem("client-key", key, user.client_key.as_deref())?;
            let inline = user.token.as_ref().map(ExposeSecret::expose_secret);
            access.token = match (inline, &user.token_file) {
                (Some(token), _) if !token.is_empty() => Some(Token::Inline(token.into())),
                (_, Some(path)) => Some(Token::File(path.into())),
                _ => None,
            };
        }
        Ok(access)
    }

    fn cluster(&self) -> Option<&Cluster> {
        let wanted = &context(&self.file)?.cluster;
        let named = self.file.clusters.iter().find(|named| named.name == *wanted)?;
        named.cluster.as_ref()
    }

    fn user(&self) -> Option<&AuthInfo> {
        let wanted = context(&self.file)?.user.as_deref()?;
        let named = self.file.auth_infos.iter().find(|named| named.name == wanted)?;
        named.auth_info.as_ref()
    }
}

fn context(file: &Kubeconfig) -> Option<&kube::config::Context> {
    let wanted = file.current_context.as_deref()?;
    let named = file.contexts.iter().find(|named| named.name == wanted)?;
    named.context.as_ref()
}

/// Data goes before a file.
fn pem(what: &str, data: Option<&str>, path: Option<&str>) -> Result<Option<Pem>, ClusterError> {
    let is_set = |text: &&str| !text.is_empty();
    if let Some(data) = data.filter(is_set) {
        let text = STANDARD
            .decode(data)
            .map_err(|error| ClusterError(format!("{what}-data of the kubeconfig: {error}")))?;
        return Ok(Some(Pem::Inline(text.into())));
    }
    Ok(path.filter(is_set).map(|path| Pem::File(path.into())))
}
