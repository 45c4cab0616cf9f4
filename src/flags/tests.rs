use super::*;

fn parse(words: &[&str]) -> Result<Flags, Refusal> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Flags::parse(&words)
}

fn fault(words: &[&str]) -> String {
    match parse(words) {
        Err(Refusal::Fault(text)) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_records_have_unique_names_and_valid_defaults() {
    let mut names: Vec<&str> = table::FLAGS
        .iter()
        .chain(historic::FLAGS)
        .map(|flag| flag.name)
        .collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    for flag in table::FLAGS.iter().filter(|flag| !flag.default.is_empty()) {
        assert_eq!(value::check(flag.kind, flag.default), Ok(()), "{}", flag.name);
    }
    for flag in historic::FLAGS {
        if let Effect::Alias(name) = flag.effect {
            assert_eq!(table::find(name).unwrap().kind, flag.kind);
        }
    }
    help::command().debug_assert();
}

#[test]
fn both_dashes_both_separators_and_both_signs_are_one_flag() {
    for words in [
        &["--metric_resolution=30s"][..],
        &["--metric-resolution", "30s"],
        &["-metric_resolution=30s"],
        &["-metric-resolution", "30s"],
    ] {
        assert_eq!(
            parse(words).unwrap().duration("metric-resolution"),
            Duration::from_secs(30),
            "{words:?}"
        );
    }
}

#[test]
fn verbosity_has_four_spellings() {
    for words in [&["-v", "4"][..], &["-v4"], &["-v=4"], &["--v=4"], &["--v", "4"]] {
        assert_eq!(parse(words).unwrap().int("v"), 4, "{words:?}");
    }
    assert!(parse(&["-version"]).unwrap().bool("version"));
    assert_eq!(parse(&["-vmodule=a=1"]).unwrap().text("vmodule"), "a=1");
}

#[test]
fn a_bare_boolean_is_true_and_takes_no_word_behind_it() {
    let flags = parse(&["--disable_export", "false", "--api-server=F"]).unwrap();
    assert!(flags.bool("disable-export"));
    assert!(!flags.bool("api-server"));
    assert_eq!(flags.positionals, ["false"]);
    assert!(parse(&[]).unwrap().bool("logtostderr"));
}

#[test]
fn of_a_scalar_the_last_counts_and_lists_add_up() {
    let flags = parse(&["--heapster-port=1", "--port", "0x10"]).unwrap();
    assert_eq!(flags.int("heapster-port"), 16);
    let flags = parse(&["--store_label=a,b", "--store-label=\"c,d\""]).unwrap();
    assert_eq!(flags.list("store-label"), ["a", "b", "c,d"]);
    assert_eq!(parse(&[]).unwrap().list("model-metrics").len(), 3);
    assert_eq!(
        parse(&["--model_metrics=x"]).unwrap().list("model-metrics"),
        ["x"]
    );
}

#[test]
fn a_uri_is_not_split_at_commas_and_keeps_its_order() {
    let flags = parse(&["--sink=a:x,y", "--sink", "b:?c=d"]).unwrap();
    let keys: Vec<String> = flags.uris("sink").iter().map(Uri::canonical).collect();
    assert_eq!(keys, ["a:x,y", "b:?c=d"]);
}

#[test]
fn a_value_may_begin_with_a_dash() {
    assert_eq!(
        parse(&["--label-separator", "-"])
            .unwrap()
            .text("label-separator"),
        "-"
    );
    assert_eq!(
        parse(&["--label-separator=--x"]).unwrap().text("label-separator"),
        "--x"
    );
    assert_eq!(parse(&["--listen_ip="]).unwrap().text("listen-ip"), "");
}

#[test]
fn two_dashes_end_the_flags_and_words_do_not() {
    let flags = parse(&["extra", "--heapster-port=1", "--", "--heapster-port=2", "-"]).unwrap();
    assert_eq!(flags.int("heapster-port"), 1);
    assert_eq!(flags.positionals, ["extra", "--heapster-port=2", "-"]);
    assert_eq!(
        flags.warnings(),
        ["Ignored words that are no flags: extra --heapster-port=2 -"]
    );
}

#[test]
fn faults_read_as_in_the_original() {
    assert_eq!(fault(&["--x"]), "unknown flag: --x");
    assert_eq!(fault(&["--x=1"]), "unknown flag: --x");
    assert_eq!(fault(&["--=x"]), "bad flag syntax: --=x");
    assert_eq!(fault(&["---x"]), "bad flag syntax: ---x");
    assert_eq!(fault(&["-bogus"]), "unknown shorthand flag: 'b' in -bogus");
    assert_eq!(fault(&["--source"]), "flag needs an argument: --source");
    assert_eq!(
        fault(&["--heapster-port=abc"]),
        "invalid argument \"abc\" for --heapster-port=abc: strconv.ParseInt: parsing \"abc\": invalid syntax"
    );
    assert_eq!(
        fault(&["--sink", ":x"]),
        "invalid argument \":x\" for --sink: missing uri key in ':x'"
    );
    assert_eq!(
        fault(&["--bind-address=here"]),
        "invalid argument \"here\" for --bind-address=here: failed to parse IP: \"here\""
    );
    assert!(
        fault(&["--disable_export=maybe"]).ends_with("strconv.ParseBool: parsing \"maybe\": invalid syntax")
    );
    assert!(fault(&["--metric_resolution=5"]).contains("time: missing unit in duration"));
}

#[test]
fn the_first_word_that_cannot_be_taken_decides() {
    assert_eq!(parse(&["--help", "--x"]).unwrap_err(), Refusal::Help);
    assert_eq!(parse(&["-h"]).unwrap_err(), Refusal::Help);
    assert_eq!(fault(&["--x", "--help"]), "unknown flag: --x");
}

#[test]
fn flags_of_old_releases_warn_once_and_removed_ones_are_named() {
    let flags = parse(&[
        "--poll_duration=10s",
        "--poll_duration=1s",
        "--use_model",
        "--label_seperator=;",
    ])
    .unwrap();
    assert_eq!(
        flags.warnings(),
        [
            "--poll-duration is deprecated and has no effect: use --metric-resolution",
            "--use-model is deprecated and has no effect: the model is always there unless --disable-metric-sink is given",
            "--label-seperator is deprecated: use --label-separator",
        ]
    );
    assert_eq!(flags.text("label-separator"), ";");
    assert!(fault(&["--token-auth-file=/x"]).starts_with("unknown flag: --token-auth-file was removed: "));
}

#[test]
fn what_is_not_served_yet_says_so() {
    let flags = parse(&["--api-server", "--secure-port=6443"]).unwrap();
    assert_eq!(flags.warnings().len(), 2);
    assert!(flags.warnings()[0].starts_with("--api-server has no effect: "));
}
