//! One kubelet.
//!
//! The API that the source's key names is asked first. A kubelet without it (404 or 405) is read by the other one, and for an
//! hour that one is asked first; then the kubelet may have been replaced and the choice is made anew.

use crate::config::Api;
use crate::decode::Decoder;
use crate::failure::Asked;
use async_trait::async_trait;
use bytes::Bytes;
use heapster_httpclient::{Bearer, Client};
use heapster_plugin::model::{Scraped, Timestamp};
use heapster_plugin::source::{ScrapeError, ScrapeFailure, Target, Window};
use heapster_plugin::telemetry::Telemetry;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a kubelet is read by the other API before the preferred one is tried again.
const MEMORY: Duration = Duration::from_secs(3600);
/// Answers above this are read on a thread that may block; smaller ones take some hundred microseconds.
const LARGE: usize = 512 * 1024;
/// What the kubelet sees as the client.
const AGENT: &str = concat!("heapster/", env!("CARGO_PKG_VERSION"));

/// Answer times of `GET /stats/summary/` by node.
pub(crate) const SUMMARY_TIME: &str = "heapster_kubelet_summary_request_duration_milliseconds";
/// Answer times of `POST /stats/container/` by node.
pub(crate) const LEGACY_TIME: &str = "heapster_kubelet_request_duration_milliseconds";

/// What all kubelets of a source have in common.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) client: Client,
    /// Present only with HTTPS.
    pub(crate) bearer: Option<Bearer>,
    pub(crate) api: Api,
    pub(crate) https: bool,
    pub(crate) max_body: usize,
    pub(crate) telemetry: Arc<dyn Telemetry>,
}

/// Where a kubelet is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// Name of the node in the API.
    pub(crate) node: Arc<str>,
    /// Label value of the answer times.
    pub(crate) hostname: Arc<str>,
    /// Address or host name, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Which API and which spelling of its path worked.
#[derive(Debug, Default)]
struct Choice {
    other_until: Option<Instant>,
    /// Whether `/stats/summary` works and `/stats/summary/` does not.
    bare: bool,
}

/// A kubelet.
#[derive(Debug)]
pub(crate) struct Kubelet {
    name: String,
    place: Place,
    root: String,
    access: Arc<Access>,
    decoder: Arc<Mutex<Decoder>>,
    choice: Mutex<Choice>,
}

impl Kubelet {
    pub(crate) fn new(place: Place, access: Arc<Access>, decoder: Arc<Mutex<Decoder>>) -> Self {
        let kind = match access.api {
            Api::Summary => "kubelet_summary",
            Api::ContainerStats => "kubelet",
        };
        let Place { host, port, .. } = &place;
        let scheme = if access.https { "https" } else { "http" };
        let root = if host.contains(':') {
            format!("{scheme}://[{host}]:{port}")
        } else {
            format!("{scheme}://{host}:{port}")
        };
        Self {
            name: format!("{kind}:{host}:{port}"),
            root,
            place,
            access,
            decoder,
            choice: Mutex::default(),
        }
    }

    /// The API to ask first now.
    fn first(&self) -> Api {
        let choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        match choice.other_until {
            Some(until) if Instant::now() < until => self.access.api.other(),
            _ => self.access.api,
        }
    }

    /// Keeps in mind which API answered, and says so when that changed.
    fn answered(&self, api: Api) {
        let mut choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        let (node, preferred) = (&self.place.node, self.access.api);
        if api == preferred {
            if choice.other_until.take().is_some() {
                tracing::info!("kubelet {node} serves {} again", preferred.path());
            }
        } else if choice.other_until.is_none_or(|until| until <= Instant::now()) {
            if choice.other_until.is_none() {
                tracing::info!(
                    "kubelet {node} has no {}: {} is read instead",
                    preferred.path(),
                    api.path()
                );
            }
            choice.other_until = Some(Instant::now() + MEMORY);
        }
    }

    /// The spellings of the API's path that may work, the likely one first.
    fn paths(&self, api: Api) -> &'static [&'static str] {
        match api {
            Api::ContainerStats => &["/stats/container/"],
            Api::Summary if self.choice.lock().unwrap_or_else(PoisonError::into_inner).bare => {
                &["/stats/summary", "/stats/summary/"]
            }
            Api::Summary => &["/stats/summary/", "/stats/summary"],
        }
    }

    /// Asks one API under each of its paths, until one is there.
    async fn ask(&self, api: Api, window: Window, deadline: Instant) -> Result<Scraped, ScrapeError> {
        let started = Instant::now();
        let answer = self.request(api, window, deadline).await;
        let family = match api {
            Api::Summary => SUMMARY_TIME,
            Api::ContainerStats => LEGACY_TIME,
        };
        self.access
            .telemetry
            .observe(family, &[("node", &self.place.hostname)], started.elapsed());
        let (url, body) = answer?;
        self.decode(api, body)
            .await
            .map_err(|error| self.asked(&url).malformed(&error))
    }

    async fn request(
        &self,
        api: Api,
        window: Window,
        deadline: Instant,
    ) -> Result<(String, Bytes), ScrapeError> {
        let mut failure = None;
        for path in self.paths(api) {
            let url = format!("{}{path}", self.root);
            let answer = self.send(api, &url, window, deadline).await?;
            if answer.status() == StatusCode::OK {
                if api == Api::Summary {
                    let bare = !path.ends_with('/');
                    self.choice.lock().unwrap_or_else(PoisonError::into_inner).bare = bare;
                }
                return Ok((url, answer.into_body()));
            }
            let error = self.asked(&url).status(answer.status(), answer.body());
            if error.reason != ScrapeFailure::NotFound && !answer.status().is_redirection() {
                return Err(error);
            }
            // "Not there" outweighs a redirect: the other API may be there.
            if failure
                .as_ref()
                .is_none_or(|other: &ScrapeError| other.reason != ScrapeFailure::NotFound)
            {
                failure = Some(error);
            }
        }
        Err(failure.unwrap_or_else(|| self.asked(&self.root).status(StatusCode::NOT_FOUND, b"")))
    }

    async fn send(
        &self,
        api: Api,
        url: &str,
        window: Window,
        deadline: Instant,
    ) -> Result<Response<Bytes>, ScrapeError> {
        let asked = self.asked(url);
        let mut request = Request::builder().uri(url).header(USER_AGENT, AGENT);
        if let Some(bearer) = &self.access.bearer {
            let header = bearer.header().map_err(|error| asked.no_answer(&error))?;
            request = request.header(AUTHORIZATION, header);
        }
        let request = match api {
            Api::Summary => request.body(Bytes::new()),
            Api::ContainerStats => request
                .method(Method::POST)
                .header(CONTENT_TYPE, "application/json")
                .body(question(window)),
        };
        let request = request.map_err(|error| asked.malformed(&error))?;
        self.access
            .client
            .request(request, deadline, self.access.max_body)
            .await
            .map_err(|error| asked.no_answer(&error))
    }

    async fn decode(&self, api: Api, body: Bytes) -> Result<Scraped, String> {
        let decoder = self.decoder.clone();
        let large = body.len() > LARGE;
        let read = move || {
            let mut decoder = decoder.lock().unwrap_or_else(PoisonError::into_inner);
            let read = match api {
                Api::Summary => decoder.summary(&body, Timestamp::now()),
                Api::ContainerStats => decoder.container_stats(&body, Timestamp::now()),
            };
            read.map_err(|error| error.to_string())
        };
        if large {
            tokio::task::spawn_blocking(read)
                .await
                .unwrap_or_else(|error| Err(format!("reading the answer broke off: {error}")))
        } else {
            read()
        }
    }

    fn asked<'a>(&'a self, url: &'a str) -> Asked<'a> {
        Asked {
            node: &self.place.node,
            url,
            https: self.access.https,
        }
    }
}

/// The body of `POST /stats/container/`.
fn question(window: Window) -> Bytes {
    let Window { start, end } = window;
    format!(r#"{{"containerName":"/","num_stats":1,"start":"{start}","end":"{end}","subcontainers":true}}"#)
        .into()
}

#[async_trait]
impl Target for Kubelet {
    fn name(&self) -> &str {
        &self.name
    }

    async fn scrape(&self, window: Window, deadline: Instant) -> Result<Scraped, ScrapeError> {
        let first = self.first();
        let answer = self.ask(first, window, deadline).await;
        match &answer {
            Err(error) if error.reason == ScrapeFailure::NotFound => {}
            Err(_) => return answer,
            Ok(_) => {
                self.answered(first);
                return answer;
            }
        }
        let second = first.other();
        match self.ask(second, window, deadline).await {
            Ok(scraped) => {
                self.answered(second);
                Ok(scraped)
            }
            Err(error) if error.reason == ScrapeFailure::NotFound => Err(self.asked(&self.root).neither()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
