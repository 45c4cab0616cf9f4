use super::*;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, unknown) = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
    assert!(unknown.iter().all(|one| one.unreadable), "{unknown:?}");
    let variable = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::new(&uri, &options, variable).map_err(|error| error.to_string())
}

fn config(text: &str) -> Config {
    parse(text, &[]).unwrap()
}

#[test]
fn the_defaults_are_those_of_the_original() {
    let config = config("elasticsearch:http://h:9200");
    assert_eq!(config.nodes, ["http://h:9200"]);
    assert_eq!(
        (config.index.as_str(), config.cluster.as_str()),
        ("heapster", "default")
    );
    assert_eq!(
        (config.dialect, config.pipeline, config.stream),
        (None, None, false)
    );
    assert_eq!(
        (config.sniff, config.health, config.startup),
        (true, true, Duration::from_secs(5))
    );
    assert_eq!((config.retries, config.workers), (0, 5));
    assert_eq!((config.actions, config.bytes), (1_000, 2 << 20));
    assert!(!config.transport.gzip);
}

#[test]
fn every_option_has_its_effect() {
    let config = config(
        "elasticsearch:?nodes=http://a:1/es/&nodes=https://b&index=lab&cluster_name=c1&ver=5&pipeline=p&sniff=f\
         &healthCheck=0&startupHealthcheckTimeout=1.5&maxRetries=3&bulkWorkers=-4&bulkActions=7&bulkBytes=4096&gzip=true",
    );
    assert_eq!(config.nodes, ["http://a:1/es", "https://b"]);
    assert_eq!((config.index.as_str(), config.cluster.as_str()), ("lab", "c1"));
    assert_eq!(config.dialect, Some(Dialect::Typed5));
    assert_eq!(config.pipeline.as_deref(), Some("p"));
    assert_eq!(
        (config.sniff, config.health, config.startup),
        (false, false, Duration::from_millis(1500))
    );
    assert_eq!((config.retries, config.workers), (3, 1));
    assert_eq!((config.actions, config.bytes), (7, 4096));
    assert!(config.transport.gzip);
}

#[test]
fn a_wrong_option_is_one_line_that_names_it() {
    let option = |name: &str, reason: &str| format!("option \"{name}\" of sink \"elasticsearch\": {reason}");
    for (query, name, reason) in [
        (
            "ver=3",
            "ver",
            "\"3\" is none of auto, 2, 5, 6, 7, 8, 9, opensearch",
        ),
        ("maxRetries=-1", "maxRetries", "-1 is not in 0..=1000"),
        (
            "maxRetries=x",
            "maxRetries",
            "strconv.ParseInt: parsing \"x\": invalid syntax; it takes a number in 0..=1000",
        ),
        (
            "sniff=maybe",
            "sniff",
            "strconv.ParseBool: parsing \"maybe\": invalid syntax; it takes true or false",
        ),
        (
            "startupHealthcheckTimeout=x",
            "startupHealthcheckTimeout",
            "time: invalid duration \"xs\"",
        ),
        (
            "nodes=h:9200",
            "nodes",
            "\"h:9200\" is no address: it begins with neither http:// nor https://",
        ),
        (
            "nodes=ftp://h",
            "nodes",
            "\"ftp://h\" is no address: it begins with neither http:// nor https://",
        ),
        (
            "index=Lab",
            "index",
            "\"Lab\" has capital letters; the names of indices may not",
        ),
        (
            "dataStream=true&ver=5",
            "dataStream",
            "there are no data streams with ver=5",
        ),
        (
            "apiKey=a&token=b",
            "token",
            "there is also \"apiKey\"; give one of them",
        ),
        (
            "token=a&tokenfile=b",
            "tokenfile",
            "there is also \"token\"; give one of them",
        ),
        (
            "index=%zz",
            "index",
            "cannot be read: a % that is meant as itself is written %25",
        ),
    ] {
        let error = parse(&format!("elasticsearch:http://h?{query}"), &[]).unwrap_err();
        assert_eq!(error, option(name, reason));
    }
}

#[test]
fn a_sink_without_node_is_refused() {
    for text in ["elasticsearch", "elasticsearch:?index=x", "elasticsearch:h"] {
        let error = parse(text, &[]).unwrap_err();
        assert!(error.contains("no node assigned"), "{error}");
    }
}

#[test]
fn no_credentials_show_in_errors_or_debug_output() {
    let error = parse("elasticsearch:?nodes=ftp://u:geheim@h", &[]).unwrap_err();
    assert!(!error.contains("geheim"), "{error}");
    for text in [
        "?nodes=http://u:geheim@h",
        "http://h?esUserName=u&esUserSecret=geheim",
        "http://h?apiKey=geheim",
    ] {
        let shown = format!("{:?}", config(&format!("elasticsearch:{text}")));
        assert!(!shown.contains("geheim"), "{shown}");
    }
}

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_KEY", "geheim")];

#[test]
fn aws_keys_in_the_environment_sign_and_turn_sniffing_off() {
    let signs = |config: &Config| format!("{:?}", config.transport.auth).contains("Signer");
    let config = parse("elasticsearch:http://h:9200", &KEYS).unwrap();
    assert!(signs(&config) && !config.sniff);
    for own in ["esUserName=u&esUserSecret=p", "apiKey=k", "token=t", "aws=false"] {
        let config = parse(&format!("elasticsearch:http://h:9200?{own}"), &KEYS).unwrap();
        assert!(!signs(&config) && config.sniff, "{own}");
    }
}

#[test]
fn half_a_pair_of_aws_keys_is_refused() {
    let missing = "AWS_SECRET_ACCESS_KEY or AWS_SECRET_KEY is not in the environment";
    let error = parse("elasticsearch:http://h", &KEYS[..1]).unwrap_err();
    assert!(error.ends_with(missing), "{error}");
    let error = parse("elasticsearch:http://h?aws=true", &[]).unwrap_err();
    assert!(
        error.ends_with("AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY is not in the environment"),
        "{error}"
    );
    let both = parse("elasticsearch:http://h?aws=true&apiKey=k", &KEYS).unwrap_err();
    assert!(both.contains("give one of them"), "{both}");
}

#[test]
fn a_serverless_collection_is_not_asked_for_its_version() {
    let config = parse("elasticsearch:https://abc.us-east-1.aoss.amazonaws.com", &KEYS).unwrap();
    assert_eq!(config.dialect, Some(Dialect::Template));
}
