//! What becomes of an answer in each mode.

use super::*;

fn misbehaving(mode: Mode) -> State {
    let state = state();
    state.set_mode(0, mode);
    state
}

fn numbers<'a>(value: &'a Value, all: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|field| numbers(field, all)),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, all)),
        Value::Number(_) => all.push(value),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn half_an_answer_is_no_json() {
    let whole = text(&state(), 0, Page::Summary).len();
    for (mode, end) in [
        (Mode::Cut, End::Whole),
        (Mode::Stall, End::Hang),
        (Mode::Drop, End::Abort),
    ] {
        let answer = misbehaving(mode).view(0).unwrap().answer(Page::Summary);
        assert_eq!((answer.status, answer.end), (Some(200), end));
        let text = answer.bytes();
        assert_eq!(text.len(), whole / 2);
        assert!(serde_json::from_slice::<Value>(&text).is_err());
    }
}

#[test]
fn other_nodes_are_not_affected() {
    let state = misbehaving(Mode::Cut);
    assert_eq!(json(&state, 1, Page::Summary)["node"]["nodeName"], "node-00001");
}

#[test]
fn a_status_a_hang_and_a_reset_are_told_as_such() {
    let answer = |mode| misbehaving(mode).view(0).unwrap().answer(Page::Summary);
    assert_eq!(answer(Mode::Status(403)).status, Some(403));
    let hang = answer(Mode::Hang);
    assert_eq!((hang.status, hang.end), (None, End::Hang));
    let reset = answer(Mode::Reset);
    assert_eq!((reset.status, reset.end), (None, End::Abort));
}

#[test]
fn negative_and_wrapped_numbers_are_out_of_range() {
    for page in [Page::Summary, Page::ContainerStats] {
        let negative = json(&misbehaving(Mode::Lie(Lie::Negative)), 0, page);
        let mut all = Vec::new();
        numbers(&negative, &mut all);
        assert!(all.iter().all(|number| number.as_i64().unwrap() < 0));
        let wrapped = json(&misbehaving(Mode::Lie(Lie::Wrapped)), 0, page);
        let mut all = Vec::new();
        numbers(&wrapped, &mut all);
        assert!(
            all.iter()
                .any(|number| number.as_u64().unwrap() > u64::MAX - 1_000)
        );
    }
}

#[test]
fn wrong_types_are_still_json() {
    let summary = json(&misbehaving(Mode::Lie(Lie::Types)), 0, Page::Summary);
    let cpu = &summary["node"]["cpu"];
    assert!(!cpu["usageCoreNanoSeconds"].is_u64() || !cpu["usageNanoCores"].is_u64());
}

#[test]
fn repeated_samples_keep_their_time() {
    let state = misbehaving(Mode::Lie(Lie::Repeated));
    let before = json(&state, 0, Page::Summary);
    state.clock().advance(60);
    let after = json(&state, 0, Page::Summary);
    assert_eq!(before["pods"][0]["cpu"]["time"], after["pods"][0]["cpu"]["time"]);
    assert_eq!(before["node"]["cpu"]["time"], after["node"]["cpu"]["time"]);
}

#[test]
fn duplicated_containers_have_an_older_start_first() {
    let summary = json(&misbehaving(Mode::Lie(Lie::Duplicate)), 0, Page::Summary);
    let containers = summary["pods"][0]["containers"].as_array().unwrap();
    assert_eq!(containers[0]["name"], containers[1]["name"]);
    assert!(containers[0]["startTime"].as_str() < containers[1]["startTime"].as_str());
}

#[test]
fn a_nameless_node_has_no_name() {
    let summary = json(&misbehaving(Mode::Lie(Lie::Nameless)), 0, Page::Summary);
    assert!(summary["node"].get("nodeName").is_none());
    assert!(summary["pods"][0]["podRef"].get("name").is_none());
    assert!(summary["pods"][1]["podRef"].get("name").is_some());
}

#[test]
fn fallen_counters_keep_their_start_time() {
    let state = state();
    let before = json(&state, 0, Page::Summary);
    state.set_mode(0, Mode::Lie(Lie::Fallen));
    let after = json(&state, 0, Page::Summary);
    let (before, after) = (&before["pods"][0], &after["pods"][0]);
    assert_eq!(before["startTime"], after["startTime"]);
    assert!(before["network"]["rxBytes"].as_u64() > Some(0));
    assert_eq!(after["network"]["rxBytes"], 0);
    assert_eq!(after["cpu"]["usageCoreNanoSeconds"], 0);
}

#[test]
fn an_endless_answer_goes_on() {
    let answer = misbehaving(Mode::Endless).view(0).unwrap().answer(Page::Summary);
    let crate::answer::Recipe::Pages(mut pages) = answer.recipe else {
        panic!("no pages")
    };
    let bytes: usize = (0..1_000).map(|_| pages.next().unwrap().len()).sum();
    assert!(bytes > 30_000_000);
}
