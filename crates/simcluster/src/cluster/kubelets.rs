//! The sockets of one kubelet.

use crate::answer::Answer;
use crate::kubelet::Page;
use crate::modes::Mode;
use crate::names;
use crate::serve::{self, Account, Asked, Respond, Tally};
use crate::state::{Behaviour, State};
use crate::tls::Authority;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// One listening address of a kubelet.
pub(super) struct Door {
    pub(super) state: Arc<State>,
    pub(super) node: u32,
    pub(super) port: u16,
    pub(super) authority: Option<Arc<Authority>>,
    pub(super) stop: CancellationToken,
}

fn closed(behaviour: &Behaviour) -> bool {
    matches!(behaviour.mode, Mode::Reset | Mode::Refuse)
}

impl Door {
    /// Accepts connections; while the kubelet refuses them, the address is not listened on.
    pub(super) async fn open(self, listener: TcpListener) {
        let stop = self.stop.clone();
        stop.run_until_cancelled(self.accept_all(listener)).await;
    }

    async fn accept_all(self, listener: TcpListener) {
        let Some(mut behaviours) = self.state.behaviours(self.node) else {
            return;
        };
        let responder = Arc::new(Kubelet {
            state: self.state.clone(),
            node: self.node,
        });
        let mut tls = None;
        let mut open = Some(listener);
        loop {
            let mode = behaviours.borrow_and_update().mode;
            if mode == Mode::Refuse {
                open = None;
                if behaviours.changed().await.is_err() {
                    return;
                }
                continue;
            }
            let listener = match open.take() {
                Some(listener) => listener,
                None => match TcpListener::bind(self.address()).await {
                    Ok(listener) => listener,
                    Err(_) => return,
                },
            };
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted && mode != Mode::Reset {
                        self.spawn(stream, &mut tls, responder.clone(), behaviours.clone());
                    }
                }
                _ = behaviours.changed() => {}
            }
            open = Some(listener);
        }
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((names::address(self.node), self.port))
    }

    fn spawn(
        &self,
        stream: TcpStream,
        tls: &mut Option<TlsAcceptor>,
        responder: Arc<Kubelet>,
        mut behaviours: watch::Receiver<Behaviour>,
    ) {
        if let (Some(authority), None) = (&self.authority, &tls) {
            *tls = authority.kubelet(self.node).ok().map(TlsAcceptor::from);
        }
        self.state.stats().connected();
        let (tls, stop) = (tls.clone(), self.stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = serve::connection(stream, tls, responder) => {}
                _ = behaviours.wait_for(closed) => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

struct Kubelet {
    state: Arc<State>,
    node: u32,
}

impl Respond for Kubelet {
    async fn respond(&self, asked: Asked) -> (Answer, Account) {
        let (state, path) = (&self.state, asked.uri.path());
        if !state.lets_in(asked.authorization()) {
            state.stats().refused();
            return (Answer::text(401, "Unauthorized"), None);
        }
        let page = Page::of(&asked.method, path);
        let round = page.map(|_| state.stats().asked(self.node));
        let delay = state.delay(self.node);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let answer = state.kubelet_answer(self.node, &asked.method, path);
        let tally = round.map(|round| -> Box<dyn Tally> {
            Box::new(Figures {
                state: state.clone(),
                round,
                bytes: 0,
            })
        });
        (answer, tally)
    }
}

struct Figures {
    state: Arc<State>,
    round: u64,
    bytes: u64,
}

impl Tally for Figures {
    fn sent(&mut self, bytes: usize) {
        self.bytes += u64::try_from(bytes).unwrap_or(0);
    }

    fn whole(&mut self) {
        self.state.stats().answered(self.round, self.bytes);
    }
}
