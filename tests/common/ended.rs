//! Runs the program to its end.

use crate::common::command;

/// Status and standard error.
pub(crate) fn ended(words: &[&str]) -> (i32, String) {
    let output = command(words).output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}
