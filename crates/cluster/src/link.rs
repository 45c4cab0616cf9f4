//! Requests to one API server.
//!
//! A watch keeps one client for ever; what is behind it is built when it is first needed and built again when the server and
//! this program stop knowing each other: certificates, kubeconfigs and plug-ins for credentials are read then, a bearer token
//! before each request.

use crate::way::Way;
use arc_swap::ArcSwapOption;
use heapster_httpclient::Bearer;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// The shortest time between two watches of one kind, for servers and proxies that close them at once.
const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// The way to one API server, and the client built for it.
pub(crate) struct Link {
    way: Way,
    bearer: Option<Bearer>,
    client: ArcSwapOption<Client>,
    building: Mutex<()>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn new(way: Way) -> Self {
        Self {
            bearer: way.bearer().map(Bearer::new),
            way,
            client: ArcSwapOption::empty(),
            building: Mutex::new(()),
        }
    }

    /// A link over a client that is there already.
    #[cfg(test)]
    pub(crate) fn over(way: Way, client: Client) -> Self {
        let link = Self::new(way);
        link.client.store(Some(Arc::new(client)));
        link
    }

    /// A client for one watch.
    pub(crate) fn client(self: &Arc<Self>) -> Client {
        let link = self.clone();
        let last_watch = Arc::new(Mutex::new(None));
        let send = tower::service_fn(move |request: Request<Body>| {
            let (link, last_watch) = (link.clone(), last_watch.clone());
            async move {
                if request
                    .uri()
                    .query()
                    .is_some_and(|query| query.contains("watch=true"))
                {
                    pause(&last_watch).await;
                }
                link.send(request).await
            }
        });
        Client::new(send, "default")
    }

    /// The next request is sent by a new client.
    pub(crate) fn renew(&self) {
        self.client.store(None);
    }

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Box<dyn Error + Send + Sync>> {
        if let Some(bearer) = &self.bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer.header()?);
        }
        let client = self.built().await?;
        Ok(client.send(request).await?)
    }

    async fn built(&self) -> Result<Arc<Client>, Box<dyn Error + Send + Sync>> {
        let _one_at_a_time = self.building.lock().await;
        if let Some(client) = self.client.load_full() {
            return Ok(client);
        }
        let way = self.way.clone();
        // It reads files and may run a program.
        let client = Arc::new(tokio::task::spawn_blocking(move || way.connect()).await??);
        self.client.store(Some(client.clone()));
        Ok(client)
    }
}

/// Waits until it is time for the next watch.
async fn pause(last: &Mutex<Option<Instant>>) {
    let mut last = last.lock().await;
    if let Some(last) = *last {
        sleep_until(last + WATCH_PAUSE).await;
    }
    *last = Some(Instant::now());
}
