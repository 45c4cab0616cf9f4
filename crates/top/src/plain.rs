//! Frames as plain text, for pipes, files and recordings.

use crate::layout::{Size, View, frame};
use crate::read::Reader;
use crate::snapshot::Snapshot;
use std::io::{self, Write};

const SIZE: Size = Size {
    width: 110,
    height: 40,
};

/// Prints one frame.
///
/// Errors: the line that says why there is none.
pub(crate) async fn once(mut reader: Reader, url: &str, out: &mut impl Write) -> Result<(), String> {
    match reader.next().await {
        Ok(snapshot) => print(&snapshot, url, out).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{url}: {error}")),
    }
}

/// Prints a frame and an empty line for each batch, and a line for each new problem, until the reader of `out` is gone.
///
/// Errors: of `out`, but not that its reader is gone.
pub(crate) async fn follow(mut reader: Reader, url: &str, out: &mut impl Write) -> io::Result<()> {
    loop {
        let printed = match reader.next().await {
            Ok(snapshot) => print(&snapshot, url, out).and_then(|()| writeln!(out)),
            Err(error) => {
                let line = crate::text::clean(&format!("{url}: {error}; trying again"));
                writeln!(out, "{line}\n")
            }
        };
        match printed.and_then(|()| out.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn print(snapshot: &Snapshot, url: &str, out: &mut impl Write) -> io::Result<()> {
    let view = View {
        url,
        snapshot: Some(snapshot),
        age: snapshot.age,
        problem: None,
        keys: false,
    };
    let mut text = String::new();
    for line in frame(&view, SIZE) {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    out.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests;
