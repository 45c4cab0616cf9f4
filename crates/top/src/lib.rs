//! `heapster top [URL]`: a view of a running heapster, read from its HTTP API alone.
//!
//! It works against every server with Heapster's API, the original too. `api` asks, `read` makes a `Snapshot` of the
//! answers, `layout` makes lines of it, and `terminal` or `plain` shows them. Two lists carry the figures of all nodes and
//! pods, and only the rows that are shown are asked for one by one, so a cluster of any size costs a bounded number of
//! requests. What a server says is never printed as it came: every text passes `text::clean`.

mod api;
mod args;
mod layout;
mod plain;
mod read;
mod snapshot;
mod terminal;
#[cfg(test)]
mod testing;
mod text;
mod units;
mod wire;

use api::Api;
use args::{Args, Refusal};
use read::Reader;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

/// A command line that cannot be taken.
const USAGE: u8 = 2;
/// The least time between two looks at the server.
const INTERVAL: Duration = Duration::from_secs(2);

/// Runs the view until its user ends it. `words` are those behind `top`.
///
/// Errors: status 2 for a command line that cannot be taken; 1 when `--once` gets no figures, or the terminal fails.
#[must_use]
pub fn main(words: &[String]) -> ExitCode {
    let args = match Args::parse(words) {
        Ok(args) => args,
        Err(Refusal::Help(text)) => {
            write!(io::stdout(), "{text}").ok(); // a reader that is gone is no failure
            return ExitCode::SUCCESS;
        }
        Err(Refusal::Fault(text)) => return fail(&text, USAGE),
    };
    let api = match Api::new(&args.url, args.tls) {
        Ok(api) => api,
        Err(error) => return fail(&error.to_string(), USAGE),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}"), 1),
    };
    let reader = Reader::new(api, INTERVAL);
    let ended = runtime.block_on(async {
        if args.once {
            return plain::once(reader, &args.url, &mut io::stdout()).await;
        }
        let shown = if io::stdout().is_terminal() {
            terminal::show(reader, &args.url).await
        } else {
            plain::follow(reader, &args.url, &mut io::stdout()).await
        };
        shown.map_err(|error| error.to_string())
    });
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => fail(&text, 1),
    }
}

fn fail(text: &str, status: u8) -> ExitCode {
    writeln!(io::stderr(), "heapster top: {}", text::clean(text.trim_end())).ok(); // nobody is left to tell
    ExitCode::from(status)
}
