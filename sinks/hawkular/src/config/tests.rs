//! Options.

use super::*;

fn parsed(text: &str) -> Result<(Config, Endpoint), String> {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, unknown) = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
    assert_eq!(unknown, []);
    let config = Config::new(&uri, &options).map_err(|error| error.to_string())?;
    let endpoint = endpoint(&uri, &options, &config).map_err(|error| error.to_string())?;
    Ok((config, endpoint))
}

fn config(query: &str) -> Config {
    parsed(&format!("hawkular:http://h:1?{query}")).unwrap().0
}

fn refusal(query: &str) -> String {
    let text = parsed(&format!("hawkular:https://h:1?{query}"))
        .map(drop)
        .unwrap_err();
    let rest = text.strip_prefix("option \"").unwrap();
    rest.replacen("\" of sink \"hawkular\"", "", 1)
}

#[test]
fn the_defaults_are_those_of_the_original() {
    let config = config("");
    assert_eq!(
        (&*config.tenant, config.tag_prefix.as_str()),
        ("heapster", "labels.")
    );
    assert_eq!(
        (config.concurrency, config.batch, config.ask_definitions),
        (5, 1_000, true)
    );
    assert!(config.tenant_labels.is_empty() && config.node_label.is_empty() && !config.unique_ids);
}

#[test]
fn zero_is_one_request_at_a_time_and_no_limit() {
    let config = config("concurrencyLimit=0&batchSize=0&disablePreCache=true");
    assert_eq!(
        (config.concurrency, config.batch, config.ask_definitions),
        (1, usize::MAX, false)
    );
}

#[test]
fn the_old_name_of_the_namespace_label_is_taken_too() {
    assert_eq!(
        config("labelToTenant=pod_namespace").tenant_labels,
        ["pod_namespace", "namespace_name"]
    );
    assert_eq!(config("labelToTenant=app").tenant_labels, ["app"]);
}

#[test]
fn numbers_and_booleans_that_are_none_are_named() {
    assert_eq!(
        refusal("concurrencyLimit=-1"),
        "concurrencyLimit: -1 is not in 0..=1024"
    );
    assert!(refusal("batchSize=x").starts_with("batchSize: strconv.ParseInt: parsing \"x\""));
    assert!(refusal("disablePreCache=x").starts_with("disablePreCache: strconv.ParseBool: parsing \"x\""));
    assert!(refusal("insecure=x").starts_with("insecure: strconv.ParseBool"));
    assert_eq!(refusal("filter=name"), "filter: \"name\" has no (");
}

#[test]
fn what_contradicts_is_named() {
    let also = |one: &str, other: &str| format!("{one}: there is also \"{other}\"; give one of them");
    assert_eq!(
        refusal("user=u&useServiceAccount=whatever"),
        also("user", "useServiceAccount")
    );
    assert_eq!(refusal("auth=/a&caCert=/b"), also("auth", "caCert"));
    assert_eq!(refusal("auth=/a&insecure=true"), also("insecure", "auth"));
    assert_eq!(refusal("caCert=/b&insecure=1"), also("insecure", "caCert"));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    assert!(refusal("caCert=/nonexistent").starts_with("caCert: cannot read /nonexistent: "));
    assert!(refusal("auth=/nonexistent").starts_with("auth: cannot read /nonexistent: "));
    assert!(parsed("hawkular:https://h:1?auth=&caCert=").is_ok());
}

#[test]
fn a_service_account_that_is_no_boolean_or_not_there_is_none() {
    assert!(parsed("hawkular:http://h?useServiceAccount=maybe").is_ok());
}

#[test]
fn without_a_host_there_is_no_sink() {
    assert_eq!(
        parsed("hawkular").map(drop).unwrap_err(),
        "option \"host\" of sink \"hawkular\": there is none; write hawkular:https://HOST:PORT"
    );
}
