//! Selectors and what they match.

use super::*;
use proptest::prelude::*;

fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
    let labels = Labels::from_pairs(labels.iter().copied());
    Selector::parse(selector).expect(selector).matches(&labels)
}

#[test]
fn each_form_selects() {
    let labels = [("app", "web"), ("tier", ""), ("gen", "7"), ("in", "notin")];
    for yes in [
        "",
        "  ",
        "app",
        "!zone",
        "app=web",
        "app == web",
        "app!=api",
        "zone!=b",
        "app in (api, web)",
        "app notin (api)",
        "zone notin (b)",
        "tier=",
        "tier in ()",
        "tier in (,x)",
        "tier in (x,)",
        "gen>6",
        "gen < 8",
        "app=web,gen>1,!zone",
        "in in (notin)",
        "in=notin",
    ] {
        assert!(matches(yes, &labels), "{yes}");
    }
    for no in [
        "zone",
        "!app",
        "app=api",
        "app!=web",
        "zone=",
        "app in (api)",
        "zone in ()",
        "app notin (web)",
        "gen>7",
        "gen<7",
        "app>1",
        "app=web,zone",
    ] {
        assert!(!matches(no, &labels), "{no}");
    }
}

#[test]
fn errors_say_what_was_found_and_expected() {
    for (text, why) in [
        (
            "zone===b",
            "unable to parse requirement: found '=', expected: identifier",
        ),
        (",a", "found ',', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        (
            "a b",
            "unable to parse requirement: found 'b', expected: '=', '!=', '==', 'in', notin'",
        ),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        (
            "a in (b",
            "unable to parse requirement: found '', expected: ',' or ')'",
        ),
        (
            "a in (=)",
            "unable to parse requirement: found '=', expected: ',', ')' or identifier",
        ),
        (
            "a>b",
            "unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer",
        ),
    ] {
        assert_eq!(Selector::parse(text).unwrap_err().to_string(), why, "{text}");
    }
}

#[test]
fn keys_and_values_that_no_label_can_have_are_refused() {
    let long = "x".repeat(64);
    for bad in [
        "-a",
        "a-=b",
        "a=-b",
        "a/b/c",
        "/a",
        "A.b/c=d",
        "é=b",
        "a in (é)",
        &long,
    ] {
        assert!(Selector::parse(bad).is_err(), "{bad}");
    }
    for good in ["example.com/a=b", "a_b.c-d=1.2", &"x".repeat(63)] {
        assert!(Selector::parse(good).is_ok(), "{good}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a-z=!(),<> é/.0-9]{0,40}") {
        if let Err(error) = Selector::parse(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn not_equal_is_the_opposite_of_equal(value in "[a-z0-9]{0,8}", label in proptest::option::of("[a-z0-9]{0,8}")) {
        let labels = Labels::from_pairs(label.map(|label| ("k", label)));
        let meets = |text: String| Selector::parse(&text).unwrap().matches(&labels);
        prop_assert_ne!(meets(format!("k={value}")), meets(format!("k!={value}")));
        prop_assert_ne!(meets(format!("k in ({value},x)")), meets(format!("k notin ({value},x)")));
        prop_assert_ne!(meets("k".to_owned()), meets("!k".to_owned()));
    }
}
