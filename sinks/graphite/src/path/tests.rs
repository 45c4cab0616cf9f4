use super::*;

fn path(pairs: &[(&str, &str)], metric: &str, own: Option<&[(&str, &str)]>) -> String {
    let labels = Labels::from_pairs(pairs.iter().copied());
    let own = own.map(|own| Labels::from_pairs(own.iter().copied()));
    let mut out = Vec::new();
    push_set(&mut out, &labels);
    push_metric(&mut out, metric, own.as_ref());
    String::from_utf8(out).unwrap()
}

fn tags(pairs: &[(&str, &str)], own: Option<&[(&str, &str)]>) -> String {
    let labels = Labels::from_pairs(pairs.iter().copied());
    let own = own.map(|own| Labels::from_pairs(own.iter().copied()));
    let mut out = Vec::new();
    push_tags(&mut out, &labels, own.as_ref());
    String::from_utf8(out).unwrap()
}

#[test]
fn each_kind_of_set_has_its_path() {
    let pod = [
        ("hostname", "node.example"),
        ("namespace_name", "namespace"),
        ("pod_name", "pod/name.12345"),
        ("container_name", "con.tainer"),
    ];
    let of = |kind| {
        let mut pairs = vec![("type", kind)];
        pairs.extend(pod);
        path(&pairs, "metric/avg", None)
    };
    for (kind, wanted) in [
        (
            "pod_container",
            "nodes.node_example.pods.namespace.pod_name_12345.containers.con_tainer.metric.avg",
        ),
        (
            "sys_container",
            "nodes.node_example.sys-containers.con_tainer.metric.avg",
        ),
        (
            "pod",
            "nodes.node_example.pods.namespace.pod_name_12345.metric.avg",
        ),
        ("ns", "namespaces.namespace.metric.avg"),
        ("node", "nodes.node_example.metric.avg"),
        ("cluster", "cluster.metric.avg"),
        ("other", "metric.avg"),
    ] {
        assert_eq!(of(kind), wanted);
    }
    assert_eq!(path(&[], "metric", None), "metric");
}

#[test]
fn missing_labels_are_empty_parts() {
    assert_eq!(path(&[("type", "pod")], "uptime", None), "nodes..pods...uptime");
}

#[test]
fn a_labeled_value_has_its_resource_in_the_path() {
    for (resource, wanted) in [
        ("/dev/sda1", "cluster.filesystem.dev_sda1.usage"),
        ("/", "cluster.filesystem.root.usage"),
        ("Volume:data", "cluster.filesystem.Volume_data.usage"),
        ("8:0", "cluster.filesystem.8_0.usage"),
        ("", "cluster.filesystem.root.usage"),
    ] {
        let own = [("resource_id", resource)];
        assert_eq!(
            path(&[("type", "cluster")], "filesystem/usage", Some(&own)),
            wanted
        );
    }
    let own = [("accelerator_id", "GPU-0001"), ("make", "nvidia")];
    assert_eq!(
        path(&[], "accelerator/duty_cycle", Some(&own)),
        "accelerator.GPU-0001.duty_cycle"
    );
    assert_eq!(path(&[], "plain", Some(&[("resource_id", "x")])), "plain.x");
    assert_eq!(
        path(&[], "filesystem/usage", Some(&[("other", "x")])),
        "filesystem.usage"
    );
}

#[test]
fn what_a_line_cannot_hold_is_replaced() {
    let pairs = [("type", "node"), ("hostname", "a b\tc\nd;e:f\u{2028}ü")];
    assert_eq!(path(&pairs, "custom/x y", None), "nodes.a_b_c_d_e_f_ü.custom.x_y");
}

#[test]
fn tags_are_the_labels_but_for_user_labels_and_numbers() {
    let pairs = [
        ("type", "pod"),
        ("pod_name", "p q"),
        ("labels", "app:x"),
        ("pod_id", "1"),
        ("namespace_id", "2"),
        ("host_id", "3"),
        ("hostname", ""),
        ("name", "~n;"),
        ("a=b", "c"),
    ];
    assert_eq!(tags(&pairs, None), ";a_b=c;_name=_n_;pod_name=p_q;type=pod");
}

#[test]
fn a_values_own_labels_win() {
    let pairs = [("resource_id", "set"), ("type", "node")];
    assert_eq!(
        tags(&pairs, Some(&[("resource_id", "/dev/sda1")])),
        ";type=node;resource_id=/dev/sda1"
    );
}
