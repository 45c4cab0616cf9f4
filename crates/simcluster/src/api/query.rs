//! Which objects a request asks for.

use super::{Kind, problem};
use crate::answer::Answer;
use crate::names;
use crate::shape::Shape;
use crate::world::Object;
use percent_encoding::percent_decode_str;
use std::time::Duration;

/// A list, a watch, or one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum What {
    List(ListOptions),
    Watch(WatchOptions),
    One(String),
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct ListOptions {
    pub(super) limit: Option<usize>,
    /// Version of the first page and place of the next object.
    pub(super) from: Option<(u64, usize)>,
}

#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct WatchOptions {
    pub(super) version: Option<u64>,
    pub(super) bookmarks: bool,
    /// All objects first, then a bookmark that says so.
    pub(super) initial: bool,
    pub(super) timeout: Option<Duration>,
}

/// A question for objects of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Question {
    pub(super) kind: Kind,
    pub(super) filter: Filter,
    pub(super) what: What,
}

/// What must hold for an object.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Filter {
    namespace: Option<String>,
    name: Option<String>,
    node: Option<String>,
}

impl Filter {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn fits(&self, shape: &Shape, object: &Object) -> bool {
        let pod = match object {
            Object::Pod(pod) => Some(pod),
            Object::Event(event) => Some(&event.pod),
            Object::Node(_) | Object::Namespace(_) => None,
        };
        let namespace = self
            .namespace
            .as_ref()
            .is_none_or(|wanted| pod.is_some_and(|pod| names::namespace(shape.namespace(pod)) == *wanted));
        let node = self.node.as_ref().is_none_or(|wanted| {
            pod.is_some_and(|pod| names::node_of(pod.node, pod.node_generation) == *wanted)
        });
        let name = self
            .name
            .as_ref()
            .is_none_or(|wanted| super::objects::name(object) == *wanted);
        namespace && node && name
    }
}

impl Question {
    pub(super) fn parse(path: &str, query: &str) -> Result<Self, Answer> {
        let missing = || {
            problem(
                404,
                "NotFound",
                "the server could not find the requested resource",
            )
        };
        let rest = path.strip_prefix("/api/v1/").ok_or_else(missing)?;
        let parts: Vec<&str> = rest.split('/').collect();
        let mut filter = Filter::default();
        let (plural, name) = match *parts.as_slice() {
            [plural] => (plural, None),
            ["namespaces", namespace, plural] => {
                filter.namespace = Some(namespace.to_owned());
                (plural, None)
            }
            ["namespaces", namespace, plural, name] => {
                filter.namespace = Some(namespace.to_owned());
                (plural, Some(name))
            }
            [plural, name] => (plural, Some(name)),
            _ => return Err(missing()),
        };
        let kind = Kind::ALL.into_iter().find(|kind| kind.plural() == plural);
        let kind = kind.ok_or_else(missing)?;
        if filter.namespace.is_some() && !kind.namespaced() {
            return Err(missing());
        }
        let what = match name {
            Some(name) => What::One(name.to_owned()),
            None => options(query, &mut filter)?,
        };
        Ok(Self { kind, filter, what })
    }
}

fn options(query: &str, filter: &mut Filter) -> Result<What, Answer> {
    let (mut list, mut watch, mut watching) = (ListOptions::default(), WatchOptions::default(), false);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_decode_str(value).decode_utf8_lossy();
        let yes = matches!(&*value, "1" | "true");
        match key {
            "watch" => watching = yes,
            "allowWatchBookmarks" => watch.bookmarks = yes,
            "sendInitialEvents" => watch.initial = yes,
            "timeoutSeconds" => watch.timeout = number(key, &value)?.map(Duration::from_secs),
            "resourceVersion" => watch.version = number(key, &value)?,
            "limit" => list.limit = number(key, &value)?.and_then(|limit| usize::try_from(limit).ok()),
            "continue" if !value.is_empty() => {
                let token = parse_token(&value);
                let bad = || problem(400, "BadRequest", "continue key is not valid");
                list.from = Some(token.ok_or_else(bad)?);
            }
            "fieldSelector" => select(&value, filter)?,
            "labelSelector" if !value.is_empty() => {
                return Err(problem(400, "BadRequest", "this cluster selects by no label"));
            }
            _ => {}
        }
    }
    list.limit = list.limit.filter(|limit| *limit > 0);
    Ok(if watching {
        What::Watch(watch)
    } else {
        What::List(list)
    })
}

fn number(key: &str, value: &str) -> Result<Option<u64>, Answer> {
    if value.is_empty() {
        return Ok(None);
    }
    let bad = |_| problem(400, "BadRequest", &format!("{key} is no number"));
    value.parse().map(Some).map_err(bad)
}

fn select(selector: &str, filter: &mut Filter) -> Result<(), Answer> {
    for term in selector.split(',').filter(|term| !term.is_empty()) {
        let (field, value) = term.split_once('=').unwrap_or((term, ""));
        let value = Some(value.trim_start_matches('=').to_owned());
        match field {
            "metadata.name" => filter.name = value,
            "metadata.namespace" => filter.namespace = value,
            "spec.nodeName" => filter.node = value,
            _ => {
                let message = format!("field label not supported: {field}");
                return Err(problem(400, "BadRequest", &message));
            }
        }
    }
    Ok(())
}

/// The continue token for the object at `next` of a list of this version.
pub(super) fn token(version: u64, next: usize) -> String {
    format!("v{version}.{next}")
}

fn parse_token(token: &str) -> Option<(u64, usize)> {
    let (version, next) = token.strip_prefix('v')?.split_once('.')?;
    Some((version.parse().ok()?, next.parse().ok()?))
}
