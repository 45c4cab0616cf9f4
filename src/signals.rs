//! SIGTERM and SIGINT: the first stops the program in order, the second at once.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stop` on the first signal and ends the process on the second. Must be called inside a runtime.
///
/// # Errors
/// What the system says against the handlers.
pub(crate) fn watch(stop: CancellationToken) -> io::Result<()> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let (name, _) = either(&mut term, &mut int).await;
        tracing::info!("{name}: finishing the batch in hand; a second signal ends the program at once");
        stop.cancel();
        let (name, status) = either(&mut term, &mut int).await;
        tracing::warn!("second signal, {name}: ending at once");
        std::process::exit(status);
    });
    Ok(())
}

/// The next signal: its name, and the status of a process that it kills.
async fn either(term: &mut Signal, int: &mut Signal) -> (&'static str, i32) {
    tokio::select! {
        _ = term.recv() => ("SIGTERM", 143),
        _ = int.recv() => ("SIGINT", 130),
    }
}
