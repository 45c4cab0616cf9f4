//! A running cluster: its sockets and tasks.

mod files;
mod kubelets;
mod ports;

pub use ports::{StartError, Urls};

use crate::answer::Answer;
use crate::api::problem;
use crate::churn;
use crate::config::Config;
use crate::control::Control;
use crate::modes::ApiMode;
use crate::serve::{self, Account, Asked, Respond, Tally};
use crate::state::State;
use crate::tls::Authority;
use ports::Bound;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A cluster that answers until it is dropped. Needs the runtime it was started in.
#[derive(Debug)]
pub struct Cluster {
    state: Arc<State>,
    urls: Urls,
    authority: Option<Arc<Authority>>,
    _stop: DropGuard,
}

impl Cluster {
    /// Binds all addresses, writes the files that are asked for, and serves from then on.
    ///
    /// # Errors
    /// [`StartError`] when an address is taken, there are too few file descriptors, or a file cannot be written.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let authority = config.tls.then(Authority::new).transpose()?.map(Arc::new);
        let bound = Bound::bind(config).await?;
        let urls = bound.urls.clone();
        let announced = urls.kubelet_tls_port.unwrap_or(urls.kubelet_port);
        let state = Arc::new(State::new(config, announced));
        if let Some(folder) = &config.folder {
            files::write(folder, &urls, authority.as_deref(), config.token.as_deref())?;
        }
        let stop = CancellationToken::new();
        bound.serve(&state, authority.as_ref(), &stop)?;
        churn::start(config, &state, &stop);
        Ok(Self {
            state,
            urls,
            authority,
            _stop: stop.drop_guard(),
        })
    }

    /// What it consists of: modes, changes and counts are there.
    #[must_use]
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Where it is.
    #[must_use]
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// The certificate of its authority as PEM text, with TLS.
    #[must_use]
    pub fn ca(&self) -> Option<&str> {
        self.authority.as_deref().map(Authority::pem)
    }

    /// Writes `ca.crt`, `token` and `kubeconfig` into a folder.
    ///
    /// # Errors
    /// [`StartError::Write`] when a file cannot be written.
    pub fn write_files(&self, folder: &Path, token: Option<&str>) -> Result<(), StartError> {
        files::write(folder, &self.urls, self.authority.as_deref(), token)
    }
}

/// Accepts connections of the API server.
async fn api(state: Arc<State>, listener: TcpListener, tls: Option<TlsAcceptor>, stop: CancellationToken) {
    let responder = Arc::new(ApiServer { state: state.clone() });
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let mut modes = state.api().modes();
        let (responder, tls, stop) = (responder.clone(), tls.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = serve::connection(stream, tls, responder) => {}
                _ = modes.wait_for(|mode| *mode == ApiMode::Reset) => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

/// Accepts connections of the control pages.
async fn control(state: Arc<State>, listener: TcpListener, stop: CancellationToken) {
    let responder = Arc::new(Control::new(state));
    while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
        let (responder, stop) = (responder.clone(), stop.clone());
        tokio::spawn(async move {
            stop.run_until_cancelled(serve::connection(stream, None, responder))
                .await;
        });
    }
}

struct ApiServer {
    state: Arc<State>,
}

impl Respond for ApiServer {
    async fn respond(&self, asked: Asked) -> (Answer, Account) {
        let api = self.state.api();
        self.state.stats().api_asked();
        if let ApiMode::Slow(delay) = api.mode() {
            tokio::time::sleep(delay).await;
        }
        if !self.state.lets_in(asked.authorization()) {
            self.state.stats().refused();
            return (problem(401, "Unauthorized", "Unauthorized"), None);
        }
        let answer = api.answer(&asked.method, asked.uri.path(), asked.uri.query().unwrap_or(""));
        let tally = Sent(self.state.clone());
        (answer, Some(Box::new(tally)))
    }
}

struct Sent(Arc<State>);

impl Tally for Sent {
    fn sent(&mut self, bytes: usize) {
        self.0.stats().api_sent(bytes);
    }

    fn whole(&mut self) {}
}
