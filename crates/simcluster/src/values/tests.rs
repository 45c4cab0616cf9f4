use super::*;

const START: i64 = 1_795_341_600;

fn entity(key: u64) -> Entity {
    Entity::new(key, START, 1)
}

#[test]
fn the_same_second_gives_the_same_figures_and_another_key_others() {
    let at = START + 1_234;
    assert_eq!(entity(5).usage(at), entity(5).usage(at));
    assert_ne!(entity(5).usage(at), entity(6).usage(at));
    assert_ne!(entity(5).network(at), entity(6).network(at));
}

#[test]
fn counters_never_fall_while_an_entity_lives() {
    for key in 0..50 {
        let entity = entity(mix(1, key));
        let mut before = (entity.usage(START), entity.network(START));
        for second in START..START + 700 {
            let now = (entity.usage(second), entity.network(second));
            assert!(now.0.cpu_nanos >= before.0.cpu_nanos && now.0.page_faults >= before.0.page_faults);
            assert!(now.1.rx_bytes >= before.1.rx_bytes && now.1.tx_bytes >= before.1.tx_bytes);
            before = now;
        }
    }
}

#[test]
fn the_rate_told_is_the_rate_of_the_counter() {
    for key in 0..50 {
        let entity = entity(mix(2, key));
        for second in START..START + 130 {
            let (now, next) = (entity.usage(second), entity.usage(second + 1));
            assert_eq!(next.cpu_nanos - now.cpu_nanos, now.cpu_nano_cores, "at {second}");
        }
    }
}

#[test]
fn everything_counted_is_zero_at_the_start_and_before_it() {
    for second in [START - 100, START] {
        let usage = entity(9).usage(second);
        assert_eq!((usage.cpu_nanos, usage.page_faults), (0, 0));
        assert_eq!(entity(9).network(second).rx_bytes, 0);
    }
}

#[test]
fn a_filesystem_never_holds_more_than_fits() {
    for key in 0..100 {
        let node = Entity::new(mix(3, key), START, 40);
        let figures = node.filesystem(0, START + 3_599);
        assert!(figures.used_bytes < CAPACITY_BYTES && figures.inodes_used < INODES);
    }
}
