//! Files that clients read: the authority's certificate, the token, and a kubeconfig that names both.

use super::ports::{StartError, Urls};
use crate::tls::Authority;
use std::path::Path;

/// Writes them; only what there is.
pub(super) fn write(
    folder: &Path,
    urls: &Urls,
    authority: Option<&Authority>,
    token: Option<&str>,
) -> Result<(), StartError> {
    std::fs::create_dir_all(folder).map_err(|error| StartError::Write(folder.to_owned(), error))?;
    let mut cluster = format!("server: {}", urls.api_tls.as_ref().unwrap_or(&urls.api));
    if let Some(authority) = authority {
        let path = put(folder, "ca.crt", authority.pem())?;
        cluster = format!("{cluster}\n    certificate-authority: {path}");
    }
    let mut user = "{}".to_owned();
    if let Some(token) = token {
        put(folder, "token", token)?;
        user = format!("\n    token: {token}");
    }
    let config = format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: sim\n  cluster:\n    {cluster}\nusers:\n- name: sim\n  user: {user}\n\
         contexts:\n- name: sim\n  context:\n    cluster: sim\n    user: sim\ncurrent-context: sim\n"
    );
    put(folder, "kubeconfig", &config)?;
    Ok(())
}

fn put(folder: &Path, name: &str, text: &str) -> Result<String, StartError> {
    let path = folder.join(name);
    let full = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
    std::fs::write(&path, text).map_err(|error| StartError::Write(path, error))?;
    Ok(full.display().to_string())
}
