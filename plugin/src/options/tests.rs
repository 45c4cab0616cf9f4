use super::*;

const OPTIONS: &[Opt] = &[
    Opt::bool("kubeletHttps", false, "https to kubelets"),
    Opt::int("batch", "1000", 1, 5000, "points in a request"),
    Opt::duration("timeout", "10s", "for a request"),
    Opt::text("tags", "", "tags").repeated(),
    Opt::choice("format", &["text", "json"], "text", "layout"),
];

fn parse(query: &str) -> Result<(Options, Vec<Unknown>), OptionError> {
    Options::parse(
        "sink",
        OPTIONS,
        &Uri::parse(&format!("x:?{query}"), |_| None).unwrap(),
    )
}

#[test]
fn defaults_and_values_are_typed() {
    let (options, unknown) = parse("batch=0x10&tags=a&tags=b&batch=7").unwrap();
    assert!(unknown.is_empty());
    assert_eq!((options.int("batch"), options.bool("kubeletHttps")), (16, false));
    assert_eq!(options.duration("timeout"), Duration::from_secs(10));
    assert_eq!(options.all("tags").collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((options.text("format"), options.given("format")), ("text", None));
}

#[test]
fn a_bad_value_names_option_and_owner() {
    for (query, text) in [
        ("batch=0", r#"option "batch" of sink "x": 0 is not in 1..=5000"#),
        (
            "kubeletHttps=maybe",
            r#"option "kubeletHttps" of sink "x": strconv.ParseBool: parsing "maybe": invalid syntax; it takes true or false"#,
        ),
        (
            "kubeletHttps=",
            r#"option "kubeletHttps" of sink "x": strconv.ParseBool: parsing "": invalid syntax; it takes true or false"#,
        ),
        (
            "format=xml",
            r#"option "format" of sink "x": "xml" is none of text, json"#,
        ),
    ] {
        assert_eq!(parse(query).unwrap_err().to_string(), text);
    }
}

#[test]
fn an_unknown_option_names_the_nearest() {
    let shown = |query| {
        parse(query)
            .unwrap()
            .1
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown("kubletHttps=true"),
        [r#"unknown option "kubletHttps"; did you mean "kubeletHttps"?"#]
    );
    assert_eq!(shown("zzzzzz=1"), [r#"unknown option "zzzzzz""#]);
    let html = r#"unknown option "amp;batch" (an & was written as &amp;); did you mean "batch"?"#;
    assert_eq!(shown("amp;batch=1"), [html]);
}

#[test]
fn an_option_with_a_bad_escape_is_named_without_its_value() {
    let (options, unknown) = parse("format=%zz&batch=7").unwrap();
    assert_eq!((options.text("format"), options.int("batch")), ("text", 7));
    let shown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let line = r#"option "format" cannot be read: a % that is meant as itself is written %25"#;
    assert_eq!(shown, [line]);
}
