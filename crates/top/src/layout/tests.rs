use super::*;
use crate::snapshot::Used;
use crate::text;
use heapster_plugin::model::Timestamp;
use tokio::time::Instant;

const WIDE: Size = Size {
    width: 110,
    height: 40,
};

fn used(used: f64, of: f64) -> Used {
    Used {
        used: Some(used),
        of: Some(of),
    }
}

fn node(name: &str) -> NodeRow {
    NodeRow {
        name: name.to_owned(),
        cpu: used(1.5, 2.0),
        history: vec![0.0, 0.5, 1.0, 1.5],
        memory: used(1_073_741_824.0, 8_589_934_592.0),
        received: Some(1536.0),
        sent: Some(0.0),
        root: used(95.0, 100.0),
    }
}

fn work(name: &str, history: &[f64]) -> WorkRow {
    WorkRow {
        name: name.to_owned(),
        place: "vm".to_owned(),
        cpu: Some(0.25),
        memory: Some(1_048_576.0),
        history: history.to_vec(),
    }
}

fn snapshot(nodes: Vec<NodeRow>, work: Work) -> Snapshot {
    Snapshot {
        time: Timestamp::parse("2026-11-22T09:05:00Z").unwrap(),
        age: Duration::ZERO,
        read: Instant::now(),
        nodes: nodes.len(),
        cpu: used(1.5, 2.0),
        memory: used(1_073_741_824.0, 8_589_934_592.0),
        top_nodes: nodes,
        work,
    }
}

fn services(rows: Vec<WorkRow>) -> Work {
    Work::Services {
        services: rows.len(),
        top: rows,
    }
}

fn draw(snapshot: Option<&Snapshot>, problem: Option<&str>, size: Size) -> String {
    let view = View {
        url: "http://127.0.0.1:8082",
        snapshot,
        age: Duration::from_secs(7),
        problem,
        keys: false,
    };
    let lines = frame(&view, size);
    assert!(lines.len() <= size.height);
    for line in &lines {
        assert!(line.width() <= size.width, "{line}");
        assert!(!line.to_string().contains(char::is_control), "{line:?}");
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_machine_in_full_width() {
    let snapshot = snapshot(
        vec![node("vm")],
        services(vec![work("ssh.service", &[0.1, 0.25]), work("cron.service", &[])]),
    );
    let text = "\
heapster top  http://127.0.0.1:8082
batch 2026-11-22T09:05:00Z, 7 s old   nodes 1   pods 0   services 2
cpu     1.500 of 2.000 cores  [██████████████████████▌       ]  75%
memory  1.00 GiB of 8.00 GiB  [███▊                          ]  12%

NODE    CPU    %  RECENT CPU    MEMORY    %    RECEIVED   SENT  ROOT FS  FS %
vm    1.500  75%        ▁▃▆█  1.00 GiB  12%  1.50 KiB/s  0 B/s     95 B   95%

SERVICE       NODE    CPU    MEMORY  RECENT CPU
ssh.service   vm    0.250  1.00 MiB          ▄█
cron.service  vm    0.250  1.00 MiB
";
    assert_eq!(draw(Some(&snapshot), None, WIDE), text);
}

#[test]
fn a_narrow_terminal_gives_up_columns_and_then_text() {
    let snapshot = snapshot(
        vec![node("a-node-with-a-long-name.example.org")],
        services(vec![]),
    );
    let columns = |width| {
        let text = draw(Some(&snapshot), None, Size { width, height: 40 });
        let title = text.lines().find(|line| line.starts_with("NODE")).unwrap();
        title.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(columns(80), "NODE CPU % MEMORY % RECEIVED SENT FS %");
    assert_eq!(columns(51), "NODE CPU % MEMORY %");
    assert_eq!(columns(44), "NODE CPU MEMORY");
    assert_eq!(columns(20), "NODE");
    for width in 0..130 {
        for height in [0, 1, 3, 7, 9, 40] {
            draw(
                Some(&snapshot),
                Some("connection refused"),
                Size { width, height },
            );
        }
    }
}

#[test]
fn a_low_terminal_says_how_much_is_left_out() {
    let nodes = (0..6).map(|number| node(&format!("n{number}"))).collect();
    let rows = (0..9).map(|number| work(&format!("p{number}"), &[])).collect();
    let mut snapshot = snapshot(
        nodes,
        Work::Pods {
            pods: 90,
            containers: 180,
            top: rows,
        },
    );
    snapshot.nodes = 1000;
    let first_words = |height| {
        let text = draw(Some(&snapshot), None, Size { width: 110, height });
        let words = text
            .lines()
            .skip(5)
            .map(|line| match line.strip_prefix("… and ") {
                Some(rest) => rest.to_owned(),
                None => line.split(' ').next().unwrap_or_default().to_owned(),
            });
        words.collect::<Vec<_>>().join(",")
    };
    assert_eq!(first_words(14), "NODE,n0,n1,998 more,,POD,p0,p1,88 more");
    assert_eq!(
        first_words(40),
        "NODE,n0,n1,n2,n3,n4,n5,994 more,,POD,p0,p1,p2,p3,p4,p5,p6,p7,p8,81 more"
    );
}

#[test]
fn nothing_from_the_server_steers_the_terminal() {
    let evil = "\x1b]0;owned\x07\x1b[2J\u{9b}31m\r\n\u{202e}x";
    let mut rows = vec![work(evil, &[])];
    rows[0].place = evil.to_owned();
    let shown = snapshot(vec![node(evil), node("中文节点")], services(rows));
    let text = draw(Some(&shown), Some(evil), WIDE);
    assert!(
        text.contains("\u{FFFD}]0;owned\u{FFFD}\u{FFFD}[2J\u{FFFD}31m"),
        "{text}"
    );
    assert!(text.contains("中文节点"));
    let unknown = snapshot(vec![], Work::Unknown(evil.to_owned()));
    assert!(draw(Some(&unknown), None, WIDE).contains("pods are not known: \u{FFFD}]0;"));
}

#[test]
fn huge_and_missing_numbers_keep_their_columns() {
    let mut large = node("large");
    large.cpu = used(1.8e16, 1.0);
    large.memory = used(1.8e19, 1.0);
    large.received = Some(1e300);
    let missing = NodeRow {
        name: "missing".to_owned(),
        ..NodeRow::default()
    };
    let snapshot = snapshot(vec![large, missing], services(vec![]));
    let text = draw(Some(&snapshot), None, WIDE);
    let row = |name| {
        text.lines()
            .find(|line| line.starts_with(name))
            .unwrap()
            .to_owned()
    };
    assert!(row("large").starts_with("large    18.0P  >999%"), "{text}");
    assert!(row("large").contains("8.7e281 EiB/s"), "{text}");
    assert_eq!(
        row("missing")
            .split_whitespace()
            .filter(|cell| *cell == "-")
            .count(),
        8
    );
    assert_eq!(text::width(&row("large")), text::width(&row("missing")));
}

#[test]
fn before_the_first_answer_and_without_one() {
    let first = "heapster top  http://127.0.0.1:8082\n";
    assert_eq!(
        draw(None, None, WIDE),
        format!("{first}waiting for the first answer\n")
    );
    assert_eq!(
        draw(None, Some("connection refused"), WIDE),
        format!("{first}connection refused; trying again\n")
    );
}

#[test]
fn a_problem_stands_above_the_last_figures() {
    let shown = snapshot(vec![node("vm")], services(vec![]));
    let text = draw(Some(&shown), Some("connection refused"), WIDE);
    assert_eq!(text.lines().nth(4), Some("connection refused; trying again"));
    assert!(text.lines().any(|line| line.starts_with("vm ")));
}
