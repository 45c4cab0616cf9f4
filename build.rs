//! Stamps the program with the commit it is built from.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=HEAPSTER_COMMIT");
    let head = Path::new(".git/logs/HEAD");
    if head.exists() {
        println!("cargo::rerun-if-changed={}", head.display());
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
    let commit = std::env::var("HEAPSTER_COMMIT")
        .ok()
        .filter(|commit| !commit.is_empty())
        .or_else(git)
        .unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=HEAPSTER_COMMIT={commit}");
}

/// The first eight digits of the commit, if there is a git and a repository.
fn git() -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "--short=8", "HEAD"])
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}
