use super::*;

fn read(text: &str) -> Result<Config, String> {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, unknown) = Options::parse("sink", OPTIONS, &uri).map_err(|error| error.to_string())?;
    assert_eq!(unknown, []);
    endpoint(&uri, &options).map_err(|error| error.to_string())?;
    Config::new(&uri, &options).map_err(|error| error.to_string())
}

fn address(text: &str) -> String {
    let uri = Uri::parse(text, |_| None).unwrap();
    let (options, _) = Options::parse("sink", OPTIONS, &uri).unwrap();
    endpoint(&uri, &options).unwrap().address()
}

#[test]
fn without_options_everything_is_as_in_the_original() {
    let wanted = Config {
        target: Target::Database {
            name: "k8s".to_owned(),
            policy: "default".to_owned(),
            retention: None,
        },
        schema: Schema {
            with_fields: false,
            without_counters: false,
            cluster_name: "default".to_owned(),
            precision: Precision::Nanoseconds,
            dropped: vec!["namespace_id", "pod_id", "hostname", "host_id"],
        },
        concurrency: 1,
    };
    assert_eq!(read("influxdb"), Ok(wanted));
}

#[test]
fn every_option_is_read() {
    let text = "influxdb:http://h?user=u&pw=p&db=a&retention=1h30m&rpname=r&withfields=t&secure=1&insecuressl=T&cluster_name=c\
                &disable_counter_metrics=TRUE&concurrency=3&precision=ms&keep=pod_id&keep=hostname&gzip=true&timeout=1s";
    let wanted = Config {
        target: Target::Database {
            name: "a".to_owned(),
            policy: "r".to_owned(),
            retention: Some("1h30m".to_owned()),
        },
        schema: Schema {
            with_fields: true,
            without_counters: true,
            cluster_name: "c".to_owned(),
            precision: Precision::Milliseconds,
            dropped: vec!["namespace_id", "host_id"],
        },
        concurrency: 3,
    };
    assert_eq!(read(text), Ok(wanted));
    let bucket = read("influxdb:https://h:8086?bucket=b&org=o&token=t")
        .unwrap()
        .target;
    let (name, org) = ("b".to_owned(), "o".to_owned());
    assert_eq!(bucket, Target::Bucket { name, org });
}

#[test]
fn the_address_is_host_and_port_alone() {
    for (text, wanted) in [
        ("influxdb", "http://localhost:8086"),
        ("influxdb:?db=x", "http://localhost:8086"),
        ("influxdb:http://h", "http://h"),
        ("influxdb:http://u:p@h:1/path", "http://h:1"),
        ("influxdb:http://[::1]:8086", "http://[::1]:8086"),
        ("influxdb:https://h:8086", "https://h:8086"),
        ("influxdb:http://h:8086?secure=true", "https://h:8086"),
        ("influxdb:localhost:8080", "http://localhost:8086"),
    ] {
        assert_eq!(address(text), wanted, "{text}");
    }
}

#[test]
fn a_retention_is_a_duration_of_influxql() {
    for (text, wanted) in [
        ("0", "0s"),
        ("7d", "7d"),
        ("1w2d3h4m5s6ms7u8ns", "1w2d3h4m5s6ms7u8ns"),
        ("INF", "INF"),
        ("9µ", "9µ"),
    ] {
        let read = read(&format!("influxdb:?retention={text}")).unwrap();
        let Target::Database { retention, .. } = read.target else {
            panic!()
        };
        assert_eq!(retention.as_deref(), Some(wanted));
    }
    for text in [
        "",
        "7",
        "d",
        "7x",
        "-7d",
        "7d ",
        "1.5d",
        "week",
        "7d; DROP DATABASE k8s",
    ] {
        let error = read(&format!("influxdb:?retention={}", text.replace(';', "%3B"))).unwrap_err();
        let wanted =
            format!(r#"option "retention" of sink "influxdb": {text:?} is no duration: 0, INF, or numbers"#);
        assert!(error.starts_with(&wanted), "{error}");
    }
}

#[test]
fn a_wrong_option_is_one_line_that_names_it() {
    for (query, wanted) in [
        (
            "withfields=maybe",
            r#""withfields" of sink "influxdb": strconv.ParseBool: parsing "maybe": invalid syntax; it takes true or false"#,
        ),
        (
            "secure=",
            r#""secure" of sink "influxdb": strconv.ParseBool: parsing "": invalid syntax; it takes true or false"#,
        ),
        (
            "insecuressl=yes",
            r#""insecuressl" of sink "influxdb": strconv.ParseBool: parsing "yes": invalid syntax; it takes true or false"#,
        ),
        (
            "disable_counter_metrics=2",
            r#""disable_counter_metrics" of sink "influxdb": strconv.ParseBool: parsing "2": invalid syntax; it takes true or false"#,
        ),
        (
            "concurrency=0",
            r#""concurrency" of sink "influxdb": 0 is not in 1..=256"#,
        ),
        (
            "concurrency=x",
            r#""concurrency" of sink "influxdb": strconv.ParseInt: parsing "x": invalid syntax; it takes a number in 1..=256"#,
        ),
        (
            "precision=h",
            r#""precision" of sink "influxdb": "h" is none of ns, us, ms, s"#,
        ),
        (
            "keep=nodename",
            r#""keep" of sink "influxdb": "nodename" is none of namespace_id, pod_id, hostname, host_id"#,
        ),
        ("db=", r#""db" of sink "influxdb": the name is empty"#),
        ("org=o", r#""org" of sink "influxdb": it needs bucket"#),
        (
            "bucket=b&db=x",
            r#""db" of sink "influxdb": it has no meaning beside bucket"#,
        ),
        (
            "bucket=b&retention=7d",
            r#""retention" of sink "influxdb": it has no meaning beside bucket"#,
        ),
        (
            "rpname=&retention=7d",
            r#""retention" of sink "influxdb": it needs the name of a policy in rpname"#,
        ),
        (
            "user=a&token=b",
            r#""token" of sink "influxdb": there is also a user; give one of them"#,
        ),
        (
            "pw=a&pwfile=b",
            r#""pwfile" of sink "influxdb": there is also "pw"; give one of them"#,
        ),
        (
            "cacert=/nowhere",
            r#""cacert" of sink "influxdb": cannot read CA /nowhere: No such file or directory (os error 2)"#,
        ),
    ] {
        assert_eq!(
            read(&format!("influxdb:?{query}")),
            Err(format!("option {wanted}"))
        );
    }
}

#[test]
fn the_first_of_two_values_counts() {
    assert_eq!(
        read("influxdb:?concurrency=2&concurrency=3").unwrap().concurrency,
        2
    );
}
