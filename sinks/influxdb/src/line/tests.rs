use super::*;
use proptest::prelude::*;

fn shown(part: Part, text: &str) -> String {
    let mut out = Vec::new();
    push(part, text, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn each_part_has_its_escapes() {
    let text = r#"a,b=c d"e\f"#;
    assert_eq!(shown(Part::Measurement, text), r#"a\,b=c\ d"e\f"#);
    assert_eq!(shown(Part::Tag, text), r#"a\,b\=c\ d"e\f"#);
    assert_eq!(shown(Part::FieldKey, text), r#"a\,b\=c\ d\"e\f"#);
}

#[test]
fn what_no_line_can_hold_is_written_otherwise() {
    assert_eq!(shown(Part::Tag, "two\r\nlines"), r"two\r\nlines");
    assert_eq!(shown(Part::Tag, r"c:\dir\\"), r"c:\dir");
}

#[test]
fn an_empty_tag_is_none() {
    for (key, value) in [("a", ""), ("", "b"), ("a", r"\\"), (r"\", "b")] {
        let mut out = Vec::new();
        push_tag(key, value, &mut out);
        assert_eq!(out, b"");
    }
}

/// Reads one part as InfluxDB does: up to the first character of `ends` without a backslash before it; then every backslash
/// before an escaped character is taken off.
pub(crate) fn read<'a>(part: Part, text: &'a str, ends: &[char]) -> (String, &'a str) {
    let mut last = ' ';
    let end = text.char_indices().find(|(_, c)| {
        let here = ends.contains(c) && last != '\\';
        last = *c;
        here
    });
    let (own, rest) = text.split_at(end.map_or(text.len(), |(at, _)| at));
    let mut out = String::new();
    let mut chars = own.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().and_then(|next| u8::try_from(*next).ok());
        if c != '\\' || !next.is_some_and(|next| part.escapes(next)) {
            out.push(c);
        }
    }
    (out, rest)
}

/// What the protocol keeps of a text.
pub(crate) fn kept(text: &str) -> String {
    text.trim_end_matches('\\')
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

proptest! {
    #[test]
    fn every_part_reads_back(text in r#"[a-z ,="\\\n\r#é☃]{0,12}"#) {
        for (part, ends) in [
            (Part::Measurement, &[',', ' '][..]),
            (Part::Tag, &[',', ' ', '=']),
            (Part::FieldKey, &['=']),
        ] {
            let line = shown(part, &text) + &ends[0].to_string() + "rest";
            prop_assert!(!line.contains('\n'));
            let (back, rest) = read(part, &line, ends);
            prop_assert_eq!(back, kept(&text));
            prop_assert_eq!(rest.get(1..), Some("rest"));
        }
    }
}
