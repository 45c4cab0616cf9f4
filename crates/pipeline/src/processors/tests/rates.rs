//! Rates.

use super::fixture::{World, at, set, times, value};
use heapster_plugin::model::{CpuRate, Labels, MetricType, Point, Scraped, Times, Value, id, label};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// One node with these values, sampled at these times; the key of its set.
fn node(world: &World, times: Times, points: &[Point]) -> Vec<Scraped> {
    let mut scraped = Scraped::default();
    world.set(&mut scraped, &world.model.entities.node("n1"), times, points);
    vec![scraped]
}

fn cpu(nanos: i64) -> Point {
    Point::cumulative(id::CPU_USAGE, nanos)
}

/// The CPU rate in millicores after two samples.
fn rate(first: (Times, i64), second: (Times, i64)) -> Option<f64> {
    let mut world = World::without_cluster();
    world.batch(60, &node(&world, first.0, &[cpu(first.1)]));
    let batch = world.batch(120, &node(&world, second.0, &[cpu(second.1)]));
    value(&batch, "node:n1", "cpu/usage_rate")
}

#[test]
fn a_minute_of_use_is_fifteen_millicores() {
    let mut world = World::without_cluster();
    let first = node(
        &world,
        times(0, -9),
        &[cpu(947_130_377_781), Point::cumulative(id::NETWORK_TX_ERRORS, 0)],
    );
    let second = node(
        &world,
        times(60, -9),
        &[
            cpu(948_071_062_732),
            Point::cumulative(id::NETWORK_TX_ERRORS, 120),
        ],
    );
    world.batch(60, &first);
    let batch = world.batch(120, &second);
    let set = set(&batch, "node:n1");
    assert_eq!(
        set.point(id::CPU_USAGE_RATE),
        Some(Point::gauge(id::CPU_USAGE_RATE, 15))
    );
    let errors = Point::float(id::NETWORK_TX_ERRORS_RATE, MetricType::Gauge, 2.0);
    assert_eq!(set.point(id::NETWORK_TX_ERRORS_RATE), Some(errors));
    let window = Duration::from_secs(60);
    let sample = at(60);
    assert_eq!(
        set.cpu(),
        Some(CpuRate {
            nanocores: 15_678_082,
            sample,
            window
        })
    );
}

#[test]
fn every_counter_has_its_rate() {
    let counters = [
        (id::MEMORY_PAGE_FAULTS, id::MEMORY_PAGE_FAULTS_RATE),
        (id::MEMORY_MAJOR_PAGE_FAULTS, id::MEMORY_MAJOR_PAGE_FAULTS_RATE),
        (id::NETWORK_RX, id::NETWORK_RX_RATE),
        (id::NETWORK_RX_ERRORS, id::NETWORK_RX_ERRORS_RATE),
        (id::NETWORK_TX, id::NETWORK_TX_RATE),
        (id::NETWORK_TX_ERRORS, id::NETWORK_TX_ERRORS_RATE),
    ];
    let points = |value| counters.map(|(counter, _)| Point::cumulative(counter, value));
    let mut world = World::without_cluster();
    world.batch(60, &node(&world, times(0, -9), &points(100)));
    let batch = world.batch(120, &node(&world, times(10, -9), &points(105)));
    for (_, rate) in counters {
        assert_eq!(set(&batch, "node:n1").value(rate), Some(Value::Float(0.5)));
    }
}

#[test]
fn a_first_sample_gives_no_rate() {
    let mut world = World::without_cluster();
    let batch = world.batch(60, &node(&world, times(0, -9), &[cpu(5)]));
    assert_eq!(value(&batch, "node:n1", "cpu/usage_rate"), None);
    assert_eq!(set(&batch, "node:n1").cpu(), None);
}

#[test]
fn a_falling_counter_gives_no_rate() {
    assert_eq!(rate((times(0, -9), 1_000), (times(60, -9), 999)), None);
    assert_eq!(rate((times(0, -9), i64::MAX), (times(60, -9), i64::MIN)), None);
}

#[test]
fn a_counter_that_stands_still_has_rate_zero() {
    assert_eq!(rate((times(0, -9), 1_000), (times(60, -9), 1_000)), Some(0.0));
}

#[test]
fn a_restart_gives_no_rate() {
    assert_eq!(rate((times(0, -9), 1_000), (times(60, 30), 2_000)), None);
}

#[test]
fn a_measuring_time_that_repeats_goes_back_or_is_unknown_gives_no_rate() {
    assert_eq!(rate((times(60, -9), 1), (times(60, -9), 2)), None);
    assert_eq!(rate((times(60, -9), 1), (times(59, -9), 2)), None);
    let unknown = Times {
        scrape: None,
        ..times(0, -9)
    };
    assert_eq!(rate((unknown, 1), (times(60, -9), 2)), None);
    assert_eq!(rate((times(60, -9), 1), (unknown, 2)), None);
    assert_eq!(rate((unknown, 1), (unknown, 2)), None);
}

#[test]
fn a_repeated_sample_keeps_the_full_precision_rate_of_that_sample() {
    let mut world = World::without_cluster();
    world.batch(60, &node(&world, times(0, -9), &[cpu(0)]));
    let second = world.batch(120, &node(&world, times(60, -9), &[cpu(6_000_000_000)]));
    let third = world.batch(180, &node(&world, times(60, -9), &[cpu(6_000_000_000)]));
    assert_eq!(value(&third, "node:n1", "cpu/usage_rate"), None);
    assert!(set(&third, "node:n1").cpu().is_some());
    assert_eq!(set(&third, "node:n1").cpu(), set(&second, "node:n1").cpu());
}

#[test]
fn a_set_that_was_missing_for_a_cycle_has_no_rate() {
    let mut world = World::without_cluster();
    world.batch(60, &node(&world, times(0, -9), &[cpu(0)]));
    world.batch(120, &[]);
    let batch = world.batch(180, &node(&world, times(120, -9), &[cpu(9_000_000_000)]));
    assert_eq!(value(&batch, "node:n1", "cpu/usage_rate"), None);
}

#[test]
fn a_batch_from_before_the_last_still_has_rates_by_the_targets_clock() {
    let mut world = World::without_cluster();
    world.batch(600, &node(&world, times(0, -9), &[cpu(0)]));
    let batch = world.batch(60, &node(&world, times(60, -9), &[cpu(6_000_000_000)]));
    assert_eq!(value(&batch, "node:n1", "cpu/usage_rate"), Some(100.0));
}

#[test]
fn of_two_values_of_one_counter_the_first_has_the_rate() {
    let mut world = World::without_cluster();
    world.batch(60, &node(&world, times(0, -9), &[cpu(0), cpu(1)]));
    let batch = world.batch(120, &node(&world, times(60, -9), &[cpu(6_000_000_000), cpu(7)]));
    assert_eq!(value(&batch, "node:n1", "cpu/usage_rate"), Some(100.0));
    assert_eq!(
        set(&batch, "node:n1").cpu().map(|cpu| cpu.nanocores),
        Some(100_000_000)
    );
}

#[test]
fn disk_rates_pair_equal_devices_and_come_last() {
    let mut world = World::without_cluster();
    let device = |name: &str| Arc::new(Labels::from_pairs([(label::RESOURCE_ID, name)]));
    let answer = |world: &World, second: i64, read: &[(&str, i64)]| {
        let mut scraped = Scraped::default();
        world.begin(&mut scraped, &world.model.entities.node("n1"), times(second, -9));
        for (name, bytes) in read {
            scraped.push_labeled(Point::gauge(id::DISK_IO_READ_BYTES, *bytes), device(name));
        }
        vec![scraped]
    };
    world.batch(60, &answer(&world, 0, &[("sda", 100), ("sdb", 500)]));
    let batch = world.batch(120, &answer(&world, 10, &[("sdb", 600), ("sdc", 1), ("sda", 50)]));
    let labeled: Vec<_> = set(&batch, "node:n1").labeled().collect();
    assert_eq!(labeled.len(), 4);
    assert_eq!(
        labeled[3].point,
        Point::float(id::DISK_IO_READ_BYTES_RATE, MetricType::Gauge, 10.0)
    );
    assert_eq!(labeled[3].labels.get(label::RESOURCE_ID), Some("sdb"));
}

proptest! {
    /// Whatever two samples of one entity say, a rate is what grew in the time that passed, or there is none.
    #[test]
    fn a_rate_is_never_negative_and_never_wraps(
        old in any::<i64>(),
        new in any::<i64>(),
        near in any::<bool>(),
        old_time in prop::option::of(any::<i64>()),
        time_step in prop::option::of(-3_i64..100_000_000_000),
        restarted in any::<bool>(),
    ) {
        use heapster_plugin::model::Timestamp;
        let new = if near { old.saturating_add(new % 1_000_000_000_000) } else { new };
        let of = |nanos: Option<i64>, start| Times {
            scrape: nanos.map(Timestamp::from_nanos), collection_start: Some(at(start)), entity_create: None,
        };
        let new_time = time_step.map(|step| old_time.unwrap_or(0).saturating_add(step));
        let (first, second) = (of(old_time, 0), of(new_time, i64::from(restarted)));
        let answer = |world: &World, times, value| {
            let mut all = node(world, times, &[cpu(value), Point::cumulative(id::NETWORK_RX, value)]);
            let disk = Point::gauge(id::DISK_IO_WRITE_BYTES, value);
            all[0].push_labeled(disk, Arc::new(Labels::from_pairs([(label::RESOURCE_ID, "sda")])));
            all
        };
        let mut world = World::without_cluster();
        world.batch(60, &answer(&world, first, old));
        let batch = world.batch(120, &answer(&world, second, new));
        let set = set(&batch, "node:n1");
        let (millicores, per_second) = (set.value(id::CPU_USAGE_RATE), set.value(id::NETWORK_RX_RATE));
        let disk = set.labeled().find(|one| one.point.metric() == id::DISK_IO_WRITE_BYTES_RATE);
        prop_assert_eq!(disk.map(|one| one.point.value()), per_second);
        let later = matches!((first.scrape, second.scrape), (Some(old), Some(new)) if new > old);
        if !later || restarted || new < old {
            prop_assert_eq!((millicores, per_second, set.cpu()), (None, None, None));
        } else {
            prop_assert!(matches!(per_second, Some(Value::Float(rate)) if rate >= 0.0 && rate.is_finite()));
            prop_assert!(!matches!(millicores, Some(Value::Int(..0) | Value::Float(_))));
            let grown = i128::from(new) - i128::from(old);
            let nanos = i128::from(second.scrape.unwrap().nanos()) - i128::from(first.scrape.unwrap().nanos());
            if let Some(Value::Int(rate)) = millicores {
                prop_assert_eq!(i128::from(rate), 1_000 * grown / nanos);
            }
            if let Some(cpu) = set.cpu() {
                prop_assert_eq!(i128::from(cpu.nanocores), 1_000_000_000 * grown / nanos);
            }
        }
    }
}
