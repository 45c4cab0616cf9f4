//! What a sink's test says about its sink.

use super::backend::Mood;
use super::http::{Answer, Request};

/// Stands in a [`Kit`]'s URI for a password or token; the kit looks for it in everything that the sink says.
pub const SECRET: &str = "s3cr3t-7f3a9";

/// How the kit plays a sink's backend: built by the constructor that names the backend's protocol.
///
/// In the URI, `{address}` is where the backend listens (`127.0.0.1:PORT`), and `{secret}` is [`SECRET`].
#[derive(Clone, Copy, Debug)]
pub struct Kit {
    pub(crate) uri: &'static str,
    pub(crate) wire: Wire,
    pub(crate) cases: u32,
}

/// What was read so far to the length of the first frame and its answer.
type Frame = fn(&[u8]) -> Option<(usize, Vec<u8>)>;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wire {
    /// There is no backend.
    Nothing,
    /// A TCP stream that is not answered.
    Lines,
    /// UDP that is not answered.
    Datagrams,
    /// TCP with an answer to each frame.
    Frames(Frame),
    /// HTTP/1.1.
    Http {
        well: fn(&Request) -> Answer,
        partly: Option<fn(&Request) -> Answer>,
    },
}

impl Kit {
    const fn new(uri: &'static str, wire: Wire) -> Self {
        Self { uri, wire, cases: 64 }
    }

    /// A sink without a backend. The facts that are about backends hold for it.
    #[must_use]
    pub const fn local(uri: &'static str) -> Self {
        Self::new(uri, Wire::Nothing)
    }

    /// A sink that writes to a TCP connection and reads nothing.
    #[must_use]
    pub const fn lines(uri: &'static str) -> Self {
        Self::new(uri, Wire::Lines)
    }

    /// A sink that sends UDP datagrams and reads nothing.
    #[must_use]
    pub const fn datagrams(uri: &'static str) -> Self {
        Self::new(uri, Wire::Datagrams)
    }

    /// A sink whose frames on a TCP connection are answered. `answer` gets what was read so far and not answered yet: the
    /// length of the first frame with its answer, or `None` while its end is not there.
    #[must_use]
    pub const fn frames(uri: &'static str, answer: Frame) -> Self {
        Self::new(uri, Wire::Frames(answer))
    }

    /// A sink that sends HTTP requests, which are answered with 204 when all is well.
    #[must_use]
    pub const fn http(uri: &'static str) -> Self {
        let well = |_: &Request| Answer {
            status: 204,
            headers: Vec::new(),
            body: Vec::new(),
        };
        Self::new(uri, Wire::Http { well, partly: None })
    }

    /// The same with the answers that a backend in order gives.
    #[must_use]
    pub const fn answering(self, well: fn(&Request) -> Answer) -> Self {
        let partly = match self.wire {
            Wire::Http { partly, .. } => partly,
            Wire::Nothing | Wire::Lines | Wire::Datagrams | Wire::Frames(_) => None,
        };
        Self {
            wire: Wire::Http { well, partly },
            ..self
        }
    }

    /// The same with the answers of a backend that takes one part of a request and refuses another.
    #[must_use]
    pub const fn partly(self, partly: fn(&Request) -> Answer) -> Self {
        let Wire::Http { well, .. } = self.wire else {
            return self;
        };
        let partly = Some(partly);
        Self {
            wire: Wire::Http { well, partly },
            ..self
        }
    }

    /// The same with so many cases for each property, instead of 64.
    #[must_use]
    pub const fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// What can happen to an exchange.
    pub(crate) fn moods(&self) -> &'static [Mood] {
        const STREAM: &[Mood] = &[Mood::Well, Mood::Slow, Mood::Deaf, Mood::Die];
        const FRAMES: &[Mood] = &[
            Mood::Well,
            Mood::Slow,
            Mood::Hang,
            Mood::Deaf,
            Mood::Die,
            Mood::DieAnswering,
            Mood::Garbage,
        ];
        const HTTP: &[Mood] = &[
            Mood::Well,
            Mood::Slow,
            Mood::Hang,
            Mood::Deaf,
            Mood::Die,
            Mood::DieAnswering,
            Mood::Garbage,
            Mood::Partly,
            Mood::Status(200),
            Mood::Status(307),
            Mood::Status(400),
            Mood::Status(401),
            Mood::Status(403),
            Mood::Status(404),
            Mood::Status(408),
            Mood::Status(413),
            Mood::Status(429),
            Mood::Status(500),
            Mood::Status(503),
        ];
        match self.wire {
            Wire::Nothing | Wire::Datagrams => &[],
            Wire::Lines => STREAM,
            Wire::Frames(_) => FRAMES,
            Wire::Http { .. } => HTTP,
        }
    }
}
