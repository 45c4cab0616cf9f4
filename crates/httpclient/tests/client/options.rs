//! The options that sinks have in common.

use heapster_httpclient::{Auth, Proxies, Transport, options};
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::uri::Uri;
use heapster_rehearsal::tls::{authority, signed};
use std::time::Duration;

const OPTIONS: &[Opt] = &[
    options::CA_CERT,
    options::CERT,
    options::KEY,
    options::INSECURE,
    options::USER,
    options::PASSWORD,
    options::PASSWORD_FILE,
    options::TOKEN,
    options::TOKEN_FILE,
    options::TIMEOUT,
    options::CONNECT_TIMEOUT,
    options::GZIP,
    options::PROXY,
];

fn read(declared: &'static [Opt], query: &str) -> Result<(Transport, Auth), String> {
    let uri = Uri::parse(&format!("x:?{query}"), |_| None).unwrap();
    let (options, _) = Options::parse("sink", declared, &uri).unwrap();
    let transport = Transport::from_options(&uri, &options).map_err(|error| error.to_string())?;
    let auth = Auth::from_options(&uri, &options).map_err(|error| error.to_string())?;
    Ok((transport, auth))
}

#[test]
fn a_list_without_them_leaves_the_defaults() {
    let (read, auth) = read(&[], "timeout=1s&gzip=true&user=a").unwrap();
    let default = Transport::default();
    assert_eq!(
        (read.timeout, read.connect_timeout),
        (default.timeout, default.connect_timeout)
    );
    assert_eq!((read.gzip, read.tls), (false, default.tls));
    assert_eq!(format!("{auth:?}"), format!("{:?}", Auth::none()));
}

#[test]
fn each_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let by = authority("one");
    let (certificate, key) = signed(&by, "client");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (ca, cert) = (file("ca", by.pem()), file("cert", certificate.pem()));
    let key = file("key", key.serialize_pem());
    let query = format!(
        "cacert={ca}&cert={cert}&key={key}&insecuressl=1&timeout=7s&connecttimeout=2s&gzip=t&proxy=none&user=me&pw=geheim"
    );
    let (read, auth) = read(OPTIONS, &query).unwrap();
    assert_eq!(
        (read.timeout, read.connect_timeout),
        (Duration::from_secs(7), Duration::from_secs(2))
    );
    assert!(read.gzip && read.tls.insecure && read.tls.ca.is_some());
    assert!(read.tls.certificate.is_some() && read.tls.key.is_some());
    assert_eq!(format!("{:?}", read.proxies), format!("{:?}", Proxies::none()));
    assert!(!format!("{read:?}{auth:?}").contains("geheim"));
}

#[test]
fn what_cannot_be_used_is_one_line_with_the_option() {
    for (query, wanted) in [
        (
            "cacert=/nowhere",
            r#"option "cacert" of sink "x": cannot read CA /nowhere: No such file"#,
        ),
        (
            "cert=/nowhere",
            r#"option "cert" of sink "x": a client certificate needs its key"#,
        ),
        (
            "key=/nowhere",
            r#"option "key" of sink "x": a client key needs its certificate"#,
        ),
        (
            "key=/nowhere&cert=/nowhere",
            r#"option "cert" of sink "x": cannot read client certificate /nowhere: No such file"#,
        ),
        (
            "proxy=socks5://u:geheim@h:1",
            r#"option "proxy" of sink "x": neither none nor an address that begins with http://"#,
        ),
        (
            "user=a&token=b",
            r#"option "token" of sink "x": there is also a user; give one of them"#,
        ),
        (
            "pw=a&pwfile=b&user=c",
            r#"option "pwfile" of sink "x": there is also "pw"; give one of them"#,
        ),
        (
            "token=a&tokenfile=b",
            r#"option "tokenfile" of sink "x": there is also "token"; give one of them"#,
        ),
        (
            "pw=a",
            r#"option "pw" of sink "x": it is the password of no user"#,
        ),
    ] {
        let error = read(OPTIONS, query).unwrap_err();
        assert!(error.starts_with(wanted), "{error}");
    }
}
