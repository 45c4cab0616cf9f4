//! Slow, failing and panicking sinks; the clock is held.

mod any;
mod disk;
mod rig;
mod shown;

use super::*;
use crate::condition::Conditions;
use crate::items::{Items, items};
use crate::ledger::Drop as Reason;
use rig::{Rig, Way, pass, secs};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_slow_sink_holds_up_nobody() {
    let (quick, slow) = (Rig::new(Way::Takes(secs(1))), Rig::new(Way::Takes(secs(15))));
    let start = Instant::now();
    for at in 1..=3 {
        quick.offer(at, 3);
        slow.offer(at, 3);
    }
    assert_eq!(Instant::now(), start);
    pass(4).await;
    assert_eq!((quick.seen(), slow.seen()), (vec![1, 2, 3], vec![1]));
    pass(42).await;
    assert_eq!(slow.seen(), [1, 2, 3]);
    assert_eq!(
        (quick.waiting(), slow.waiting(), slow.ledger().accepted),
        (0, 0, 9)
    );
    let value = |family: &str| slow.counted.value(&format!("{family}{{exporter=Fake Sink}}"));
    assert_eq!(value("heapster_exporter_duration_milliseconds"), Some(3.0));
    assert!(value("heapster_exporter_last_time_seconds").unwrap() > 1e9);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_gives_up_its_oldest_batch() {
    let rig = Rig::new(Way::Takes(secs(10)));
    rig.offer(1, 3);
    pass(1).await;
    (2..=6).for_each(|at| rig.offer(at, 3));
    let snapshot = rig.delivery().snapshot();
    assert_eq!(
        (snapshot.waiting_parcels, snapshot.in_memory, snapshot.in_hand),
        (3, 3, true)
    );
    assert_eq!((rig.dropped(Reason::QueueFull), rig.waiting()), (6, 12));
    pass(60).await;
    assert_eq!((rig.seen(), rig.waiting()), (vec![1, 4, 5, 6], 0));
}

#[tokio::test(start_paused = true)]
async fn a_dead_sink_is_tried_again_after_growing_pauses() {
    let rig = Rig::new(Way::Fails(6));
    rig.offer(1, 3);
    pass(200).await;
    let tries = rig.tries();
    assert_eq!((rig.seen(), rig.ledger().accepted), (vec![1; 7], 3));
    for (pair, whole) in tries.windows(2).zip([1, 2, 4, 8, 16, 30]) {
        let pause = pair[1] - pair[0];
        assert!(
            pause <= secs(whole) + Duration::from_millis(2) && pause * 2 >= secs(whole),
            "{pause:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_asks_to_be_left_alone_is_for_at_most_five_minutes() {
    for (asked, least) in [(45, 45), (3_600, 300)] {
        let rig = Rig::new(Way::Asks(1, secs(asked)));
        rig.offer(1, 3);
        pass(400).await;
        let tries = rig.tries();
        assert_eq!((tries.len(), rig.ledger().accepted), (2, 3));
        let pause = tries[1] - tries[0];
        assert!(pause >= secs(least) && pause < secs(least + 1), "{pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_hangs_is_cut_off_and_gets_the_same_batch_again() {
    let rig = Rig::new(Way::Hangs(1));
    rig.offer(1, 3);
    rig.offer(2, 3);
    pass(19).await;
    assert_eq!(rig.seen(), [1]);
    pass(3).await;
    assert_eq!((rig.seen(), rig.waiting()), (vec![1, 1, 2], 0));
    let (_, text) = rig.delivery().snapshot().last_error.unwrap();
    assert_eq!(text, "no answer within 20s");
}

#[tokio::test(start_paused = true)]
async fn what_is_worth_another_try_comes_back_and_nothing_else() {
    let rig = Rig::new(Way::Half(3));
    rig.offer(1, 8);
    pass(60).await;
    assert_eq!(rig.sizes(), [8, 4, 2, 1]);
    assert_eq!((rig.ledger().accepted, rig.waiting()), (8, 0));
    assert_eq!(rig.accepted(), Vec::from_iter(1_000..1_008));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_panics_gets_the_next_batch_and_is_stopped() {
    let rig = Rig::new(Way::Panics(2));
    (1..=3).for_each(|at| rig.offer(at, 3));
    rig.delivery().stop(Instant::now() + secs(5)).await;
    assert_eq!(rig.seen(), [1, 2, 3]);
    assert_eq!(
        (rig.dropped(Reason::Panic), rig.ledger().accepted, rig.stopped()),
        (6, 3, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_sink_does_not_mention_is_given_up_and_what_it_invents_is_not_counted() {
    let (silent, boasts) = (Rig::new(Way::Silent), Rig::new(Way::Boasts));
    silent.offer(1, 3);
    boasts.offer(1, 3);
    pass(1).await;
    assert_eq!((silent.dropped(Reason::Unreported), silent.waiting()), (3, 0));
    let ledger = boasts.ledger();
    assert_eq!(
        (ledger.accepted, ledger.rejected[0].1, ledger.waiting()),
        (2, 1, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_waits_too_long_is_given_up() {
    let rig = Rig::<true>::with(Way::Fails(1_000), |config| config.max_age = secs(90));
    rig.offer(1, 3);
    pass(85).await;
    assert_eq!(rig.waiting(), 3);
    rig.offer(2, 3);
    pass(40).await;
    assert_eq!((rig.dropped(Reason::TooOld), rig.waiting()), (3, 3));
    pass(100).await;
    assert_eq!((rig.dropped(Reason::TooOld), rig.waiting()), (6, 0));
}

#[tokio::test(start_paused = true)]
async fn with_an_interval_batches_between_are_left_out() {
    let rig = Rig::<true>::with(Way::Takes(secs(0)), |config| config.interval = secs(60));
    for at in (0..=200).step_by(25) {
        rig.offer(at, 3);
        pass(1).await;
    }
    assert_eq!((rig.seen(), rig.ledger().made), (vec![0, 75, 150], 9));
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_left_out_waits_for_the_interval() {
    let rig = Rig::<false>::with(Way::Takes(secs(0)), |config| config.interval = secs(60));
    let start = Instant::now();
    (1..=3).for_each(|at| rig.offer(at, 3));
    pass(150).await;
    let times: Vec<_> = rig.tries().iter().map(|at| *at - start).collect();
    assert_eq!(times, [secs(0), secs(60), secs(120)]);
}

#[tokio::test(start_paused = true)]
async fn a_filtered_sink_gets_and_counts_what_passes() {
    let filter = |text| {
        let mut conditions = Conditions::default();
        conditions.only(text).unwrap();
        Items::<true>::compile(conditions).unwrap()
    };
    let rig = Rig::<true>::with(Way::Takes(secs(0)), |config| {
        config.filter = Some(filter("item=~1$|666"))
    });
    rig.offer(1, 20);
    rig.delivery().offer(&items(2, [3, 5]));
    rig.delivery().offer(&items(3, [666, 1]));
    rig.delivery().stop(Instant::now() + secs(5)).await;
    assert_eq!((rig.seen(), rig.accepted()), (vec![1], vec![1_001, 1_011]));
    assert_eq!(
        (rig.ledger().made, rig.dropped(Reason::Panic), rig.waiting()),
        (4, 2, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn stopping_finishes_what_waits() {
    let rig = Rig::with_stop(Way::Takes(secs(2)), secs(1));
    (1..=3).for_each(|at| rig.offer(at, 3));
    let start = Instant::now();
    rig.delivery().stop(start + secs(20)).await;
    assert_eq!(start.elapsed(), secs(7));
    assert_eq!((rig.seen(), rig.waiting(), rig.stopped()), (vec![1, 2, 3], 0, 1));
    rig.offer(4, 3);
    rig.delivery().stop(Instant::now() + secs(20)).await;
    assert_eq!(
        (rig.dropped(Reason::Stopped), rig.waiting(), rig.stopped()),
        (3, 0, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn at_the_end_a_dead_sink_is_tried_once_more_at_once() {
    let rig = Rig::new(Way::Fails(5));
    rig.offer(1, 3);
    pass(20).await;
    let start = Instant::now();
    rig.delivery().stop(start + secs(20)).await;
    assert!(start.elapsed() < secs(2), "{:?}", start.elapsed());
    assert_eq!((rig.ledger().accepted, rig.waiting()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_at_the_deadline_and_counts_what_is_left() {
    let rig = Rig::new(Way::Takes(secs(15)));
    (1..=3).for_each(|at| rig.offer(at, 3));
    pass(1).await;
    let start = Instant::now();
    rig.delivery().stop(start + secs(5)).await;
    assert_eq!(start.elapsed(), secs(5));
    assert_eq!((rig.seen(), rig.stopped()), (vec![1], 0));
    assert_eq!((rig.dropped(Reason::Stopped), rig.waiting()), (9, 0));
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_does_not_stop_is_left() {
    let rig = Rig::with_stop(Way::Takes(secs(1)), secs(100));
    rig.offer(1, 3);
    let start = Instant::now();
    rig.delivery().stop(start + secs(5)).await;
    assert_eq!((start.elapsed(), rig.ledger().accepted), (secs(5), 3));
}
