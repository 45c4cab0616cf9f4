//! Starts the program.

use std::process::{Command, Stdio};

/// The program with these words, not in a cluster.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapster"));
    command
        .args(words)
        .stdin(Stdio::null())
        .env_remove("KUBERNETES_SERVICE_HOST");
    command
}
