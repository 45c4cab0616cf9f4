//! Profiles, in a build that can take them.

use crate::client::get;
use crate::fixture::start;

#[tokio::test]
async fn a_profile_lasts_for_a_whole_number_of_seconds_within_bounds() {
    let server = start().await;
    for seconds in ["0", "301", "-1", "1.5", "x"] {
        let target = format!("/debug/pprof/profile?seconds={seconds}");
        assert_eq!(get(server.address, &target).await.status, 400, "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_profile_is_taken_at_a_time() {
    let server = start().await;
    let target = "/debug/pprof/profile?seconds=60";
    let (one, other) = tokio::join!(get(server.address, target), get(server.address, target));
    let (taken, refused) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(refused.status, 503);
    assert_eq!((taken.status, &taken.body[..2]), (200, &[0x1f, 0x8b][..]));
    assert_eq!(taken.header("content-type"), Some("application/octet-stream"));
}

#[tokio::test]
async fn a_heap_profile_needs_a_program_that_was_started_for_it() {
    let server = start().await;
    let got = get(server.address, "/debug/pprof/heap").await;
    assert_eq!((got.status, got.text().lines().count()), (501, 1));
    assert!(got.text().contains("_RJEM_MALLOC_CONF=prof:true"));
}
