//! Lists, page by page, and single objects.

use super::query::{ListOptions, Question, What, token};
use super::{Kind, Settings, objects, problem};
use crate::answer::{Answer, JSON, Pages};
use crate::json::Writer;
use crate::world::{Object, Store, World};
use bytes::Bytes;
use std::sync::Arc;

/// How many objects are copied under the world's lock at once.
const BLOCK: usize = 64;

/// A page that is written while it is sent.
#[derive(Debug)]
struct Page {
    settings: Arc<Settings>,
    store: Arc<Store>,
    kind: Kind,
    /// Places of the objects, or all from the first to before the second.
    places: Places,
    writer: Writer,
    done: bool,
}

#[derive(Debug)]
enum Places {
    Range(usize, usize),
    Some(std::vec::IntoIter<usize>),
}

impl Places {
    fn take(&mut self, count: usize) -> Vec<usize> {
        match self {
            Self::Range(from, to) => {
                let end = (*from + count).min(*to);
                let taken = (*from..end).collect();
                *from = end;
                taken
            }
            Self::Some(places) => places.take(count).collect(),
        }
    }
}

/// The number of places of a kind; a place keeps its number when its object is replaced, except for events.
fn count(world: &World, kind: Kind) -> usize {
    match kind {
        Kind::Node => world.nodes.len(),
        Kind::Pod => world.pods.len(),
        Kind::Namespace => world.namespaces.len(),
        Kind::Event => world.events.len(),
    }
}

pub(super) fn object(world: &World, kind: Kind, place: usize) -> Option<Object> {
    match kind {
        Kind::Node => world.nodes.get(place).copied().map(Object::Node),
        Kind::Pod => world.pods.get(place).copied().map(Object::Pod),
        Kind::Namespace => world.namespaces.get(place).copied().map(Object::Namespace),
        Kind::Event => world.events.get(place).copied().map(Object::Event),
    }
}

/// All objects that a question is for, now.
pub(super) fn all(settings: &Settings, world: &World, question: &Question) -> Vec<Object> {
    (0..count(world, question.kind))
        .filter_map(|place| object(world, question.kind, place))
        .filter(|object| question.filter.fits(&settings.shape, object))
        .collect()
}

/// The object of this name.
pub(super) fn find(settings: &Settings, store: &Store, question: &Question, name: &str) -> Option<Object> {
    let world = store.read();
    (0..count(&world, question.kind))
        .filter_map(|place| object(&world, question.kind, place))
        .find(|object| objects::name(object) == name && question.filter.fits(&settings.shape, object))
}

/// Begins a list.
pub(super) fn start(settings: &Arc<Settings>, store: &Arc<Store>, question: &Question) -> Answer {
    let What::List(options) = &question.what else {
        return problem(400, "BadRequest", "no list");
    };
    let world = store.read();
    let (version, from) = options.from.unwrap_or((world.version(), 0));
    if version < world.oldest() {
        let message = "The provided continue parameter is too old to display a consistent list result.";
        return problem(410, "Expired", message);
    }
    let (places, next, remaining) = select(settings, &world, question, options, from);
    drop(world);
    let mut writer = Writer::new(false, None);
    writer.item();
    writer.text("kind", &format!("{}List", question.kind.name()));
    writer.text("apiVersion", "v1");
    writer.object("metadata");
    writer.text("resourceVersion", &version.to_string());
    if let Some(next) = next {
        writer.text("continue", &token(version, next));
        if question.filter.is_empty() {
            writer.raw("remainingItemCount", &remaining.to_string());
        }
    }
    writer.end();
    writer.list("items");
    let page = Page {
        settings: settings.clone(),
        store: store.clone(),
        kind: question.kind,
        places,
        writer,
        done: false,
    };
    Answer::ok(JSON, Box::new(page))
}

/// The places of a page, the place where the next page begins, and how many objects follow.
fn select(
    settings: &Settings,
    world: &World,
    question: &Question,
    options: &ListOptions,
    from: usize,
) -> (Places, Option<usize>, usize) {
    let end = count(world, question.kind);
    let limit = options.limit.unwrap_or(usize::MAX);
    if question.filter.is_empty() {
        let to = from.saturating_add(limit).min(end);
        return (
            Places::Range(from, to),
            (to < end).then_some(to),
            end.saturating_sub(to),
        );
    }
    let fits = |place: &usize| {
        object(world, question.kind, *place)
            .is_some_and(|object| question.filter.fits(&settings.shape, &object))
    };
    let mut fitting = (from..end).filter(fits);
    let places: Vec<usize> = fitting.by_ref().take(limit).collect();
    let next = fitting.next();
    (Places::Some(places.into_iter()), next, 0)
}

impl Pages for Page {
    fn next(&mut self) -> Option<Bytes> {
        while !self.writer.full() && !self.done {
            let places = self.places.take(BLOCK);
            let world = self.store.read();
            let block: Vec<Object> = places
                .iter()
                .filter_map(|place| object(&world, self.kind, *place))
                .collect();
            drop(world);
            for object in &block {
                objects::write(&mut self.writer, &self.settings, object);
            }
            if places.is_empty() {
                self.writer.end_list();
                self.writer.end();
                self.done = true;
            }
        }
        Some(self.writer.take()).filter(|chunk| !chunk.is_empty())
    }
}
