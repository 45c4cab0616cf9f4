//! API servers that are down, slow, refuse, or answer nonsense.

use crate::failure::Failure;
use crate::kinds::PodObject;
use crate::reports::Reports;
use crate::testing::{Answer, Scene, Then, event, page, pod, status};
use kube::runtime::watcher;
use serde_json::{Value, json};
use std::time::Duration;

type Pods = Scene<PodObject>;

#[tokio::test(start_paused = true)]
async fn a_server_that_is_down_at_the_start_is_asked_again_until_it_answers() {
    let mut answers: Vec<_> = (0..4).map(|_| Answer::Refuse).collect();
    answers.push(page("1", "", &[pod("a", "x", "1")]));
    let scene = Pods::play(answers);
    scene.shows(&["a/x"]).await;
    assert_eq!(scene.failures("unreachable"), Some(4.0));
    let took = scene.request(4).await.0 - scene.request(0).await.0;
    let (least, most) = (Duration::from_millis(7_500), Duration::from_millis(15_500));
    assert!(
        took >= least && took <= most,
        "1 + 2 + 4 + 8 s with jitter: {took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_known_stays_while_the_server_is_away_and_the_watch_goes_on_afterwards() {
    let scene = Pods::play(vec![
        page("1", "", &[pod("a", "x", "1")]),
        Answer::Parts(vec![event("ADDED", &pod("a", "y", "6"))], Then::Break),
        Answer::Refuse,
        Answer::Refuse,
        Answer::Parts(vec![event("ADDED", &pod("a", "z", "7"))], Then::Stay),
    ]);
    scene.request(3).await;
    scene.shows(&["a/x", "a/y"]).await;
    scene.shows(&["a/x", "a/y", "a/z"]).await;
    assert!(scene.request(4).await.1.contains("resourceVersion=6"));
    assert_eq!(
        scene.counted.value("heapster_cluster_lists_total{kind=pods}"),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_that_does_not_come_is_given_up_after_a_minute() {
    let scene = Pods::play(vec![
        page("1", "more", &[pod("a", "x", "1")]),
        Answer::Never,
        page("2", "", &[pod("a", "y", "1")]),
    ]);
    scene.shows(&["a/y"]).await;
    assert_eq!(scene.failures("timeout"), Some(1.0));
    assert!(!scene.request(2).await.1.contains("continue="));
}

#[tokio::test(start_paused = true)]
async fn a_quiet_watch_is_opened_again_as_the_connection_may_be_dead() {
    let scene = Pods::play(vec![
        page("1", "", &[]),
        Answer::Parts(Vec::new(), Then::Stay),
        Answer::Parts(vec![event("ADDED", &pod("a", "x", "2"))], Then::Stay),
    ]);
    scene.shows(&["a/x"]).await;
    let quiet = scene.request(2).await.0 - scene.request(1).await.0;
    assert!(
        quiet > Duration::from_secs(200) && quiet < Duration::from_secs(300),
        "{quiet:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_object_that_broke_off_is_read_by_the_next_watch() {
    let whole = event("ADDED", &pod("a", "y", "3"));
    for then in [Then::Close, Then::Break] {
        let half = whole.get(..40).unwrap().to_owned();
        let scene = Pods::play(vec![
            page("1", "", &[]),
            Answer::Parts(vec![event("ADDED", &pod("a", "x", "2")), half], then),
            Answer::Parts(vec![whole.clone()], Then::Stay),
        ]);
        scene.shows(&["a/x", "a/y"]).await;
        assert!(scene.request(2).await.1.contains("resourceVersion=2"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_json_is_counted_and_gives_a_new_list() {
    let scene = Pods::play(vec![
        Answer::Whole(200, "<html>sign in</html>".to_owned()),
        Answer::Whole(
            200,
            r#"{"metadata":{"resourceVersion":"1"},"items":[{"meta"#.to_owned(),
        ),
        page("1", "", &[pod("a", "x", "1")]),
        Answer::Parts(
            vec!["nonsense\n".to_owned(), event("ADDED", &pod("a", "lost", "2"))],
            Then::Stay,
        ),
        page("5", "", &[pod("a", "z", "5")]),
    ]);
    scene.shows(&["a/x"]).await;
    scene.shows(&["a/z"]).await;
    assert_eq!(scene.failures("malformed"), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn one_object_of_an_unknown_shape_does_not_cost_the_others() {
    let mut odd = pod("a", "odd", "1");
    odd["spec"] = json!([1, { "a": 2 }]);
    odd["status"] = json!({ "startTime": 7, "containerStatuses": { "name": "c" } });
    odd["metadata"]["labels"] = json!({ "good": "yes", "bad": ["no"] });
    let items = [
        odd,
        Value::Null,
        json!("text"),
        json!({ "metadata": 3 }),
        pod("a", "x", "1"),
    ];
    let scene = Pods::play(vec![
        page("1", "", &items),
        Answer::Parts(
            vec![event(
                "ADDED",
                &json!({ "metadata": { "name": ["?"], "resourceVersion": "9" } }),
            )],
            Then::Close,
        ),
    ]);
    scene.shows(&["a/odd", "a/x"]).await;
    let labels = &scene.table.get("a", "odd").unwrap().labels;
    assert_eq!(labels.iter().collect::<Vec<_>>(), [("good", "yes")]);
    assert!(scene.request(2).await.1.contains("resourceVersion=9"));
}

#[tokio::test(start_paused = true)]
async fn refusals_are_counted_by_reason() {
    let scene = Pods::play(vec![
        status(403, "pods is forbidden"),
        status(500, "etcd is away"),
        Answer::Whole(502, "bad gateway".to_owned()),
        page("1", "", &[pod("a", "x", "1")]),
        status(403, "watch is forbidden"),
        Answer::Parts(vec![event("ADDED", &pod("a", "y", "2"))], Then::Stay),
    ]);
    scene.shows(&["a/x", "a/y"]).await;
    assert_eq!(
        (scene.failures("forbidden"), scene.failures("status")),
        (Some(2.0), Some(2.0))
    );
}

fn refused(code: u16) -> Failure {
    let object = crate::testing::status_object(code, "pods is forbidden: User \"x\" cannot list\nmore");
    let status: kube::core::Status = serde_json::from_value(object).unwrap();
    watcher::Error::InitialListFailed(kube::Error::Api(Box::new(status))).into()
}

#[test]
fn the_line_of_a_refusal_says_what_came_back_and_which_rule_is_missing() {
    let failure = refused(403);
    let line = format!("{}; {}", failure.text, failure.reason.advice("pods"));
    let wanted = "list: the answer was 403, pods is forbidden: User \"x\" cannot list; bind its account to a ClusterRole with \
                  apiGroups [\"\"], resources [\"pods\"], verbs [\"list\", \"watch\"]";
    assert_eq!(line, wanted);
    assert!(refused(401).is_about_identity() && !refused(403).is_about_identity());
}

#[tokio::test(start_paused = true)]
async fn a_lasting_failure_is_logged_once_in_five_minutes_for_all_kinds() {
    let reports = Reports::new("http://api:80");
    let down = Failure::timeout(60);
    assert!(reports.failed("pods", &down) && !reports.failed("nodes", &down));
    assert!(reports.failed("pods", &refused(403)) && reports.failed("nodes", &refused(403)));
    assert!(!reports.failed("pods", &refused(403)) && !reports.failed("pods", &refused(410)));
    tokio::time::advance(Duration::from_secs(301)).await;
    assert!(reports.failed("nodes", &down));
}
