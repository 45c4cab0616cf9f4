use super::*;

/// Answers of InfluxDB 1.6.7, of 2 and 3 as documented, and of others.
#[test]
fn every_known_answer_is_understood() {
    let partial = |dropped, reason| Meaning::Partial { dropped, reason };
    for (body, text, meaning) in [
        (r#"{"error":"timeout"}"#, "timeout", Meaning::Plain),
        ("", "", Meaning::Plain),
        ("<html>", "<html>", Meaning::Plain),
        (
            r#"{"error":"database not found: \"k8s\""}"#,
            r#"database not found: "k8s""#,
            Meaning::NoDatabase,
        ),
        (
            r#"{"error":"retention policy not found: default"}"#,
            "retention policy not found: default",
            Meaning::NoPolicy,
        ),
        (
            r#"{"error":"field type conflict"}"#,
            "field type conflict",
            Meaning::TypeClash,
        ),
        (
            r#"{"error":"partial write: points beyond retention policy dropped=3"}"#,
            "partial write: points beyond retention policy dropped=3",
            partial(3, Rejection::TooOld),
        ),
        (
            r#"{"error":"partial write: field type conflict: input field \"v\" on measurement \"d\" is type float dropped=12"}"#,
            r#"partial write: field type conflict: input field "v" on measurement "d" is type float dropped=12"#,
            partial(12, Rejection::Invalid),
        ),
        (
            r#"{"error":"partial write: unable to parse 'a': missing fields\nunable to parse 'b': x dropped=0"}"#,
            "partial write: unable to parse 'a': missing fields\nunable to parse 'b': x dropped=0",
            partial(2, Rejection::Invalid),
        ),
        (
            r#"{"code":"not found","message":"bucket \"b\" not found"}"#,
            r#"bucket "b" not found"#,
            Meaning::Plain,
        ),
        (
            r#"{"code":"unprocessable entity","message":"failure writing points to database: partial write: points beyond retention policy dropped=2"}"#,
            "failure writing points to database: partial write: points beyond retention policy dropped=2",
            partial(2, Rejection::TooOld),
        ),
        (
            r#"{"error":"partial write of line protocol occurred","data":[{"line_number":2,"error_message":"bad"},{"line_number":3,"error_message":"worse"}]}"#,
            "partial write of line protocol occurred: bad",
            partial(2, Rejection::Invalid),
        ),
    ] {
        assert_eq!(of_write(body.as_bytes()), (text.to_owned(), meaning));
    }
}

#[test]
fn errors_inside_an_answer_to_a_statement_are_found() {
    assert!(of_statement(br#"{"results":[{"statement_id":0}]}"#).is_ok());
    assert!(of_statement(b"").is_ok());
    let both = br#"{"results":[{"error":"one"},{"statement_id":1},{"error":"two"}]}"#;
    assert_eq!(of_statement(both), Err("one; two".to_owned()));
    assert_eq!(
        of_statement(br#"{"error":"error parsing query"}"#),
        Err("error parsing query".to_owned())
    );
}

#[test]
fn policies_are_named() {
    let body = br#"{"results":[{"series":[{"columns":["name","duration"],"values":[["autogen","0s"],["default","168h0m0s"]]}]}]}"#;
    let json = of_statement(body).unwrap();
    assert_eq!(policies(&json).collect::<Vec<_>>(), ["autogen", "default"]);
    assert_eq!(policies(&Value::Null).count(), 0);
}
