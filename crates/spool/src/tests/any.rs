//! Any order of calls, against a list.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Append(usize),
    Done,
    Rest(usize),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0usize..200_000).prop_map(Step::Append),
        1 => (200_000usize..1_200_000).prop_map(Step::Append),
        3 => Just(Step::Done),
        1 => (0usize..50_000).prop_map(Step::Rest),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_spool_is_a_list_that_forgets_its_oldest_records(steps in steps()) {
        let mut rig = Rig::new(1 << 20);
        let mut list: VecDeque<(u64, Vec<u8>)> = VecDeque::new();
        let mut next = 1;
        for step in steps {
            match step {
                Step::Append(length) => {
                    match rig.append(next, length) {
                        Ok(()) => list.push_back((next, payload(next, length))),
                        Err(AppendError::TooLarge) => prop_assert!(length > (1 << 20) - 100),
                        Err(error) => panic!("{error:?}"),
                    }
                    next += 1;
                    let lost_below = rig.spool().lost_below();
                    list.retain(|(seq, _)| *seq >= lost_below);
                }
                Step::Done => {
                    if let Some((seq, bytes)) = list.pop_front() {
                        prop_assert!(rig.spool().read(seq).unwrap() == bytes);
                        rig.spool().advance(seq + 1).unwrap();
                    }
                }
                Step::Rest(length) => {
                    if let Some((seq, bytes)) = list.front_mut() {
                        let rest = payload(77, length);
                        let saved = rig.spool().save_rest(head(*seq), &|out| out.write_all(&rest));
                        if saved.is_ok() {
                            *bytes = rest;
                        }
                    }
                }
                Step::Restart => {
                    let found = rig.reopen();
                    prop_assert_eq!(&found.faults, &[""; 0]);
                    prop_assert_eq!(seqs(&found), list.iter().map(|(seq, _)| *seq).collect::<Vec<_>>());
                }
            }
            prop_assert!(rig.bytes_on_disk() <= 1 << 20);
            prop_assert_eq!(rig.bytes_on_disk(), rig.spool().bytes());
        }
        for (seq, bytes) in list {
            prop_assert!(rig.spool().read(seq).unwrap() == bytes);
        }
    }
}
