//! The command line of the whole program: what it prints where, and its exit status.

use heapster as _;
use std::process::Command;

#[cfg(test)]
mod common;
#[cfg(test)]
#[path = "common/ended.rs"]
mod ended;
use common::command;
use ended::ended;

#[test]
fn version_prints_two_lines_and_ends_well() {
    for word in ["--version", "-version", "--version=true"] {
        let output = command(&[word]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], concat!("version: v", env!("CARGO_PKG_VERSION")));
        assert!(
            lines[1].starts_with("commit: ") && lines[1].len() > 8 && lines.len() == 2,
            "{text}"
        );
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn help_has_one_flag_a_line_with_its_default() {
    for word in ["--help", "-h"] {
        let (status, text) = ended(&[word]);
        assert_eq!(status, 2);
        let line = |name: &str| {
            text.lines()
                .find(|line| line.contains(name))
                .unwrap_or_default()
                .to_owned()
        };
        assert!(
            line("--metric-resolution=<DURATION>  ").ends_with("[default: 1m0s]"),
            "{text}"
        );
        assert!(
            line("--logtostderr[=<BOOL>]  ").ends_with("[default: true]"),
            "{text}"
        );
        assert!(line("  -v, --v=<INT>").starts_with("  -v"), "{text}");
        assert!(!text.contains("poll-duration"), "{text}");
    }
}

#[test]
fn a_fault_is_named_first_and_usage_follows() {
    for (words, head) in [
        (&["--no-such-option=1"][..], "unknown flag: --no-such-option\n"),
        (&["--source"], "flag needs an argument: --source\n"),
        (&["--=x"], "bad flag syntax: --=x\n"),
        (
            &["--heapster-port=abc"],
            "invalid argument \"abc\" for --heapster-port=abc: strconv.ParseInt: parsing \"abc\": invalid syntax\n",
        ),
        (
            &["--sink=:x"],
            "invalid argument \":x\" for --sink=:x: missing uri key in ':x'\n",
        ),
    ] {
        let (status, text) = ended(words);
        assert_eq!(status, 2, "{words:?}");
        assert!(
            text.starts_with(head) && text.contains("Usage: heapster"),
            "{text}"
        );
    }
}

#[test]
fn a_password_in_a_fault_is_not_shown() {
    let (status, text) = ended(&["--sink=influxdb:http://me:hush@host:port"]);
    assert_eq!(status, 2);
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn the_programs_that_are_not_here_say_so() {
    for words in [&["eventer", "--version"][..], &["oldtimer"]] {
        let (status, text) = ended(words);
        assert_eq!(status, 2);
        assert_eq!(
            text,
            format!(
                "{} is not part of this version, which has heapster only\n",
                words[0]
            )
        );
    }
    assert_eq!(
        command(&["heapster", "--version"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn the_name_of_the_file_picks_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("eventer");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_heapster"), &link).unwrap();
    let output = Command::new(link).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("eventer is not part")
    );
}
