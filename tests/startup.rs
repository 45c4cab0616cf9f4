//! Start and stop of the whole program: the order of its lines, what is fatal, and signals.

use heapster as _;

#[cfg(test)]
mod common;
#[cfg(test)]
#[path = "common/ended.rs"]
mod ended;
#[cfg(test)]
#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[path = "common/running.rs"]
mod running;
use ended::ended;
#[cfg(all(feature = "source-host", feature = "sink-log"))]
use running::Running;

/// The last line of a start that fails, without its head.
fn fatal(words: &[&str]) -> String {
    let (status, text) = ended(words);
    assert_eq!(status, 255, "{text}");
    let line = text.lines().last().unwrap_or_default();
    assert!(line.starts_with('F'), "{text}");
    line.split_once("] ").map_or("", |(_, text)| text).to_owned()
}

#[test]
fn without_a_source_the_kubernetes_address_is_missing() {
    for words in [&[][..], &["--sink=log"]] {
        assert_eq!(
            fatal(words),
            "Failed to get kubernetes address: No kubernetes source found."
        );
    }
}

#[test]
fn an_unknown_source_is_named_with_what_is_known() {
    for key in ["nothing", "kubernetes.other"] {
        let text = fatal(&[&format!("--source={key}:http://127.0.0.1:1")]);
        let head = format!("Failed to create source provide: Source not recognized: {key} (known: ");
        assert!(text.starts_with(&head), "{text}");
    }
}

#[cfg(feature = "source-kubernetes")]
#[test]
fn a_source_at_a_bare_address_is_told_to_name_the_scheme() {
    assert_eq!(
        fatal(&["--source=kubernetes:10.0.0.1:8080"]),
        "Failed to create source provide: the address 10.0.0.1:8080 lacks its scheme: kubernetes:http://10.0.0.1:8080"
    );
}

#[test]
fn limits_are_checked_before_sources() {
    for (words, text) in [
        (
            &["--metric_resolution=4s"][..],
            "metric resolution should not be less than 5 seconds - 4000000000",
        ),
        (
            &["--tls_cert=/x"],
            "both TLS certificate & key are required to enable TLS serving",
        ),
        (
            &["--tls_key=/x"],
            "both TLS certificate & key are required to enable TLS serving",
        ),
        (
            &["--tls_client_ca=/x"],
            "client cert authentication requires TLS certificate & key",
        ),
        (
            &["--model_window=30s"],
            "model window should be 1m0s to 24h0m0s - 30s",
        ),
        (
            &["--heapster-port=70000"],
            "heapster port should be 0 to 65535 - 70000",
        ),
    ] {
        assert_eq!(fatal(words), text);
    }
}

#[test]
fn the_first_lines_are_the_command_line_without_secrets_and_the_version() {
    let (_, text) = ended(&[
        "--sink=influxdb:http://me:hush@db?pw=hush",
        "extra",
        "--poll_duration=1s",
    ]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with('I') && lines[0].contains("pw=***") && !text.contains("hush"),
        "{text}"
    );
    assert!(
        lines[1].ends_with(concat!("Heapster version v", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(
        lines[2].starts_with('W') && lines[2].contains("--poll-duration is deprecated"),
        "{text}"
    );
    assert!(
        lines[3].starts_with('W') && lines[3].ends_with("no flags: extra"),
        "{text}"
    );
}

#[test]
fn a_log_line_has_the_head_of_glog() {
    let (_, text) = ended(&[]);
    let head = text.lines().next().unwrap();
    let parts: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(
        (parts[0].len(), parts[1].len()),
        (5, "08:47:43.495989".len()),
        "{head}"
    );
    assert!(
        parts[2].parse::<u32>().is_ok() && parts[3].starts_with("program.rs:"),
        "{head}"
    );
    assert!(parts[3].ends_with(']'), "{head}");
}

#[test]
fn log_files_are_written_by_severity() {
    let folder = tempfile::tempdir().unwrap();
    let dir = format!("--log_dir={}", folder.path().display());
    let (status, text) = ended(&["--logtostderr=false", &dir]);
    assert_eq!((status, text.lines().count()), (255, 1), "{text}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("heapster.FATAL").lines().count(), 1);
    assert_eq!(read("heapster.ERROR").lines().count(), 1);
    assert_eq!(read("heapster.INFO").lines().count(), 3);
}

#[test]
fn validate_names_every_fault_and_starts_nothing() {
    let (status, text) = ended(&[
        "--validate",
        "--metric_resolution=1s",
        "--sink=nothing",
        "--tls_cert=/x",
    ]);
    assert_eq!((status, text.lines().count()), (2, 4), "{text}");
    assert!(
        text.contains("--sink=nothing: Sink not recognized: nothing"),
        "{text}"
    );
}

#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[test]
fn validate_fails_on_an_unknown_option_and_names_the_nearest() {
    let (status, text) = ended(&["--validate", "--source=host", "--sink=log:?formt=json&queue=5"]);
    assert_eq!(status, 2);
    assert_eq!(
        text,
        "--sink=log:?formt=json&queue=5: unknown option \"formt\"; did you mean \"format\"?\n"
    );
    assert_eq!(
        ended(&["--validate", "--source=host", "--sink=log"]),
        (0, String::new())
    );
}

#[cfg(feature = "source-host")]
mod with_a_source {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn no_sink_that_can_be_built_is_fatal() {
        assert_eq!(
            fatal(&["--source=host", "--sink=nothing:x"]),
            "No available sink to use"
        );
    }

    #[test]
    fn a_historical_source_that_cannot_is_fatal() {
        let words = ["--source=host", "--sink=metric", "--historical_source=metric"];
        assert_eq!(
            fatal(&words),
            "Failed to use a sink as a historical metrics source"
        );
        let (_, text) = ended(&words);
        let line = "Sink type \"metric\" does not support being used for historical access";
        assert!(text.contains(line), "{text}");
        let (_, text) = ended(&["--source=host", "--historical_source=influxdb:http://127.0.0.1:1"]);
        assert!(
            !text.contains("does not support") && text.contains("as a historical source"),
            "{text}"
        );
    }

    #[test]
    fn a_port_that_is_taken_is_fatal() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let text = fatal(&[
            "--source=host",
            "--listen_ip=127.0.0.1",
            &format!("--heapster-port={port}"),
        ]);
        assert!(
            text.contains(&format!("127.0.0.1:{port}")) && text.contains("in use"),
            "{text}"
        );
    }

    #[test]
    fn tls_files_that_are_not_there_are_fatal() {
        let text = fatal(&[
            "--source=host",
            "--tls_cert=/nonexistent/c",
            "--tls_key=/nonexistent/k",
        ]);
        assert!(text.contains("/nonexistent/"), "{text}");
    }
}

#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[test]
fn a_sink_that_cannot_be_built_is_left_out_and_shown() {
    let running = Running::start(&[
        "--source=host",
        "--sink=nothing:x",
        "--sink=log",
        "--sink=log:?format=xml",
    ]);
    assert!(running.has_said("Failed to create {nothing:x} sink: Sink not recognized: nothing"));
    assert!(running.has_said("sink: option \"format\" of sink \"log\": \"xml\" is none of text, json"));
    assert!(running.has_said("Starting with Log Sink") && running.has_said("Starting with Metric Sink"));
    let status = running.get("/status");
    assert!(
        status.contains("\"failed\"") && status.contains("Sink not recognized: nothing"),
        "{status}"
    );
    let metrics = running.get("/metrics");
    assert!(
        metrics.contains("heapster_sink_failed{sink=\"nothing\"} 1"),
        "{metrics}"
    );
    let health = running.get("/healthz/healthz");
    assert!(health.contains("could not get the latest data batch"), "{health}");
}

#[cfg(all(feature = "source-host", feature = "sink-log"))]
#[test]
fn two_sources_and_a_stray_word_keep_running_until_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut running =
            Running::start(&["--source=host", "--source=host", "extra", "--disable_metric_sink"]);
        assert!(!running.has_said("Starting with"));
        running.signal(signal);
        running.wait_for("finishing the batch in hand");
        assert_eq!(running.end(), 0);
    }
}
