//! The machine that runs the tests.

use crate::fixture::{find, host_at};
use heapster_plugin::model::{Timestamp, Value};
use std::path::Path;

#[tokio::test]
async fn this_machine_has_plausible_values() {
    let host = host_at(Path::new("/"), "&nodename=here").await;
    let before = Timestamp::now();
    let (first, second) = (host.scrape().await, host.scrape().await);
    let int = |metric: &str| {
        host.value(&first, "node:here", metric)
            .map(|value| value.as_i64())
    };
    let total = int("memory/node_capacity").unwrap();
    for metric in ["memory/usage", "memory/working_set", "memory/rss", "memory/cache"] {
        let value = int(metric).unwrap();
        assert!(0 < value && value <= total, "{metric}: {value} of {total}");
    }
    assert!(int("uptime").unwrap() > 0);
    assert!(int("memory/page_faults").unwrap() > 0);
    let cpu = |scraped| host.value(scraped, "node:here", "cpu/usage").unwrap();
    let (Value::Int(old), Value::Int(new)) = (cpu(&first), cpu(&second)) else {
        panic!("cpu/usage is an integer")
    };
    assert!(0 < old && old <= new);
    let times = find(&first, "node:here").unwrap().times;
    assert!(times.scrape >= Some(before) && times.collection_start < Some(before));
    let labeled = host.labeled(&first);
    let size = labeled
        .iter()
        .find(|(name, place, _)| name == "filesystem/limit" && place == "/");
    assert!(size.is_some_and(|(.., size)| size.as_i64() > 0), "{labeled:?}");
}
