//! From a request to an answer: access, path, route, negotiation, compression, counting.

use crate::access::Peer;
use crate::answer::{Answer, BYTES, JSON};
use crate::body::{Body, PIECE};
use crate::count::{self, Counted};
use crate::negotiate::{self, Coding};
use crate::path::{self, Path};
use crate::routes::{Call, Found, Handler, PAGES, find};
use crate::sent::{Sent, Tallied};
use crate::site::Site;
use heapster_plugin::model::Timestamp;
use heapster_plugin::telemetry::Telemetry;
use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, Request, Response, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// What is asked for, still encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// The target of a request that came as it was sent.
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            path: request.uri().path(),
            query: request.uri().query(),
        }
    }

    /// A path with a query.
    pub(crate) fn parse(text: &'a str) -> Self {
        match text.split_once('?') {
            Some((path, query)) => Self {
                path,
                query: Some(query),
            },
            None => Self {
                path: text,
                query: None,
            },
        }
    }
}

/// An answer and what has to be known of its request to send it.
pub(crate) struct Prepared {
    answer: Answer,
    about: About,
    begun: Instant,
    method: &'static str,
    request_bytes: usize,
    coding: Option<Coding>,
}

/// Finds the answer to one request. The body of the request is not read.
pub(crate) fn prepare<B>(site: &Site, peer: &Peer, request: &Request<B>, target: Target<'_>) -> Prepared {
    let begun = Instant::now();
    let (answer, about) = answer(site, peer, request, target);
    Prepared {
        answer,
        about,
        begun,
        method: count::method(request.method()),
        request_bytes: size(request, target),
        coding: negotiate::coding(request.headers()),
    }
}

/// Waits for the answer if it takes its time, counts it and makes it ready to be sent.
pub(crate) async fn finish(site: &Site, prepared: Prepared) -> Response<Sent> {
    let Prepared { answer, about, .. } = prepared;
    let answer = match answer.later {
        Some(later) => later.0.await,
        None => answer,
    };
    let (mut answer, permit) = admitted(site, answer);
    if !about.counted_as.is_empty() {
        let one = Counted {
            handler: about.counted_as,
            method: prepared.method,
            status: answer.status.as_u16(),
            took: prepared.begun.elapsed(),
            request_bytes: prepared.request_bytes,
            response_bytes: answer.body.len(),
        };
        count::count(&site.api.telemetry, &one);
        answer.body = tallied(site, answer.body, about.counted_as);
    }
    let coding = prepared
        .coding
        .filter(|_| about.compressible && answer.kind != BYTES);
    wire(answer, coding, about.compressible, permit)
}

/// The answer with the permit that it needs when it is large, or that there are too many large ones on their way.
fn admitted(site: &Site, answer: Answer) -> (Answer, Option<OwnedSemaphorePermit>) {
    if answer.body.len().is_some_and(|bytes| bytes <= PIECE) {
        return (answer, None);
    }
    match site.large.clone().try_acquire_owned() {
        Ok(permit) => (answer, Some(permit)),
        Err(_) => {
            site.api.telemetry.count(count::LARGE_REFUSED, &[], 1);
            (Answer::busy("too many large answers at once: try again\n"), None)
        }
    }
}

/// A body in pieces has its size counted once it is sent, or broken off.
fn tallied(site: &Site, body: Body, handler: &'static str) -> Body {
    match body {
        Body::Whole(bytes) => Body::Whole(bytes),
        Body::Pieces(pieces) => {
            let registry = site.api.telemetry.clone();
            let report = move |bytes| count::response_bytes(&registry, handler, bytes);
            Body::Pieces(Box::new(Tallied::new(pieces, report)))
        }
    }
}

/// What `finish` has to know beside the answer.
struct About {
    /// The label `handler`; empty when nothing is counted.
    counted_as: &'static str,
    compressible: bool,
}

fn answer<B>(site: &Site, peer: &Peer, request: &Request<B>, target: Target<'_>) -> (Answer, About) {
    let about = |counted_as, compressible| About {
        counted_as,
        compressible,
    };
    let raw = target.path;
    let page = PAGES.iter().find(|page| page.path == raw);
    if !page.is_some_and(|page| page.open)
        && let Some(refusal) = peer.refusal()
    {
        return (refusal, about("", true));
    }
    let api = &site.api;
    let call = |handler: Handler, prefix, params| {
        handler(&Call {
            api,
            prefix,
            params,
            query: target.query,
            now: Timestamp::now(),
        })
    };
    if let Some(page) = page {
        return (
            call(page.handler, "", Vec::new()),
            about(page.counted_as, !page.open),
        );
    }
    let segments = match path::split(raw) {
        Path::Segments(segments) => segments,
        Path::Bad => {
            return (
                Answer::error(StatusCode::BAD_REQUEST, "400 Bad Request"),
                about("", true),
            );
        }
        Path::Moved(clean) => {
            let query = target.query.map(|query| format!("?{query}"));
            let target = clean + &query.unwrap_or_default();
            return (Answer::moved(&target), about("", true));
        }
    };
    match find(api, &segments) {
        Found::NoRoot => (Answer::no_root(), about("", true)),
        Found::NoPage => (Answer::no_page(), about("", true)),
        Found::Route { .. } if request.method() != Method::GET => {
            let text = "405: Method Not Allowed";
            let answer = Answer::error(StatusCode::METHOD_NOT_ALLOWED, text);
            (answer, about("", true))
        }
        Found::Route { root, .. } if root.json && !negotiate::takes_json(request.headers()) => {
            let text = "406: Not Acceptable";
            let answer = Answer::error(StatusCode::NOT_ACCEPTABLE, text);
            (answer, about("", true))
        }
        Found::Route {
            route,
            params,
            prefix,
            ..
        } => {
            let answer = call(route.handler, prefix, params);
            (answer, about(route.counted_as, true))
        }
    }
}

/// The answer with its headers, in the coding the client likes best.
fn wire(
    answer: Answer,
    coding: Option<Coding>,
    compressible: bool,
    permit: Option<OwnedSemaphorePermit>,
) -> Response<Sent> {
    let body = match coding {
        Some(coding) => answer.body.coded(coding),
        None => answer.body,
    };
    let mut response = Response::new(Sent::new(body, permit));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.kind));
    if answer.kind != JSON {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    if compressible {
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    }
    if let Some(seconds) = answer.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    if let Some(target) = answer
        .location
        .and_then(|target| HeaderValue::try_from(target).ok())
    {
        headers.insert(LOCATION, target);
    }
    response
}

/// The size of a request as the original estimated it: URL, method, protocol, headers, host and body.
fn size<B>(request: &Request<B>, target: Target<'_>) -> usize {
    let headers = request.headers();
    let names: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    let declared = headers.get(http::header::CONTENT_LENGTH);
    let body = declared
        .and_then(|text| text.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let target = target.path.len() + target.query.map_or(0, |query| query.len() + 1);
    let line = target + request.method().as_str().len() + "HTTP/1.1".len();
    (line + names).saturating_add(body.unwrap_or(0))
}

#[cfg(test)]
mod tests;
