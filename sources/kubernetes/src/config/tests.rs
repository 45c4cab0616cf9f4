//! What a URI asks for.

use super::*;
use crate::testing::{build, node};
use heapster_plugin::cluster::KubeletAccess;

fn config(text: &str) -> Config {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, unknown) = Options::parse("source", OPTIONS, &uri).unwrap();
    assert_eq!(unknown, []);
    Config::parse(&uri, &options)
}

fn refusal(text: &str) -> String {
    let uri = Uri::parse(text, |_| None).unwrap();
    Options::parse("source", OPTIONS, &uri).unwrap_err().to_string()
}

#[test]
fn the_key_picks_the_api_asked_first() {
    assert_eq!(config("kubernetes").api, Api::ContainerStats);
    assert_eq!(config("kubernetes.summary_api:").api, Api::Summary);
}

#[test]
fn a_master_needs_a_scheme_and_a_host() {
    let master = |rest: &str| config(&format!("kubernetes:{rest}")).server.master;
    assert_eq!(
        master("https://kubernetes.default").as_deref(),
        Some("https://kubernetes.default")
    );
    assert_eq!(
        master("http://10.0.0.1:8080?insecure=true").as_deref(),
        Some("http://10.0.0.1:8080")
    );
    assert_eq!(
        master("https://me:secret@[::1]:6443/path#part").as_deref(),
        Some("https://[::1]:6443")
    );
    for none in ["", "''", "\"\"", "word", "host:8080", "//host", "/path"] {
        assert_eq!(master(none), None, "{none}");
    }
}

#[test]
fn without_options_everything_is_as_in_1_5() {
    let config = config("kubernetes.summary_api:");
    let server = &config.server;
    assert!(server.in_cluster && !server.insecure && !server.use_service_account);
    assert_eq!(server.kubeconfig, None);
    assert!(!config.https && !config.insecure);
    assert_eq!(config.port(None), 10255);
    assert_eq!(
        (config.max_body, config.host_id_annotation.as_str()),
        (32 << 20, "")
    );
}

#[test]
fn the_options_of_the_api_server_reach_it() {
    let uri = "kubernetes:http://api:8080?inClusterConfig=false&auth=/etc/kubeconfig&useServiceAccount=1&insecure=T";
    let server = build(uri, vec![node("n1", "127.0.0.1")], KubeletAccess::default())
        .unwrap()
        .server;
    let expected = ApiServer {
        master: Some("http://api:8080".to_owned()),
        in_cluster: false,
        insecure: true,
        kubeconfig: Some("/etc/kubeconfig".into()),
        use_service_account: true,
    };
    assert_eq!(server, expected);
}

#[test]
fn an_empty_auth_is_none() {
    assert_eq!(config("kubernetes:?auth=").server.kubeconfig, None);
}

#[test]
fn insecure_means_kubelets_too_and_kubelet_insecure_means_them_only() {
    let both = config("kubernetes:?insecure=true");
    assert!(both.insecure && both.server.insecure);
    let kubelets = config("kubernetes:?kubeletInsecure=true");
    assert!(kubelets.insecure && !kubelets.server.insecure);
}

#[test]
fn a_port_that_is_given_outranks_the_nodes_own() {
    let given = config("kubernetes:?kubeletPort=10250");
    assert_eq!((given.port(None), given.port(Some(7))), (10250, 10250));
    let https = config("kubernetes:?kubeletHttps=true&kubeletPort=10255");
    assert_eq!(https.port(Some(7)), 10255);
}

#[test]
fn over_https_the_nodes_own_port_counts_and_over_http_it_does_not() {
    let https = config("kubernetes:?kubeletHttps=true");
    assert_eq!((https.port(None), https.port(Some(7))), (10250, 7));
    assert_eq!(config("kubernetes").port(Some(7)), 10255);
}

#[test]
fn a_value_that_its_option_cannot_take_is_named() {
    assert_eq!(
        refusal("kubernetes:?insecure=maybe"),
        "option \"insecure\" of source \"kubernetes\": strconv.ParseBool: parsing \"maybe\": invalid syntax; it takes true or false"
    );
    for (query, part) in [
        ("insecure=", "strconv.ParseBool"),
        (
            "kubeletPort=many",
            "strconv.ParseInt: parsing \"many\": invalid syntax",
        ),
        ("kubeletPort=0", "0 is not in 1..=65535"),
        ("kubeletPort=65536", "65536 is not in 1..=65535"),
        ("kubeletHttps=yes", "strconv.ParseBool"),
        ("maxbody=1", "1 is not in 65536..=1073741824"),
    ] {
        let text = refusal(&format!("kubernetes.summary_api:?{query}"));
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_removed_option_is_accepted() {
    config("kubernetes:?apiVersion=v1beta3");
}

#[test]
fn an_option_that_nobody_knows_is_answered_with_the_nearest() {
    let uri = Uri::parse("kubernetes:?kubletPort=1", |_| None).unwrap();
    let (_, unknown) = Options::parse("source", OPTIONS, &uri).unwrap();
    assert_eq!(unknown[0].nearest, Some("kubeletPort"));
}

#[test]
fn the_readme_lists_every_option() {
    let readme = include_str!("../../README.md");
    let page = include_str!("../../../../docs/sources/kubernetes.md");
    for option in OPTIONS {
        let name = format!("| `{}` |", option.name);
        assert!(readme.contains(&name), "README.md lacks {name}");
        assert!(page.contains(&name), "docs/sources/kubernetes.md lacks {name}");
    }
}
