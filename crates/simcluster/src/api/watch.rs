//! Watches: a task sends each change as a line until the client, a limit or a mode ends it.

use super::query::{Filter, Question, WatchOptions, What};
use super::{Api, Kind, Settings, list, objects, problem, status};
use crate::answer::{Answer, End, JSON, Recipe};
use crate::json::Writer;
use crate::modes::ApiMode;
use crate::world::{Change, Gone, Object, Store, Verb};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::{mpsc, watch as signal};
use tokio::time::{Instant, sleep_until};

/// Changes that are looked at under the world's lock at once.
const BLOCK: usize = 256;

struct Watch {
    settings: Arc<Settings>,
    store: Arc<Store>,
    kind: Kind,
    filter: Filter,
    version: u64,
    lines: mpsc::Sender<Bytes>,
    writer: Writer,
}

/// Begins a watch.
pub(super) fn start(api: &Api, question: Question) -> Answer {
    let What::Watch(options) = question.what.clone() else {
        return problem(400, "BadRequest", "no watch");
    };
    let world = api.store.read();
    let version = match options.version {
        None | Some(0) => world.version(),
        Some(version) if version > world.version() => {
            return problem(
                504,
                "Timeout",
                &format!(
                    "Too large resource version: {version}, current: {}",
                    world.version()
                ),
            );
        }
        Some(version) => version,
    };
    // Without a version a watch begins with what is there; with sendInitialEvents as well, and then says where that ends.
    let all = options.version.is_none_or(|version| version == 0) || options.initial;
    let (before, version) = if all {
        (list::all(&api.settings, &world, &question), world.version())
    } else {
        (Vec::new(), version)
    };
    drop(world);
    let (lines, receiver) = mpsc::channel(4);
    let watch = Watch {
        settings: api.settings.clone(),
        store: api.store.clone(),
        kind: question.kind,
        filter: question.filter,
        version,
        lines,
        writer: Writer::new(false, None),
    };
    tokio::spawn(watch.run(options, before, api.modes()));
    Answer::new(200, JSON, Recipe::Channel(receiver), End::Whole)
}

/// The client is gone, or the watch is over.
struct Over;

impl Watch {
    async fn run(mut self, options: WatchOptions, before: Vec<Object>, mut modes: signal::Receiver<ApiMode>) {
        let started = Instant::now();
        let limit = match (options.timeout, self.settings.watch_limit) {
            (Some(asked), Some(most)) => Some(asked.min(most)),
            (asked, most) => asked.or(most),
        };
        let ends = limit.map(|limit| started + limit);
        let mut changes = self.store.changes();
        let mut bookmark = started + self.settings.bookmark_every;
        if self.begin(&options, &before).await.is_err() {
            return;
        }
        drop(before);
        loop {
            let mode = *modes.borrow_and_update();
            match mode {
                ApiMode::Status(_) => return,
                ApiMode::Garbled => {
                    self.lines
                        .send(Bytes::from_static(b"{\"type\":\"MODI\n"))
                        .await
                        .ok();
                    return;
                }
                // Silent, but open; a reset closes the connection itself.
                ApiMode::Dead | ApiMode::Reset => tokio::select! {
                    _ = modes.changed() => continue,
                    () = self.lines.closed() => return,
                },
                ApiMode::Slow(delay) => tokio::select! {
                    () = tokio::time::sleep(delay) => {}
                    () = self.lines.closed() => return,
                },
                ApiMode::Ok => {}
            }
            changes.borrow_and_update();
            if self.send_changes().await.is_err() {
                return;
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = modes.changed() => {}
                () = self.lines.closed() => return,
                () = sleep_until(ends.unwrap_or(started)), if ends.is_some() => return,
                () = sleep_until(bookmark), if options.bookmarks => {
                    bookmark = Instant::now() + self.settings.bookmark_every;
                    if self.bookmark(false).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn begin(&mut self, options: &WatchOptions, before: &[Object]) -> Result<(), Over> {
        for object in before {
            self.line(Verb::Added, object, None);
            if self.writer.full() {
                self.flush().await?;
            }
        }
        if options.initial {
            self.bookmark(true).await?;
        }
        self.flush().await
    }

    async fn send_changes(&mut self) -> Result<(), Over> {
        loop {
            let (changes, newest) = match self.newer() {
                Ok(newer) => newer,
                Err(gone) => {
                    let status = status(410, "Expired", &gone.to_string());
                    let line = format!("{{\"type\":\"ERROR\",\"object\":{status}}}\n");
                    self.lines.send(line.into()).await.ok();
                    return Err(Over);
                }
            };
            for change in &changes {
                let version = (change.verb == Verb::Deleted).then_some(change.version);
                self.line(change.verb, &change.object, version);
            }
            self.flush().await?;
            if newest == self.version {
                return Ok(());
            }
            self.version = newest;
        }
    }

    /// The next changes that the client wants, and the version up to which they go.
    fn newer(&self) -> Result<(Vec<Change>, u64), Gone> {
        let world = self.store.read();
        let mut newest = self.version;
        let mut wanted = Vec::new();
        for change in world.changes_after(self.version)?.take(BLOCK) {
            newest = change.version;
            if Kind::of(&change.object) == self.kind && self.filter.fits(&self.settings.shape, &change.object)
            {
                wanted.push(*change);
            }
        }
        Ok((wanted, newest))
    }

    fn line(&mut self, verb: Verb, object: &Object, version: Option<u64>) {
        self.writer.item();
        self.writer.text(
            "type",
            match verb {
                Verb::Added => "ADDED",
                Verb::Modified => "MODIFIED",
                Verb::Deleted => "DELETED",
            },
        );
        objects::write_watched(&mut self.writer, &self.settings, object, version);
        self.writer.end();
        self.writer.end_document();
    }

    async fn bookmark(&mut self, initial: bool) -> Result<(), Over> {
        self.writer.item();
        self.writer.text("type", "BOOKMARK");
        self.writer.object("object");
        self.writer.text("kind", self.kind.name());
        self.writer.text("apiVersion", "v1");
        self.writer.object("metadata");
        self.writer.text("resourceVersion", &self.version.to_string());
        self.writer.raw("creationTimestamp", "null");
        if initial {
            self.writer.object("annotations");
            self.writer.text("k8s.io/initial-events-end", "true");
            self.writer.end();
        }
        self.writer.end();
        if self.kind == Kind::Pod {
            self.writer.raw("spec", r#"{"containers":null}"#);
            self.writer.raw("status", "{}");
        }
        self.writer.end();
        self.writer.end();
        self.writer.end_document();
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Over> {
        let text = self.writer.take();
        if text.is_empty() {
            return Ok(());
        }
        self.lines.send(text).await.map_err(|_| Over)
    }
}
