//! A backend on this machine that behaves as a script says.

use super::http::{Answer, Request};
use super::kit::Wire;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// What the backend does with one exchange: a request, a frame, or what it reads at a time of a one-way stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mood {
    /// Takes it.
    Well,
    /// Takes it after a second.
    Slow,
    /// Takes it and never answers.
    Hang,
    /// Does not even read on.
    Deaf,
    /// Breaks the connection in the middle of it.
    Die,
    /// Takes it and breaks the connection in the middle of the answer.
    DieAnswering,
    /// Answers with what is no answer.
    Garbage,
    /// HTTP: answers with this status, and repeats in the body what it was asked.
    Status(u16),
    /// HTTP: takes a part, as the sink's test says.
    Partly,
}

const NOISE: &[u8] = b"\x00\xff\x16\x03 noise \r\n\r\n{\"items\":[1,\n\xfe\xfe";

/// What a connection needs.
#[derive(Debug)]
struct Shared {
    wire: Wire,
    script: Mutex<VecDeque<Mood>>,
    contacts: AtomicUsize,
    /// How many exchanges of the present script wait for the clock.
    waiting: Mutex<Arc<AtomicUsize>>,
}

/// A backend. It ends with the runtime.
#[derive(Debug)]
pub(crate) struct Backend {
    address: SocketAddr,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
    /// How many contacts there were when a script ended with an exchange that waited.
    left_hanging: AtomicUsize,
    /// Holds the port while nobody listens.
    closed: Option<Closed>,
}

#[derive(Debug)]
enum Closed {
    Stream(TcpSocket),
    Datagrams(std::net::UdpSocket),
}

impl Backend {
    /// A backend that has a port but does not listen yet.
    pub(crate) fn closed(wire: Wire) -> io::Result<Self> {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let shared = Shared {
            wire,
            script: Mutex::default(),
            contacts: AtomicUsize::new(0),
            waiting: Mutex::default(),
        };
        let (address, closed) = if matches!(wire, Wire::Datagrams) {
            // A socket that is connected elsewhere takes nothing from anybody here: the kernel answers that nobody listens.
            let socket = std::net::UdpSocket::bind(any)?;
            socket.connect(socket.local_addr()?)?;
            (socket.local_addr()?, Closed::Datagrams(socket))
        } else {
            let socket = TcpSocket::new_v4()?;
            socket.bind(any)?;
            (socket.local_addr()?, Closed::Stream(socket))
        };
        Ok(Self {
            address,
            shared: Arc::new(shared),
            tasks: JoinSet::new(),
            left_hanging: AtomicUsize::new(usize::MAX),
            closed: Some(closed),
        })
    }

    /// Begins to listen.
    pub(crate) async fn listen(&mut self) -> io::Result<()> {
        let shared = self.shared.clone();
        match self.closed.take() {
            Some(Closed::Datagrams(socket)) => {
                drop(socket);
                let socket = UdpSocket::bind(self.address).await?;
                self.tasks.spawn(take_datagrams(socket, shared));
            }
            Some(Closed::Stream(socket)) => {
                self.tasks.spawn(accept(socket.listen(64)?, shared));
            }
            None => {}
        }
        Ok(())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the next exchanges meet; those after them go well.
    pub(crate) fn script(&self, moods: impl IntoIterator<Item = Mood>) {
        let mut script = self.shared.script.lock().unwrap_or_else(PoisonError::into_inner);
        *script = moods.into_iter().collect();
        // Whoever still waits does so for a writer that has given up.
        let left = std::mem::take(&mut *self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let hanging = left.load(Ordering::SeqCst) > 0;
        let contacts = if hanging { self.contacts() } else { usize::MAX };
        self.left_hanging.store(contacts, Ordering::SeqCst);
    }

    /// How many connections or datagrams there were.
    pub(crate) fn contacts(&self) -> usize {
        self.shared.contacts.load(Ordering::SeqCst)
    }

    /// After how many looks the clock should move: at once when an exchange waits for it; soon when one of an earlier script
    /// did and the sink has not come anew since, so that it may still hang there; else only when a sink waits by itself.
    pub(crate) fn patience(&self) -> u32 {
        if self.shared.waiting().load(Ordering::SeqCst) > 0 {
            1
        } else if self.left_hanging.load(Ordering::SeqCst) == self.contacts() {
            40
        } else {
            200
        }
    }
}

async fn take_datagrams(socket: UdpSocket, shared: Arc<Shared>) {
    let mut buffer = vec![0; 65_536];
    while socket.recv(&mut buffer).await.is_ok() {
        shared.contacts.fetch_add(1, Ordering::SeqCst);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.contacts.fetch_add(1, Ordering::SeqCst);
        let shared = shared.clone();
        connections.spawn(async move { serve(stream, &shared).await.ok() });
    }
}

/// Counts as waiting until it is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(shared: &Shared) -> Self {
        let waiting = shared.waiting();
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    fn waiting(&self) -> Arc<AtomicUsize> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn mood(&self) -> Mood {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.pop_front().unwrap_or(Mood::Well)
    }

    /// The length of the first exchange in `bytes` and its answer; `None` while its end is not there.
    fn exchange(&self, bytes: &[u8], mood: Mood) -> Option<(usize, Vec<u8>)> {
        match self.wire {
            Wire::Nothing | Wire::Datagrams | Wire::Lines => Some((bytes.len(), Vec::new())),
            Wire::Frames(answer) => answer(bytes),
            Wire::Http { well, partly } => {
                let (length, request) = Request::read(bytes)?;
                let answer = match (mood, partly) {
                    (Mood::Status(status), _) => refusal(status, &request),
                    (Mood::Partly, Some(partly)) => partly(&request),
                    _ => well(&request),
                };
                Some((length, answer.bytes()))
            }
        }
    }
}

/// A status with everything that the request said, secrets included.
fn refusal(status: u16, request: &Request) -> Answer {
    let answer = Answer::new(status, format!("refused:\n{}", request.head));
    match status {
        429 | 503 => answer.with("Retry-After", "1"),
        301 | 307 => answer.with("Location", "http://127.0.0.1:1/elsewhere"),
        _ => answer,
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut held: Vec<u8> = Vec::new();
    let mut buffer = vec![0; 65_536];
    loop {
        if held.is_empty() {
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Ok(());
            }
            held.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        let mood = shared.mood();
        match mood {
            Mood::Deaf => {
                let _waiting = Waiting::new(shared);
                return until_closed_unread(&mut stream).await;
            }
            Mood::Die => return stream.set_zero_linger(),
            Mood::Well | Mood::Slow | Mood::Hang | Mood::DieAnswering => {}
            Mood::Garbage | Mood::Status(_) | Mood::Partly => {}
        }
        let (length, answer) = loop {
            if let Some(found) = shared.exchange(&held, mood) {
                break found;
            }
            let read = stream.read(&mut buffer).await?;
            if read == 0 {
                return Ok(());
            }
            held.extend_from_slice(buffer.get(..read).unwrap_or_default());
        };
        held.drain(..length.min(held.len()));
        match mood {
            Mood::Hang => {
                let _waiting = Waiting::new(shared);
                while stream.read(&mut buffer).await? > 0 {}
                return Ok(());
            }
            Mood::DieAnswering => {
                stream
                    .write_all(answer.get(..answer.len() / 2).unwrap_or_default())
                    .await?;
                return Ok(());
            }
            Mood::Garbage => {
                stream.write_all(NOISE).await?;
                return Ok(());
            }
            Mood::Slow => {
                let _waiting = Waiting::new(shared);
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Mood::Well | Mood::Status(_) | Mood::Partly | Mood::Deaf | Mood::Die => {}
        }
        stream.write_all(&answer).await?;
    }
}

/// Waits without reading until the other side has given up.
async fn until_closed_unread(stream: &mut TcpStream) -> io::Result<()> {
    stream.ready(tokio::io::Interest::ERROR).await.map(drop)
}
