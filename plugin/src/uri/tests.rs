use super::*;

fn parse(text: &str) -> Result<Uri, UriError> {
    Uri::parse(text, |name| (name == "HOST").then(|| "db".to_owned()))
}

/// Key, scheme, opaque part, host, path and query.
fn parts(text: &str) -> [String; 6] {
    let uri = parse(text).unwrap();
    [uri.key, uri.scheme, uri.opaque, uri.host, uri.path, uri.raw_query]
}

/// Source: Heapster 1.5 common/flags/flags_test.go and its users' manifests.
#[test]
fn the_examples_of_the_original_read_as_there() {
    for (text, wanted) in [
        ("gcm", ["gcm", "", "", "", "", ""]),
        ("gcm:", ["gcm", "", "", "", "", ""]),
        ("gcm:?metrics=all", ["gcm", "", "", "", "", "metrics=all"]),
        (
            "influxdb:http://monitoring-influxdb:8086?key=val&key2=val2",
            [
                "influxdb",
                "http",
                "",
                "monitoring-influxdb:8086",
                "",
                "key=val&key2=val2",
            ],
        ),
        ("influxdb:foo", ["influxdb", "", "", "", "foo", ""]),
        (
            "kubernetes.summary_api:''",
            ["kubernetes.summary_api", "", "", "", "''", ""],
        ),
        ("kubernetes:\"\"", ["kubernetes", "", "", "", "\"\"", ""]),
        (
            "kubernetes:localhost:8080",
            ["kubernetes", "localhost", "8080", "", "", ""],
        ),
    ] {
        assert_eq!(parts(text), wanted, "{text}");
    }
}

#[test]
fn an_ip_address_with_a_port_needs_no_slashes() {
    for (text, wanted) in [
        (
            "wavefront:10.0.0.1:2878",
            ["wavefront", "", "", "10.0.0.1:2878", "", ""],
        ),
        ("a:[::1]:1/p?q=r", ["a", "", "", "[::1]:1", "/p", "q=r"]),
    ] {
        assert_eq!(parts(text), wanted, "{text}");
        assert!(parse(text).unwrap().is_bare_address());
    }
    for text in ["a:http://10.0.0.1:1", "a://10.0.0.1:1", "a:localhost:1", "a"] {
        assert!(!parse(text).unwrap().is_bare_address(), "{text}");
    }
}

#[test]
fn a_value_without_url_is_its_key_alone() {
    assert_eq!(parse("gcm").unwrap().canonical(), "gcm");
    assert_eq!(parse("gcm:").unwrap().canonical(), "gcm");
}

#[test]
fn an_empty_key_is_no_uri() {
    for text in ["", ":", ":foo"] {
        let error = parse(text).unwrap_err().to_string();
        assert_eq!(error, format!("missing uri key in '{text}'"));
    }
}

#[test]
fn what_is_no_url_says_why() {
    for (text, why) in [
        ("key:incorrecturl/%gh&%ij", "invalid URL escape \"%gh\""),
        (
            "kubernetes:10.0.0.1.2:8080",
            "first path segment in URL cannot contain colon",
        ),
        ("a:http://x:y/", "invalid port \":y\" after host"),
        ("a:http://x/%", "invalid URL escape \"%\""),
        ("a:ü%ü", "invalid URL escape \"%ü\""),
        ("a:http://[::1/", "missing ']' in host"),
        ("a::x", "missing protocol scheme"),
        ("a:x\ny", "net/url: invalid control character in URL"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with("parse \"") && error.ends_with(why), "{error}");
    }
}

#[test]
fn what_is_no_url_is_shown_without_its_password() {
    let error = parse("a:http://u:geheim@h:x/?pw=geheim").unwrap_err().to_string();
    assert!(error.contains("http://u:***@h:x/?pw=***"), "{error}");
}

#[test]
fn variables_are_expanded_behind_the_key_only() {
    assert_eq!(
        parse("a:http://$HOST:1/${HOST}$NONE?x=$").unwrap().canonical(),
        "a:http://db:1/db?x=$"
    );
    assert_eq!(parse("$HOST:x").unwrap().key, "$HOST");
}

fn pairs(text: &str) -> Vec<(String, String)> {
    parse(text).unwrap().pairs()
}

#[test]
fn values_are_decoded_and_keep_their_order() {
    let want = [("n", "1"), ("n", "a b c"), ("empty", "")];
    let want = want.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(pairs("a:?n=1&n=a%20b+c&empty="), want);
    assert_eq!(parse("a:?n=1&n=2").unwrap().query("n").as_deref(), Some("1"));
}

#[test]
fn a_semicolon_separates_like_an_ampersand() {
    assert_eq!(pairs("a:?x=1;y=2"), pairs("a:?x=1&y=2"));
    assert_eq!(pairs("a:?x=1&amp;y=2")[1].0, "amp;y");
}

#[test]
fn a_pair_with_a_bad_escape_is_left_out_and_named() {
    let uri = parse("a:?n=1&bad=%zz&b%61d=%&%=x").unwrap();
    assert_eq!(uri.pairs().len(), 1);
    assert_eq!(uri.unreadable(), ["bad", "bad", "%"]);
}

#[test]
fn secrets_do_not_reach_the_log() {
    let uri = parse("influxdb:http://u:geheim@h:1?user=a&pw=geheim&esUserSecret=geheim").unwrap();
    assert_eq!(
        uri.redacted(),
        "influxdb:http://u:***@h:1?user=a&pw=***&esUserSecret=***"
    );
    assert_eq!(
        redact("--sink=librato:?token=geheim&x=1 --v=2"),
        "--sink=librato:?token=***&x=1 --v=2"
    );
}
