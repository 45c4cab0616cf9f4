//! Which way is taken, and what kubelets are lent.

use super::*;
use heapster_plugin::cluster::KubeletAccess;
use std::fs::write;
use tempfile::TempDir;

const HERE: ApiServer = ApiServer {
    master: None,
    in_cluster: true,
    insecure: false,
    kubeconfig: None,
    use_service_account: false,
};

fn around(folder: &TempDir, host: &str) -> Environment {
    Environment {
        host: Some(host.to_owned()),
        port: Some("443".to_owned()),
        account: folder.path().to_owned(),
    }
}

fn refused(server: &ApiServer, around: &Environment) -> String {
    Way::find(server, around).unwrap_err().to_string()
}

fn master(url: &str) -> Option<String> {
    Some(url.to_owned())
}

/// A folder with a token and a certificate.
fn account_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["x".to_owned()]).unwrap();
    write(folder.path().join("ca.crt"), certified.cert.pem()).unwrap();
    write(folder.path().join("token"), "secret").unwrap();
    folder
}

#[test]
fn a_pod_takes_the_address_of_its_environment_or_the_master() {
    let folder = account_folder();
    for (host, given, url) in [
        ("10.0.0.1", None, "https://10.0.0.1:443"),
        ("fd00::1", None, "https://[fd00::1]:443"),
        (
            "10.0.0.1",
            master("http://10.9.9.9:8080/"),
            "http://10.9.9.9:8080",
        ),
    ] {
        let server = ApiServer {
            master: given,
            ..HERE
        };
        let (way, access) = Way::find(&server, &around(&folder, host)).unwrap();
        assert_eq!(way.url(), url);
        let token = Token::File(folder.path().join("token"));
        assert_eq!(
            (access.token.as_ref(), way.bearer().as_ref()),
            (Some(&token), Some(&token))
        );
        assert_eq!(access.ca, Some(Pem::File(folder.path().join("ca.crt"))));
    }
}

#[test]
fn outside_of_a_cluster_the_originals_words_are_used() {
    let folder = account_folder();
    let mut outside = around(&folder, "10.0.0.1");
    outside.port = None;
    assert_eq!(refused(&HERE, &outside), NO_CLUSTER);
    let empty = tempfile::tempdir().unwrap();
    let text = format!("open {}/token: no such file or directory", empty.path().display());
    assert_eq!(refused(&HERE, &around(&empty, "10.0.0.1")), text);
    for given in [None, master(""), master("nowhere"), master("host:80 x")] {
        let server = ApiServer {
            in_cluster: false,
            master: given,
            ..HERE
        };
        assert_eq!(
            refused(&server, &outside),
            "invalid kubernetes master url specified"
        );
    }
}

#[test]
fn a_ca_that_cannot_be_read_or_must_not_count_is_left_out() {
    let folder = account_folder();
    let insecure = ApiServer {
        insecure: true,
        ..HERE
    };
    let (_, access) = Way::find(&insecure, &around(&folder, "h")).unwrap();
    assert!(access.ca.is_none() && access.insecure);
    write(folder.path().join("ca.crt"), "no certificate").unwrap();
    let (_, access) = Way::find(&HERE, &around(&folder, "h")).unwrap();
    assert!(access.ca.is_none() && !access.insecure);
}

#[test]
fn the_token_of_the_service_account_replaces_any_other_where_there_is_one() {
    let folder = account_folder();
    let server = ApiServer {
        master: master("http://h:1"),
        in_cluster: false,
        use_service_account: true,
        ..HERE
    };
    let (way, access) = Way::find(&server, &around(&folder, "h")).unwrap();
    assert!(way.bearer().is_some() && access.token == way.bearer());
    let empty = tempfile::tempdir().unwrap();
    let (way, access) = Way::find(&server, &around(&empty, "h")).unwrap();
    assert!(way.bearer().is_none() && access == KubeletAccess::default());
}

fn kubeconfig(folder: &TempDir, cluster: &str, user: &str) -> ApiServer {
    let path = folder.path().join("config");
    let text = format!(
        "current-context: x\ncontexts: [{{name: x, context: {{cluster: c, user: u}}}}]\n\
         clusters: [{{name: c, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n"
    );
    write(&path, text).unwrap();
    ApiServer {
        in_cluster: false,
        kubeconfig: Some(path),
        ..HERE
    }
}

#[test]
fn a_kubeconfig_lends_certificates_and_tokens_but_no_passwords() {
    let folder = account_folder();
    let around = around(&folder, "h");
    let user = "client-certificate-data: QQ==, client-key: k.pem, tokenFile: t, username: a, password: b";
    let server = kubeconfig(
        &folder,
        "server: 'https://api:6443', certificate-authority: ca.crt",
        user,
    );
    let (way, access) = Way::find(&server, &around).unwrap();
    assert_eq!((way.url(), way.bearer()), ("https://api:6443", None));
    let lent = KubeletAccess {
        ca: Some(Pem::File(folder.path().join("ca.crt"))),
        certificate: Some(Pem::Inline(b"A".as_slice().into())),
        key: Some(Pem::File(folder.path().join("k.pem"))),
        token: Some(Token::File(folder.path().join("t"))),
        insecure: false,
    };
    assert_eq!(access, lent);
    let server = kubeconfig(
        &folder,
        "server: 'https://api', insecure-skip-tls-verify: true",
        "token: abc, tokenFile: t",
    );
    let (_, access) = Way::find(&server, &around).unwrap();
    assert!(access.insecure && access.token == Some(Token::Inline("abc".into())));
}

#[test]
fn a_master_goes_before_the_address_of_the_kubeconfig() {
    let folder = account_folder();
    for cluster in ["server: 'https://api:6443'", ""] {
        let server = ApiServer {
            master: master("https://other:1"),
            ..kubeconfig(&folder, cluster, "")
        };
        assert_eq!(
            Way::find(&server, &around(&folder, "h")).unwrap().0.url(),
            "https://other:1"
        );
    }
}

#[test]
fn a_kubeconfig_that_leads_nowhere_is_refused_in_one_line() {
    let folder = account_folder();
    let around = around(&folder, "h");
    let mut server = kubeconfig(&folder, "", "");
    assert_eq!(refused(&server, &around), NO_MASTER);
    let path = server.kubeconfig.clone().unwrap();
    for (text, part) in [
        ("current-context: y", "current-context names no context"),
        ("{", "failed to parse kubeconfig YAML"),
        (
            "current-context: x\ncontexts: [{name: x, context: {cluster: z}}]",
            "there is no cluster \"z\"",
        ),
    ] {
        write(&path, text).unwrap();
        let error = refused(&server, &around);
        let start = format!("kubeconfig {}: ", path.display());
        assert!(error.starts_with(&start) && error.contains(part), "{error}");
    }
    server.kubeconfig = Some(folder.path().join("none"));
    let text = format!("stat {}/none: no such file or directory", folder.path().display());
    assert_eq!(refused(&server, &around), text);
}
