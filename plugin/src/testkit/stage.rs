//! A sink and its backend, ready for a scenario.

use super::account::account;
use super::backend::{Backend, Mood};
use super::clock::Held;
use super::kit::{Kit, SECRET, Wire};
use super::lines::Lines;
use super::many_pods;
use crate::model::Batch;
use crate::options::Options;
use crate::registry::Registry;
use crate::sink::{MetricSink, Outcome, SinkContext};
use crate::telemetry::Silent;
use crate::uri::Uri;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::subscriber::DefaultGuard;

/// What a sink has for a batch.
const TIME: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) held: Held,
    pub(crate) backend: Backend,
    sink: Box<dyn MetricSink>,
    lines: Lines,
    _logging: DefaultGuard,
}

impl Stage {
    /// A new sink before a backend that is up.
    pub(crate) async fn new(kit: Kit, held: Held) -> Self {
        let mut backend = backend(kit);
        open(&mut backend).await;
        Self::before(backend, kit, held)
    }

    /// A new sink before a backend that does not listen yet.
    pub(crate) fn closed(kit: Kit, held: Held) -> Self {
        Self::before(backend(kit), kit, held)
    }

    fn before(backend: Backend, kit: Kit, held: Held) -> Self {
        let lines = Lines::verbose();
        let logging = tracing::subscriber::set_default(lines.clone());
        let text = kit.uri.replace("{address}", &backend.address().to_string());
        let sink = build(&text.replace("{secret}", SECRET));
        assert!(sink.is_ok(), "the sink is built from {:?}: {sink:?}", kit.uri);
        let Ok(sink) = sink else {
            unreachable!("see the line above");
        };
        Self {
            held,
            backend,
            sink,
            lines,
            _logging: logging,
        }
    }

    /// Lets the backend listen.
    pub(crate) async fn open(&mut self) {
        open(&mut self.backend).await;
    }

    /// Writes a batch as the core does: dropped at its deadline, then `None`. What is said must add up and hold no secret.
    pub(crate) async fn write(&mut self, batch: &Arc<Batch>) -> Option<Outcome> {
        let deadline = Instant::now() + TIME;
        let (sink, backend) = (&mut self.sink, &self.backend);
        let work = sink.write(batch.clone(), deadline);
        let outcome = self.held.drive(work, deadline, || backend.patience()).await;
        self.keeps_secrets(&outcome);
        if let Some(outcome) = &outcome {
            account(batch, outcome);
        }
        outcome
    }

    /// Writes while exchanges go as scripted, then what is worth another try while all is well.
    pub(crate) async fn write_through(&mut self, moods: &[Mood], batch: &Arc<Batch>) -> Option<Outcome> {
        self.backend.script(moods.iter().copied());
        let outcome = self.write(batch).await;
        self.backend.script([]);
        let retry = outcome.as_ref().and_then(|outcome| outcome.retry.as_ref());
        let again = retry.map(|retry| retry.rest.clone().unwrap_or_else(|| batch.clone()));
        self.arrives(&again.unwrap_or_else(|| batch.clone())).await;
        outcome
    }

    /// A backend that is well again gets the batch, at the third try at last: a sink may learn of a dead connection by
    /// writing to it.
    pub(crate) async fn arrives(&mut self, batch: &Arc<Batch>) {
        let mut rest = batch.clone();
        let mut last = None;
        for _ in 0..3 {
            last = self.write(&rest).await;
            let Some(outcome) = &last else { continue };
            let Some(retry) = &outcome.retry else { return };
            rest = retry.rest.clone().unwrap_or(rest);
        }
        unreachable!("a backend that is well gets the batch: {last:?}");
    }

    /// Stops the sink, which must end by itself while all is well.
    pub(crate) async fn stop(mut self) {
        let deadline = Instant::now() + TIME;
        let (sink, backend) = (&mut self.sink, &self.backend);
        let stopped = self
            .held
            .drive(sink.stop(deadline), deadline, || backend.patience())
            .await;
        assert!(stopped.is_some(), "stop ends by itself");
        self.keeps_secrets(&None);
    }

    fn keeps_secrets(&self, outcome: &Option<Outcome>) {
        let (sink, lines) = (&self.sink, self.lines.take());
        let said = format!("{outcome:?} {sink:?} {} {lines:?}", sink.name());
        assert!(!said.contains(SECRET), "a secret is shown: {said}");
    }
}

fn backend(kit: Kit) -> Backend {
    let Ok(backend) = Backend::closed(kit.wire) else {
        unreachable!("this machine has a port");
    };
    backend
}

async fn open(backend: &mut Backend) {
    let listening = backend.listen().await;
    assert!(listening.is_ok(), "the port was kept: {listening:?}");
}

fn build(text: &str) -> Result<Box<dyn MetricSink>, String> {
    let uri = Uri::parse(text, |_| None).map_err(|error| error.to_string())?;
    let registry = Registry::collect().map_err(|error| error.to_string())?;
    let plugin = registry.sink(&uri.key).ok_or("no sink of this key is linked")?;
    let (options, unknown) =
        Options::parse("sink", plugin.options, &uri).map_err(|error| error.to_string())?;
    if let Some(unknown) = unknown.first() {
        return Err(unknown.to_string());
    }
    let context = SinkContext {
        telemetry: Arc::new(Silent),
    };
    let build = plugin.metrics.ok_or("the plugin has no sink for metrics")?;
    build(&uri, &options, &context).map_err(|error| error.to_string())
}

/// So many values that no request holds all, nor the buffers of a connection whose other end does not read.
pub(crate) fn large(kit: Kit) -> Arc<Batch> {
    let one_way = matches!(kit.wire, Wire::Lines);
    Arc::new(many_pods(if one_way { 20_000 } else { 2_000 }))
}

/// A few values.
pub(crate) fn small() -> Arc<Batch> {
    Arc::new(many_pods(3))
}
