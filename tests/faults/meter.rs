//! What the program counts, with word of each change.

use heapster_plugin::telemetry::Telemetry;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;

/// Series by `family{key=value,…}`: the value, and how often it was touched.
type All = BTreeMap<String, (f64, u64)>;

/// Counters that can be waited for.
#[derive(Debug)]
pub(crate) struct Meter(watch::Sender<All>);

impl Default for Meter {
    fn default() -> Self {
        Self(watch::Sender::new(All::new()))
    }
}

impl Meter {
    /// A counter or gauge; 0 when nobody touched it.
    pub(crate) fn value(&self, series: &str) -> f64 {
        self.0.borrow().get(series).map_or(0.0, |(value, _)| *value)
    }

    /// How often a series was touched.
    pub(crate) fn times(&self, series: &str) -> u64 {
        self.0.borrow().get(series).map_or(0, |(_, times)| *times)
    }

    /// How many series there are.
    pub(crate) fn series(&self) -> usize {
        self.0.borrow().len()
    }

    /// All series of a family.
    pub(crate) fn family(&self, family: &str) -> BTreeMap<String, f64> {
        let all = self.0.borrow();
        let own = all.iter().filter(|(series, _)| series.starts_with(family));
        own.map(|(series, (value, _))| (series.clone(), *value)).collect()
    }

    /// Waits until a series was touched more often than `times`.
    pub(crate) async fn touched(&self, series: &str, times: u64) {
        let touched = |all: &All| all.get(series).is_some_and(|(_, now)| *now > times);
        self.0.subscribe().wait_for(touched).await.unwrap();
    }

    fn touch(&self, family: &str, labels: &[(&'static str, &str)], change: impl FnOnce(&mut f64)) {
        self.0.send_modify(|all| {
            let (value, times) = all.entry(series(family, labels)).or_default();
            change(value);
            *times += 1;
        });
    }
}

fn series(family: &str, labels: &[(&'static str, &str)]) -> String {
    let labels: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("{family}{{{}}}", labels.join(","))
}

impl Telemetry for Meter {
    #[allow(clippy::cast_precision_loss)] // test counters are small
    fn count(&self, family: &'static str, labels: &[(&'static str, &str)], by: u64) {
        self.touch(family, labels, |value| *value += by as f64);
    }
    fn gauge(&self, family: &'static str, labels: &[(&'static str, &str)], to: f64) {
        self.touch(family, labels, |value| *value = to);
    }
    fn observe(&self, family: &'static str, labels: &[(&'static str, &str)], _: Duration) {
        self.touch(family, labels, |value| *value += 1.0);
    }
    fn forget(&self, family: &'static str, labels: &[(&'static str, &str)]) {
        self.0
            .send_modify(|all| all.retain(|known, _| *known != series(family, labels)));
    }
}
