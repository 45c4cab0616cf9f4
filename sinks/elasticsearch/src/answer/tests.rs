use super::*;

fn fates(answer: &str, count: usize) -> Result<Vec<Fate>, String> {
    let mut all = Vec::new();
    items(answer.as_bytes(), count, |number, _, fate| {
        assert_eq!(number, all.len());
        all.push(fate);
    })?;
    Ok(all)
}

fn invalid(text: &str) -> Fate {
    Fate::Rejected(Rejection::Invalid, text.to_owned())
}

fn retry(text: &str) -> Fate {
    Fate::Retry(text.to_owned())
}

/// Answers of Elasticsearch 7.17.28 and OpenSearch 2.19.1, whole and with the filter that the sink asks for.
#[test]
fn each_document_has_its_own_fate() {
    let wrong_field = "mapper_parsing_exception: failed to parse field [MetricsValue.value] of type [double] in document \
                       with id 'b'. Preview of field's value: 'x': number_format_exception: For input string: \"x\"";
    for answer in [
        include_str!("../../tests/answers/elasticsearch-7-items.json"),
        include_str!("../../tests/answers/elasticsearch-7-items-filtered.json"),
        include_str!("../../tests/answers/opensearch-2-items.json"),
    ] {
        let wanted = [Fate::Accepted, invalid(wrong_field), Fate::Accepted];
        assert_eq!(fates(answer, 3).unwrap(), wanted);
    }
}

#[test]
fn a_pipeline_that_is_missing_can_be_made() {
    let answer = include_str!("../../tests/answers/elasticsearch-7-no-pipeline.json");
    let text = "illegal_argument_exception: pipeline with id [nopl] does not exist";
    assert_eq!(fates(answer, 1).unwrap(), [retry(text)]);
}

#[test]
fn an_index_that_is_there_already_is_known_by_its_error() {
    assert!(already_exists(include_bytes!(
        "../../tests/answers/elasticsearch-7-exists.json"
    )));
    assert!(!already_exists(include_bytes!(
        "../../tests/answers/opensearch-2-typed-bulk.json"
    )));
}

#[test]
fn a_document_that_is_there_already_is_accepted() {
    let conflict = r#"{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[x]: version conflict"}}"#;
    let answer = format!(r#"{{"errors":true,"items":[{{"create":{conflict}}}]}}"#);
    assert_eq!(fates(&answer, 1).unwrap(), [Fate::Accepted]);
}

#[test]
fn what_the_operator_can_mend_or_time_heals_is_retried() {
    for (status, kind, reason) in [
        (429, "es_rejected_execution_exception", "rejected execution"),
        (503, "unavailable_shards_exception", "primary shard is not active"),
        (
            403,
            "cluster_block_exception",
            "index [x] blocked by: [FORBIDDEN/12/index read-only]",
        ),
        (404, "index_not_found_exception", "no such index [x]"),
        (
            400,
            "illegal_argument_exception",
            "pipeline with id [p] does not exist",
        ),
        (
            400,
            "illegal_argument_exception",
            "no write index is defined for alias [heapster-cpu]",
        ),
        (400, "index_closed_exception", "closed"),
    ] {
        let error = format!(r#"{{"type":"{kind}","reason":"{reason}"}}"#);
        let answer = format!(r#"{{"items":[{{"index":{{"status":{status},"error":{error}}}}}]}}"#);
        assert_eq!(fates(&answer, 1).unwrap(), [retry(&format!("{kind}: {reason}"))]);
    }
}

#[test]
fn what_no_time_heals_is_rejected() {
    let answer = r#"{"items":[{"index":{"status":400,"error":"MapperParsingException[failed]"}},{"index":{"status":413}}]}"#;
    let too_large = Fate::Rejected(Rejection::TooLarge, "status 413".to_owned());
    assert_eq!(
        fates(answer, 2).unwrap(),
        [invalid("MapperParsingException[failed]"), too_large]
    );
}

#[test]
fn an_answer_about_other_documents_tells_nothing() {
    let one = r#"{"errors":false,"items":[{"index":{"status":201}}]}"#;
    assert_eq!(
        fates(one, 2).unwrap_err(),
        "the answer tells of 1 documents instead of 2"
    );
    for text in [
        "",
        "<html>",
        "{}",
        r#"{"items":[{}]}"#,
        r#"{"items":[{"index":{}}]}"#,
    ] {
        assert!(
            fates(text, 1)
                .unwrap_err()
                .starts_with("the answer cannot be read: "),
            "{text}"
        );
    }
}

#[test]
fn an_error_shows_its_type_and_reason() {
    let text = include_str!("../../tests/answers/opensearch-2-typed-bulk.json");
    assert_eq!(
        reason(text.as_bytes()),
        "illegal_argument_exception: Action/metadata line [1] contains an unknown parameter [_type]"
    );
    assert_eq!(reason(b"<html>no</html>"), "<html>no</html>");
}
