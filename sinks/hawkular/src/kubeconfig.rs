//! The TLS settings in a kubeconfig: those of its current context.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use heapster_httpclient::TlsOptions;
use heapster_plugin::cluster::Pem;
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Kubeconfig {
    current_context: String,
    contexts: Vec<Named>,
    clusters: Vec<Named>,
    users: Vec<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
    context: Context,
    cluster: Cluster,
    user: User,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Cluster {
    certificate_authority: String,
    certificate_authority_data: String,
    insecure_skip_tls_verify: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct User {
    client_certificate: String,
    client_certificate_data: String,
    client_key: String,
    client_key_data: String,
}

/// Reads the file at `path`. Files that it names are relative to its folder.
///
/// # Errors
/// One line: the file cannot be read, is no kubeconfig, or holds data that are not base64.
pub(crate) fn tls(path: &Path) -> Result<TlsOptions, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    let config: Kubeconfig = serde_saphyr::from_str(&text).map_err(|error| {
        format!(
            "{shown} is no kubeconfig: {}",
            error.to_string().lines().next().unwrap_or("")
        )
    })?;
    let named =
        |all: Vec<Named>, name: &str| all.into_iter().find(|one| one.name == name).unwrap_or_default();
    let context = named(config.contexts, &config.current_context).context;
    let cluster = named(config.clusters, &context.cluster).cluster;
    let user = named(config.users, &context.user).user;
    let pem = |file: &str, data: &str| match (file, data) {
        ("", "") => Ok(None),
        (file, "") => Ok(Some(Pem::File(path.parent().unwrap_or(path).join(file)))),
        (_, data) => match STANDARD.decode(data.trim()) {
            Ok(pem) => Ok(Some(Pem::Inline(pem.into()))),
            Err(error) => Err(format!("{shown} holds data that are not base64: {error}")),
        },
    };
    Ok(TlsOptions {
        ca: pem(
            &cluster.certificate_authority,
            &cluster.certificate_authority_data,
        )?,
        certificate: pem(&user.client_certificate, &user.client_certificate_data)?,
        key: pem(&user.client_key, &user.client_key_data)?,
        insecure: cluster.insecure_skip_tls_verify,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_those_of_the_current_context() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let text = "apiVersion: v1
kind: Config
current-context: b
contexts:
- {name: a, context: {cluster: one, user: one}}
- {name: b, context: {cluster: two, user: two}}
clusters:
- name: one
  cluster: {server: 'https://one', insecure-skip-tls-verify: true}
- name: two
  cluster: {server: 'https://two', certificate-authority: ca.pem}
users:
- name: two
  user: {client-certificate-data: eA==, client-key-data: eQ==, token: t}
";
        std::fs::write(&path, text).unwrap();
        let wanted = TlsOptions {
            ca: Some(Pem::File(folder.path().join("ca.pem"))),
            certificate: Some(Pem::Inline(b"x".as_slice().into())),
            key: Some(Pem::Inline(b"y".as_slice().into())),
            insecure: false,
        };
        assert_eq!(tls(&path), Ok(wanted));
        std::fs::write(&path, text.replace("eA==", "?")).unwrap();
        assert!(tls(&path).unwrap_err().contains("holds data that are not base64"));
        std::fs::write(&path, "[").unwrap();
        assert!(tls(&path).unwrap_err().contains("is no kubeconfig: "));
        assert!(
            tls(&folder.path().join("none"))
                .unwrap_err()
                .starts_with("cannot read ")
        );
    }
}
