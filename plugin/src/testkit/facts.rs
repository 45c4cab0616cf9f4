//! The facts that hold for every sink, and the line that tests them all.

use super::any::{Plan, any_plan};
use super::backend::Mood;
use super::clock::held;
use super::kit::{Kit, Wire};
use super::stage::{Stage, large, small};
use crate::sink::{Outcome, Rejection};
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::fmt::Debug;
use std::sync::Arc;

/// Tests a sink against everything that backends do: a module with a test for each fact.
///
/// The first word is the sink's crate, the second says how to play its backend; see [`Kit`](crate::testkit::Kit). In
/// `tests/conform.rs`:
///
/// ```text
/// //! What holds for every sink.
///
/// heapster_plugin::conform!(heapster_sink_acme, Kit::http("acme:http://{address}?token={secret}"));
/// ```
///
/// * `build` contacts nothing.
/// * Any batch is accounted for: accepted, rejected and to be retried are all its values, and no more.
/// * What is to be retried is a part of the batch, and its reason is one line.
/// * A backend that refuses, is slow, hangs, takes a part, dies or talks nonsense, in any order, costs no more than the
///   deadline, condemns no data that are in order, and is written to again as soon as it is well.
/// * A write that is dropped at its deadline leaves nothing behind that the next one could stumble over.
/// * Nothing panics, nothing blocks the thread, `stop` ends, and no secret is in any text, log lines included.
///
/// Time is held: no test waits for a clock. A test that needs more than the kit knows about its backend says so with
/// [`answering`](crate::testkit::Kit::answering) and [`partly`](crate::testkit::Kit::partly).
#[macro_export]
macro_rules! conform {
    ($sink:ident, $kit:expr) => {
        #[cfg(test)]
        const CONFORM: $crate::testkit::Kit = {
            use $crate::testkit::Kit;
            $kit
        };

        #[cfg(test)]
        mod conform {
            use super::CONFORM;
            use $sink as _;

            $crate::conform! { @facts
                build_contacts_nothing
                any_batch_is_accounted_for
                a_large_batch_arrives
                a_backend_that_refuses_connections_is_retried
                a_slow_backend_is_waited_for
                a_hanging_backend_costs_no_more_than_the_deadline
                a_backend_that_takes_a_part_gets_the_rest_later
                a_dying_backend_is_written_to_again
                nonsense_is_no_answer
                a_set_up_that_can_be_mended_condemns_no_data
                any_batch_survives_any_backend
            }
        }
    };
    (@facts $($fact:ident)+) => {
        $(#[test]
        fn $fact() {
            CONFORM.check(stringify!($fact));
        })+
    };
}

type Fact = (&'static str, fn(Kit));

/// What [`Kit::check`] knows; the names are those of the tests that [`conform!`](crate::conform) makes.
const FACTS: &[Fact] = &[
    ("build_contacts_nothing", build_contacts_nothing),
    ("any_batch_is_accounted_for", any_batch_is_accounted_for),
    ("a_large_batch_arrives", a_large_batch_arrives),
    (
        "a_backend_that_refuses_connections_is_retried",
        refused_is_retried,
    ),
    ("a_slow_backend_is_waited_for", a_slow_backend_is_waited_for),
    ("a_hanging_backend_costs_no_more_than_the_deadline", hanging),
    ("a_backend_that_takes_a_part_gets_the_rest_later", taking_a_part),
    ("a_dying_backend_is_written_to_again", dying),
    ("nonsense_is_no_answer", nonsense_is_no_answer),
    (
        "a_set_up_that_can_be_mended_condemns_no_data",
        set_up_condemns_no_data,
    ),
    ("any_batch_survives_any_backend", any_batch_survives_any_backend),
];

impl Kit {
    /// Checks one fact, by its name.
    ///
    /// # Panics
    /// When it does not hold.
    #[doc(hidden)] // `conform!` calls it
    pub fn check(self, fact: &str) {
        let found = FACTS.iter().find(|(name, _)| *name == fact);
        assert!(found.is_some(), "{fact} is no fact");
        if let Some((_, check)) = found {
            check(self);
        }
    }

    /// A few values and many, through each of the scripts that can happen to this sink.
    fn meets(self, scripts: &[&[Mood]]) {
        for script in scripts {
            let script: Vec<Mood> = script.to_vec();
            if !script.iter().all(|mood| self.moods().contains(mood)) {
                continue;
            }
            for batch in [small(), large(self)] {
                let script = script.clone();
                held(move |held| async move {
                    let mut stage = Stage::new(self, held).await;
                    stage.write_through(&script, &batch).await;
                    stage.stop().await;
                });
            }
        }
    }

    fn property<T: Debug>(self, values: &impl Strategy<Value = T>, fact: impl Fn(Self, T)) {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            max_shrink_iters: 200,
            ..Config::default()
        };
        let held = TestRunner::new(config).run(values, |value| {
            fact(self, value);
            Ok::<(), TestCaseError>(())
        });
        if let Err(error) = held {
            unreachable!("{error}");
        }
    }
}

fn build_contacts_nothing(kit: Kit) {
    held(move |held| async move {
        let mut stage = Stage::new(kit, held).await;
        stage.held.moment().await;
        assert_eq!(stage.backend.contacts(), 0, "build contacts nothing");
        stage.stop().await;
    });
}

fn any_batch_is_accounted_for(kit: Kit) {
    kit.property(&any_plan(), |kit, plan: Plan| {
        held(move |held| async move {
            let mut stage = Stage::new(kit, held).await;
            let outcome = stage.write(&Arc::new(plan.batch())).await;
            let whole = outcome.as_ref().is_some_and(|outcome| outcome.retry.is_none());
            assert!(whole, "there is nothing to be tried again: {outcome:?}");
            stage.stop().await;
        });
    });
}

fn a_large_batch_arrives(kit: Kit) {
    held(move |held| async move {
        let mut stage = Stage::new(kit, held).await;
        let batch = large(kit);
        let outcome = stage.write(&batch).await;
        let whole = Outcome::all(batch.value_count());
        assert_eq!(outcome, Some(whole), "every value of the batch is accepted");
        stage.stop().await;
    });
}

fn refused_is_retried(kit: Kit) {
    held(move |held| async move {
        let mut stage = Stage::closed(kit, held);
        for _ in 0..2 {
            let outcome = stage.write(&small()).await;
            if !matches!(kit.wire, Wire::Nothing | Wire::Datagrams) {
                condemns_nothing(outcome.as_ref());
            }
        }
        stage.open().await;
        stage.arrives(&small()).await;
        stage.stop().await;
    });
}

fn a_slow_backend_is_waited_for(kit: Kit) {
    held(move |held| async move {
        let mut stage = Stage::new(kit, held).await;
        stage.backend.script([Mood::Slow]);
        let batch = small();
        let outcome = stage.write(&batch).await;
        assert_eq!(outcome, Some(Outcome::all(batch.value_count())));
        stage.stop().await;
    });
}

fn hanging(kit: Kit) {
    kit.meets(&[&[Mood::Hang; 9], &[Mood::Deaf; 9], &[Mood::Well, Mood::Hang]]);
}

fn taking_a_part(kit: Kit) {
    kit.meets(&[
        &[Mood::Partly],
        &[Mood::Well, Mood::Partly, Mood::Well],
        &[Mood::Well, Mood::Status(500)],
        &[Mood::Status(503), Mood::Well],
        &[Mood::Status(413), Mood::Well, Mood::Status(400)],
        &[Mood::Well, Mood::Die, Mood::Well],
    ]);
}

fn dying(kit: Kit) {
    kit.meets(&[
        &[Mood::Die; 3],
        &[Mood::DieAnswering; 3],
        &[Mood::Well, Mood::DieAnswering],
    ]);
}

fn nonsense_is_no_answer(kit: Kit) {
    kit.meets(&[
        &[Mood::Garbage; 3],
        &[Mood::Well, Mood::Garbage],
        &[Mood::Status(200)],
    ]);
}

fn set_up_condemns_no_data(kit: Kit) {
    if !matches!(kit.wire, Wire::Http { .. }) {
        return;
    }
    for status in [307, 401, 403, 408, 429, 500, 503] {
        held(move |held| async move {
            let mut stage = Stage::new(kit, held).await;
            let outcome = stage.write_through(&[Mood::Status(status); 9], &small()).await;
            condemns_nothing(outcome.as_ref());
            stage.stop().await;
        });
    }
}

fn any_batch_survives_any_backend(kit: Kit) {
    let moods = kit.moods();
    if moods.is_empty() {
        return;
    }
    let mood = (0..moods.len()).prop_map(|at| moods.get(at).copied().unwrap_or(Mood::Well));
    kit.property(
        &(any_plan(), vec(mood, 1..4)),
        |kit, (plan, script): (Plan, Vec<Mood>)| {
            held(move |held| async move {
                let mut stage = Stage::new(kit, held).await;
                stage.write_through(&script, &Arc::new(plan.batch())).await;
                stage.arrives(&small()).await;
                stage.stop().await;
            });
        },
    );
}

/// The failure passes: at most what cannot be expressed at all is rejected.
fn condemns_nothing(outcome: Option<&Outcome>) {
    let Some(outcome) = outcome else { return };
    let only = |(reason, _): &(Rejection, usize)| *reason == Rejection::Unrepresentable;
    let kept = outcome.retry.is_some() && outcome.rejected.iter().all(only);
    assert!(kept, "the data are worth another try: {outcome:?}");
}
