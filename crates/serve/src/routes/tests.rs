//! Patterns, and the list itself.

use super::*;

fn params(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let crate::path::Path::Segments(segments) = crate::path::split(path) else {
        panic!()
    };
    matched(pattern, &segments).map(|(_, params)| params)
}

#[test]
fn a_metric_name_is_the_rest_of_the_path_and_needs_a_segment() {
    let pattern = "nodes/{node}/metrics/{metric-name}";
    let wanted = vec![
        ("node", "n1".to_owned()),
        ("metric-name", "cpu/usage_rate".to_owned()),
    ];
    assert_eq!(
        params(pattern, "/nodes/n1/metrics/cpu/usage_rate/"),
        Some(wanted.clone())
    );
    assert_eq!(
        params(pattern, "/nodes/n1/metrics/cpu%2Fusage_rate"),
        Some(wanted)
    );
    assert_eq!(params(pattern, "/nodes/n1/metrics/"), None);
}

#[test]
fn an_escaped_slash_is_part_of_a_system_container_and_of_nothing_else() {
    let (node, name) = (("node", "n".to_owned()), ("path", "a.slice/b".to_owned()));
    let found = params(
        "nodes/{node}/freecontainers/{path}/metrics",
        "/nodes/n/freecontainers/a.slice%2Fb/metrics",
    );
    assert_eq!(found, Some(vec![node, name]));
    assert_eq!(params("nodes/{node}", "/nodes/a%2Fb"), None);
}

#[test]
fn no_two_routes_or_pages_have_one_path() {
    let mut all: Vec<String> = PAGES.iter().map(|page| page.path.to_owned()).collect();
    for root in ROOTS {
        for prefix in root.prefixes {
            all.extend(
                root.routes
                    .iter()
                    .map(|route| format!("{prefix}/{}", route.pattern)),
            );
        }
    }
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}
