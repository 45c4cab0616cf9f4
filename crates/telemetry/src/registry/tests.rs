//! The printed text, read by a strict parser.

mod parser;

use super::*;
use crate::declare_heapster;
use parser::{Sample, parse};
use std::io::Write as _;
use std::process::{Command, Stdio};

fn value(families: &BTreeMap<String, Vec<Sample>>, family: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let wanted: Vec<(String, String)> = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let found = families[family]
        .iter()
        .find(|one| one.0 == name && one.1 == wanted);
    found
        .unwrap_or_else(|| panic!("{name} {labels:?}: {:?}", families[family]))
        .2
}

/// A registry with every kind of family and hostile label values.
fn full() -> Registry {
    let registry = Registry::new();
    declare_heapster(&registry);
    registry.declare(
        "heapster_h_seconds",
        Kind::Histogram,
        "With \"quotes\",\nlines and \\",
    );
    registry.observe("heapster_h_seconds", &[("a", "b")], Duration::from_millis(30));
    registry.count(
        "heapster_x_total",
        &[("z", "1"), ("a", "\\ \" \n {},= é")],
        1_500_000,
    );
    registry.gauge("heapster_g", &[], f64::NEG_INFINITY);
    for took in 1..=100 {
        let node = [("node", "n1")];
        registry.observe(
            "heapster_kubelet_request_duration_milliseconds",
            &node,
            Duration::from_millis(took),
        );
    }
    registry
}

#[test]
fn what_is_printed_can_be_read() {
    let families = parse(&full().render());
    let labels = [("a", "\\ \" \n {},= é"), ("z", "1")];
    assert_eq!(
        value(&families, "heapster_x_total", "heapster_x_total", &labels),
        1_500_000.0
    );
    assert_eq!(
        value(&families, "heapster_g", "heapster_g", &[]),
        f64::NEG_INFINITY
    );
    let family = "heapster_kubelet_request_duration_milliseconds";
    let median = value(&families, family, family, &[("node", "n1"), ("quantile", "0.5")]);
    assert!((median - 50.0).abs() <= 0.5, "{median}");
    assert_eq!(
        value(&families, family, &format!("{family}_sum"), &[("node", "n1")]),
        5050.0
    );
    let bucket = |le| {
        value(
            &families,
            "heapster_h_seconds",
            "heapster_h_seconds_bucket",
            &[("a", "b"), ("le", le)],
        )
    };
    assert_eq!((bucket("0.025"), bucket("0.05"), bucket("+Inf")), (0.0, 1.0, 1.0));
    assert!(
        value(
            &families,
            "process_start_time_seconds",
            "process_start_time_seconds",
            &[]
        ) > 1e9
    );
}

#[test]
fn promtool_agrees_where_it_is_installed() {
    let started = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = started else {
        eprintln!("SKIPPED: promtool is not on the path");
        return;
    };
    promtool
        .stdin
        .take()
        .unwrap()
        .write_all(full().render().as_bytes())
        .unwrap();
    let output = promtool.wait_with_output().unwrap();
    // It also lints names, which are the original's; only a text it cannot parse is a fault here.
    assert!(
        !String::from_utf8_lossy(&output.stderr).contains("error while linting"),
        "{output:?}"
    );
}

#[test]
fn families_and_series_are_sorted() {
    let text = full().render();
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn request_summaries_show_before_the_first_request() {
    let registry = Registry::new();
    declare_heapster(&registry);
    let families = parse(&registry.render());
    for family in [
        "http_request_duration_microseconds",
        "http_request_size_bytes",
        "http_response_size_bytes",
    ] {
        assert_eq!(families[family].len(), 22 * 5);
        let handler = ("handler", "podListMetric");
        assert_eq!(
            value(&families, family, &format!("{family}_count"), &[handler]),
            0.0
        );
        assert!(value(&families, family, family, &[handler, ("quantile", "0.99")]).is_nan());
    }
    assert!(!families.contains_key("http_requests_total"));
}

#[test]
fn a_full_family_refuses_new_series_and_says_so() {
    let registry = Registry::with_limit(2);
    for node in ["a", "b", "c", "d", "a"] {
        registry.count("heapster_x_total", &[("node", node)], 1);
    }
    let families = parse(&registry.render());
    assert_eq!(families["heapster_x_total"].len(), 2);
    assert_eq!(
        value(
            &families,
            "heapster_x_total",
            "heapster_x_total",
            &[("node", "a")]
        ),
        2.0
    );
    assert_eq!(
        value(&families, REFUSED, REFUSED, &[("family", "heapster_x_total")]),
        2.0
    );
    registry.forget("heapster_x_total", &[("node", "b")]);
    registry.count("heapster_x_total", &[("node", "c")], 1);
    let families = parse(&registry.render());
    assert_eq!(
        value(
            &families,
            "heapster_x_total",
            "heapster_x_total",
            &[("node", "c")]
        ),
        1.0
    );
}

#[test]
fn a_value_of_another_kind_is_refused() {
    let registry = Registry::new();
    registry.declare("heapster_x_total", Kind::Counter, "x");
    registry.gauge("heapster_x_total", &[], 1.0);
    registry.observe("heapster_x_total", &[], Duration::from_secs(1));
    let families = parse(&registry.render());
    assert!(!families.contains_key("heapster_x_total"));
    assert_eq!(
        value(&families, REFUSED, REFUSED, &[("family", "heapster_x_total")]),
        2.0
    );
}

#[test]
fn labels_in_another_order_are_the_same_series() {
    let registry = Registry::new();
    registry.count("heapster_x_total", &[("a", "1"), ("b", "2")], 1);
    registry.count("heapster_x_total", &[("b", "2"), ("a", "1")], 1);
    assert_eq!(parse(&registry.render())["heapster_x_total"].len(), 1);
}

#[test]
fn forgetting_takes_exactly_these_labels() {
    let registry = Registry::new();
    registry.gauge("heapster_g", &[("node", "a")], 1.0);
    registry.gauge("heapster_g", &[("node", "a"), ("x", "y")], 1.0);
    registry.forget("heapster_g", &[("node", "a")]);
    registry.forget("heapster_g", &[("node", "b")]);
    registry.forget("heapster_unknown", &[]);
    assert_eq!(parse(&registry.render())["heapster_g"].len(), 1);
}

#[test]
fn the_unit_of_a_duration_is_in_the_name() {
    let registry = Registry::new();
    for family in [
        "heapster_a_milliseconds",
        "heapster_b_microseconds",
        "heapster_c_seconds",
    ] {
        registry.observe(family, &[], Duration::from_millis(1500));
    }
    let families = parse(&registry.render());
    let sum = |family: &str| value(&families, family, &format!("{family}_sum"), &[]);
    assert_eq!(sum("heapster_a_milliseconds"), 1500.0);
    assert_eq!(sum("heapster_b_microseconds"), 1_500_000.0);
    assert_eq!(sum("heapster_c_seconds"), 1.5);
}

#[derive(Debug)]
struct Pair(std::sync::atomic::AtomicU32);

impl Reader for Pair {
    fn read(&self, put: Put<'_>) {
        let value = f64::from(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        put("tea_made_total", &[("sort", "green")], value);
        put("tea_drunk_total", &[], value);
        put("tea_undeclared", &[], value);
    }
}

#[test]
fn figures_of_a_reader_are_of_one_moment() {
    let registry = Registry::new();
    registry.declare("tea_made_total", Kind::Counter, "");
    registry.declare("tea_drunk_total", Kind::Counter, "");
    registry.read_from(Arc::new(Pair(7.into())));
    for value in [7, 8] {
        let text = registry.render();
        assert!(
            text.contains(&format!(
                "# TYPE tea_drunk_total counter\ntea_drunk_total {value}\n"
            )),
            "{text}"
        );
        assert!(
            text.contains(&format!("tea_made_total{{sort=\"green\"}} {value}\n")),
            "{text}"
        );
        assert!(!text.contains("undeclared"), "{text}");
    }
}
