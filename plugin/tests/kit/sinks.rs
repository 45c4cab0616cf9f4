//! Sinks that keep the contract, and some that do not.

use heapster_plugin::model::{Batch, Model, Point, Timestamp, id};
use heapster_plugin::options::{Opt, Options};
use heapster_plugin::registry::SinkPlugin;
use heapster_plugin::sink::{MetricSink, Outcome, Rejection, SinkContext};
use heapster_plugin::source::BuildError;
use heapster_plugin::testkit;
use heapster_plugin::uri::Uri;
use heapster_plugin::{Instant, async_trait, inventory};
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

const KEYS: &[&str] = &[
    "lines",
    "frames",
    "datagrams",
    "none",
    "eager",
    "forgetful",
    "talkative",
    "harsh",
    "stubborn",
    "inventive",
    "panicking",
];

inventory::submit! {
    SinkPlugin {
        name: "kit",
        keys: KEYS,
        about: "Sinks for the tests of the kit",
        options: &[Opt::text("secret", "", "not to be shown")],
        package: env!("CARGO_PKG_NAME"),
        metrics: Some(build),
    }
}

fn build(uri: &Uri, options: &Options, _: &SinkContext) -> Result<Box<dyn MetricSink>, BuildError> {
    if uri.key == "eager" {
        std::net::TcpStream::connect(&uri.host).unwrap();
    }
    Ok(Box::new(Sink {
        key: uri.key.clone(),
        address: uri.host.clone(),
        secret: heapster_plugin::cluster::Token::Inline(options.text("secret").into()),
        stream: None,
    }))
}

#[derive(Debug)]
struct Sink {
    key: String,
    address: String,
    secret: heapster_plugin::cluster::Token,
    stream: Option<TcpStream>,
}

/// A frame ends with a newline and is answered with one.
pub(crate) fn acknowledge(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((end + 1, b"+\n".to_vec()))
}

/// A line a value.
fn lines(batch: &Batch) -> Vec<u8> {
    let mut text = String::new();
    for set in batch.sets() {
        for point in set.points() {
            writeln!(text, "{:?} {:?}", set.entity().key(), point.value()).unwrap();
        }
    }
    text.into_bytes()
}

impl Sink {
    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        // Taken out: a write that is dropped half-way takes its connection along.
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(&self.address).await?,
        };
        if self.key == "frames" {
            for line in bytes.split_inclusive(|byte| *byte == b'\n').take(40) {
                stream.write_all(line).await?;
                let mut answer = [0; 2];
                stream.read_exact(&mut answer).await?;
                if answer != *b"+\n" {
                    return Err(std::io::Error::other("no acknowledgement"));
                }
            }
        } else if self.key == "stubborn" {
            let kept = self.stream.insert(stream);
            return kept.write_all(bytes).await;
        } else {
            stream.write_all(bytes).await?;
        }
        self.stream = Some(stream);
        Ok(())
    }

    async fn datagrams(&self, bytes: &[u8]) -> std::io::Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        socket.connect(&self.address).await?;
        for chunk in bytes.chunks(1_400) {
            socket.send(chunk).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl MetricSink for Sink {
    fn name(&self) -> &str {
        "Kit Sink"
    }

    async fn write(&mut self, batch: Arc<Batch>, _: Instant) -> Outcome {
        let count = batch.value_count();
        let bytes = lines(&batch);
        let sent = match self.key.as_str() {
            "none" => Ok(()),
            "datagrams" => self.datagrams(&bytes).await,
            "forgetful" => return Outcome::all(count - 1),
            "talkative" => {
                let heapster_plugin::cluster::Token::Inline(secret) = &self.secret else {
                    return Outcome::all(count);
                };
                tracing::info!(secret = ?heapster_plugin::testkit::SECRET, "signing in with {}", secret.len());
                Ok(())
            }
            "inventive" => {
                let model = Model::default();
                let points = [Point::gauge(id::UPTIME, -1)];
                let made_up = testkit::batch(
                    &model,
                    batch.timestamp(),
                    &[(model.entities.node("x"), &[], &points)],
                );
                return Outcome::retry_rest(made_up, "why not").and_accepted(count - 1);
            }
            "panicking" => panic!("a panic of the sink"),
            _ => self.send(&bytes).await,
        };
        match sent {
            Ok(()) => Outcome::all(count),
            Err(_) if self.key == "harsh" => Outcome::rejected(Rejection::Invalid, count),
            Err(error) => Outcome::retry_all(&batch, format!("writing to {}: {error}", self.address)),
        }
    }
}

#[test]
fn the_sinks_write_what_they_are_given() {
    let model = Model::default();
    let points = [Point::gauge(id::UPTIME, 7)];
    let batch = testkit::batch(
        &model,
        Timestamp::from_secs(60),
        &[(model.entities.node("x"), &[], &points)],
    );
    assert_eq!(lines(&batch), b"\"node:x\" Int(7)\n");
}
