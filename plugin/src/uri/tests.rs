use super::*;

fn parse(text: &str) -> Result<Uri, UriError> {
    Uri::parse(text, |name| (name == "HOST").then(|| "db".to_owned()))
}

#[test]
fn the_examples_of_the_original_read_as_there() {
    let uri = parse("influxdb:http://monitoring-influxdb:8086?key=val&key2=val2").unwrap();
    assert_eq!((uri.key.as_str(), uri.scheme.as_str()), ("influxdb", "http"));
    assert_eq!(
        (uri.host.as_str(), uri.raw_query.as_str()),
        ("monitoring-influxdb:8086", "key=val&key2=val2")
    );
    assert_eq!(parse("gcm").unwrap().canonical(), "gcm");
    assert_eq!(parse("gcm:").unwrap().canonical(), "gcm");
    assert_eq!(
        parse("gcm:?metrics=all").unwrap().query("metrics").as_deref(),
        Some("all")
    );
    assert_eq!(parse("influxdb:foo").unwrap().path, "foo");
    assert_eq!(parse("kubernetes.summary_api:''").unwrap().path, "''");
    let uri = parse("kubernetes:localhost:8080").unwrap();
    assert_eq!(
        (uri.scheme.as_str(), uri.opaque.as_str(), uri.host.as_str()),
        ("localhost", "8080", "")
    );
}

#[test]
fn what_is_no_uri_says_why() {
    assert_eq!(
        parse(":foo").unwrap_err().to_string(),
        "missing uri key in ':foo'"
    );
    assert_eq!(parse("").unwrap_err().to_string(), "missing uri key in ''");
    assert!(
        parse("key:incorrecturl/%gh&%ij")
            .unwrap_err()
            .to_string()
            .contains("invalid URL escape \"%gh\"")
    );
    let error = parse("kubernetes:10.0.0.1:8080").unwrap_err().to_string();
    assert!(
        error.contains("first path segment in URL cannot contain colon"),
        "{error}"
    );
    assert!(
        parse("a:http://x:y/")
            .unwrap_err()
            .to_string()
            .contains("invalid port")
    );
    assert!(parse("a:http://x/%").is_err());
    assert!(parse("a:ü%ü").is_err());
}

#[test]
fn variables_are_expanded_behind_the_key_only() {
    assert_eq!(
        parse("a:http://$HOST:1/${HOST}$NONE?x=$").unwrap().canonical(),
        "a:http://db:1/db?x=$"
    );
    assert_eq!(parse("$HOST:x").unwrap().key, "$HOST");
}

#[test]
fn values_are_decoded_and_keep_their_order() {
    let uri = parse("a:?n=1&n=a%20b+c&bad=%zz&empty=").unwrap();
    let pairs = uri.pairs();
    let want = [("n", "1"), ("n", "a b c"), ("empty", "")];
    assert_eq!(
        pairs
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect::<Vec<_>>(),
        want
    );
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
