//! Accuracy, age and size of summaries.

use super::*;
use proptest::prelude::*;

fn filled(values: impl IntoIterator<Item = f64>, now: Instant) -> Summary {
    let mut summary = Summary::new(now);
    for value in values {
        summary.observe(value, now);
    }
    summary
}

fn exact(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[usize::try_from(rank(q, sorted.len() as u64)).unwrap() - 1]
}

proptest! {
    #[test]
    fn quantiles_are_within_one_percent(values in prop::collection::vec(1e-6f64..1e9, 1..400)) {
        let now = Instant::now();
        let mut summary = filled(values.iter().copied(), now);
        for (q, _) in QUANTILES {
            let (exact, got) = (exact(&values, q), summary.quantile(q, now));
            prop_assert!((got - exact).abs() <= exact * 0.0101, "{q}: {got} for {exact}");
        }
    }

    #[test]
    fn no_value_makes_a_summary_larger_than_its_bound(values in prop::collection::vec(any::<f64>(), 0..3000)) {
        let now = Instant::now();
        let summary = filled(values, now);
        prop_assert!(summary.bytes() <= SUMMARY_BYTES);
        prop_assert!(summary.bins.is_sorted_by(|a, b| a.index < b.index));
    }
}

#[test]
fn the_bound_is_below_six_kilobytes() {
    const { assert!(SUMMARY_BYTES < 6 * 1024) };
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_asked_every_five_seconds_costs_at_most_a_kilobyte_and_a_half() {
    let mut summary = Summary::new(Instant::now());
    let mut most = 0;
    for cycle in 0..1000u32 {
        // Every value in a bin of its own for as long as it counts.
        summary.observe(GAMMA.powi(i32::try_from(cycle % 300).unwrap()), Instant::now());
        most = most.max(summary.bytes());
        tokio::time::advance(Duration::from_secs(5)).await;
    }
    assert!(most <= 1536, "{most} bytes");
}

#[tokio::test(start_paused = true)]
async fn old_values_leave_the_quantiles_and_stay_in_the_count() {
    let mut summary = filled([5.0], Instant::now());
    tokio::time::advance(Duration::from_secs(479)).await;
    summary.observe(7.0, Instant::now());
    assert!((summary.quantile(0.5, Instant::now()) - 5.0).abs() < 0.05);
    tokio::time::advance(Duration::from_secs(122)).await;
    assert!((summary.quantile(0.5, Instant::now()) - 7.0).abs() < 0.07);
    tokio::time::advance(Duration::from_secs(601)).await;
    assert!(summary.quantile(0.5, Instant::now()).is_nan());
    assert_eq!((summary.count, summary.sum), (2, 12.0));
    assert!(summary.bins.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_long_silence_forgets_all_at_once() {
    let mut summary = filled([5.0], Instant::now());
    tokio::time::advance(Duration::from_secs(1_000_000)).await;
    assert!(summary.quantile(0.9, Instant::now()).is_nan());
    summary.observe(1.0, Instant::now());
    assert!((summary.quantile(0.9, Instant::now()) - 1.0).abs() < 0.01);
}

#[test]
fn a_full_counter_keeps_the_shares() {
    let now = Instant::now();
    let values = (0..300_000).map(|at| if at % 4 == 0 { 100.0 } else { 1.0 });
    let mut summary = filled(values, now);
    assert!((summary.quantile(0.5, now) - 1.0).abs() < 0.01);
    assert!((summary.quantile(0.9, now) - 100.0).abs() < 1.0);
    assert_eq!(summary.count, 300_000);
}

#[test]
fn with_all_bins_in_use_high_quantiles_stay_exact() {
    let now = Instant::now();
    let values: Vec<f64> = (0..2000).map(|at| GAMMA.powi(at - 1000)).collect();
    let mut summary = filled(values.iter().rev().copied(), now);
    let (exact, got) = (exact(&values, 0.99), summary.quantile(0.99, now));
    assert!((got - exact).abs() <= exact * 0.0101);
}

#[test]
fn odd_numbers_do_no_harm() {
    let now = Instant::now();
    let mut summary = filled([f64::NAN, -1.0, 0.0, f64::MIN_POSITIVE / 4.0], now);
    assert_eq!(summary.count, 3);
    assert_eq!(summary.quantile(0.5, now), 0.0);
    summary.observe(f64::INFINITY, now);
    assert!(summary.quantile(0.99, now) > 1e200);
}
