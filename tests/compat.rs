//! Plays the recorded cluster to this build and compares every byte that matters with what Heapster 1.6.0-beta.1 sent and
//! answered there. What differs on purpose is in `tests/compat/accept.json`, each with its reason.

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::path::Path;
    use std::process::Command;

    fn python(arguments: &[&str]) -> Option<bool> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
        let mut command = Command::new("python3");
        command
            .args(arguments)
            .current_dir(folder)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        match command.status() {
            Ok(status) => Some(status.success()),
            Err(error) => {
                let line =
                    format!("SKIPPED compat: python3 does not start ({error}); ci/setup installs it\n");
                std::io::stderr().write_all(line.as_bytes()).unwrap();
                let required = std::env::var_os("HEAPSTER_REQUIRE_ALL").is_some();
                assert!(!required, "HEAPSTER_REQUIRE_ALL is set: {line}");
                None
            }
        }
    }

    // The recordings need both plugins; `run.py` says so too.
    #[cfg(all(
        feature = "source-kubernetes",
        feature = "sink-elasticsearch",
        feature = "sink-graphite",
        feature = "sink-hawkular",
        feature = "sink-honeycomb",
        feature = "sink-influxdb",
        feature = "sink-librato",
        feature = "sink-log",
        feature = "sink-opentsdb",
        feature = "sink-statsd",
        feature = "sink-wavefront"
    ))]
    #[test]
    fn every_answer_is_the_recorded_one_or_an_accepted_difference() {
        let heapster = env!("CARGO_BIN_EXE_heapster");
        let work = concat!(env!("CARGO_TARGET_TMPDIR"), "/compat");
        let equal = python(&["run.py", "--heapster", heapster, "--work", work]);
        assert_ne!(
            equal,
            Some(false),
            "differences are printed above and kept in {work}/report.json; the programs' logs are in {work}/logs"
        );
    }

    #[test]
    fn the_comparison_itself_holds() {
        let work = concat!(env!("CARGO_TARGET_TMPDIR"), "/compat-itself");
        let passed = python(&["run.py", "--self-test", "--work", work]);
        assert_ne!(passed, Some(false), "the tests of tests/compat/rig do not pass");
    }
}
