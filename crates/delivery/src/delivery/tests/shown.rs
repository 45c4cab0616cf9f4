//! What is shown: the page of figures, and how the sink is.

use super::*;
use crate::families::HEAPSTER;
use crate::parcel::Parcel;
use heapster_telemetry::Registry;
use proptest::prelude::*;

/// The figures of one page: made, accepted, rejected, dropped, waiting.
fn page(registry: &Registry) -> [f64; 5] {
    let text = registry.render();
    ["offered", "accepted", "rejected", "dropped", "waiting"].map(|what| {
        let unit = if what == "waiting" {
            "points"
        } else {
            "points_total"
        };
        let head = format!("heapster_delivery_{what}_{unit}{{");
        let figures = text.lines().filter(|line| line.starts_with(&head));
        figures
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
            .sum()
    })
}

#[tokio::test(start_paused = true)]
async fn the_page_adds_up_at_every_moment() {
    let registry = Registry::new();
    HEAPSTER.declare(&registry);
    let mut rig = Rig::new(Way::Half(5));
    let delivery = Arc::new(rig.delivery.take().unwrap());
    registry.read_from(delivery.clone());
    for at in 0..40 {
        delivery.offer(&items(at, 0..17));
        let [made, accepted, rejected, dropped, waiting] = page(&registry);
        assert_eq!(made, accepted + rejected + dropped + waiting);
        assert!(waiting > 0.0);
        if at % 7 == 0 {
            rig.turn(Way::Boasts);
        } else if at % 7 == 2 {
            rig.turn(Way::Silent);
        } else if at % 7 == 4 {
            rig.turn(Way::Half(5));
        }
        pass(1).await;
    }
    delivery.stop(Instant::now() + secs(20)).await;
    let [made, accepted, rejected, dropped, waiting] = page(&registry);
    assert_eq!((made, waiting), (680.0, 0.0));
    assert_eq!(made, accepted + rejected + dropped);
    assert!(accepted > 0.0 && rejected > 0.0 && dropped > 0.0);
}

#[tokio::test(start_paused = true)]
async fn trouble_is_shown_without_secrets_until_it_is_over() {
    let rig = Rig::new(Way::Fails(3));
    rig.offer(1, 3);
    pass(3).await;
    let shown = rig.delivery().snapshot();
    let (_, text) = shown.last_error.unwrap();
    assert_eq!(text, "503 pw=***");
    assert!(shown.consecutive_failures > 0 && shown.in_hand && shown.last_accepted.is_none());
    assert!(shown.next_try.unwrap() <= secs(4));
    pass(20).await;
    let shown = rig.delivery().snapshot();
    assert_eq!(
        (shown.consecutive_failures, shown.failures, shown.next_try),
        (0, 3, None)
    );
    assert!(shown.last_accepted.is_some() && shown.last_error.is_some());
}

#[test]
fn the_test_parcel_comes_back_from_bytes() {
    proptest!(|(secs in any::<i64>(), numbers in prop::collection::vec(any::<u64>(), 0..9))| {
        let mut bytes = Vec::new();
        items(secs, numbers.clone()).encode(&mut bytes).unwrap();
        let back = Items::<true>::decode(&bytes, &()).unwrap();
        prop_assert_eq!((back.secs, back.items), (secs, numbers));
    });
}
