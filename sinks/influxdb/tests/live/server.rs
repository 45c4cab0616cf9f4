//! A server of its own for each test.

use heapster_httpclient::{Auth, Endpoint, Proxies, Transport};
use heapster_plugin::Instant;
use heapster_plugin::cluster::Token;
use heapster_rehearsal::Live;
use serde_json::Value as Json;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that a script in `ci` runs. Killed when dropped.
pub(crate) struct Server(pub(crate) Live);

impl Server {
    /// An InfluxDB 1.x, or `None` and a line when it is not installed.
    pub(crate) async fn influxdb(extra: &'static [&'static str]) -> Option<Self> {
        Some(Self(Live::start_with("influxdb", extra).await?))
    }

    /// A VictoriaMetrics.
    pub(crate) async fn victoria_metrics() -> Option<Self> {
        Some(Self(Live::start("victoria-metrics").await?))
    }

    /// `influxdb:http://…?`
    pub(crate) fn uri(&self) -> String {
        format!("influxdb:http://{}?", self.0.address())
    }

    pub(crate) fn endpoint(&self, user: &str, password: &str) -> Endpoint {
        let auth = match user {
            "" => Auth::none(),
            user => Auth::basic(user, Token::Inline(password.into())),
        };
        let transport = Transport {
            auth,
            proxies: Proxies::none(),
            max_answer: 1 << 30,
            timeout: PATIENCE,
            ..Transport::default()
        };
        Endpoint::new(&format!("http://{}", self.0.address()), transport).unwrap()
    }

    /// The text of an answer with a status of success.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self
            .endpoint("", "")
            .get(path)
            .send(Instant::now() + PATIENCE)
            .await
            .unwrap();
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(answer.status.is_success(), "{path}: {text}");
        text
    }

    /// The answer to InfluxQL, as `root` with this password.
    pub(crate) async fn query_as(&self, password: &str, statements: &str) -> Json {
        let pairs = [("db", "k8s"), ("epoch", "ns"), ("q", statements)];
        let path = format!("/query?{}", heapster_httpclient::query(pairs));
        let endpoint = self.endpoint("root", password);
        let answer = endpoint
            .post(&path)
            .send(Instant::now() + PATIENCE)
            .await
            .unwrap();
        let json: Json = serde_json::from_slice(&answer.body).unwrap();
        assert!(!json.to_string().contains("\"error\""), "{statements}: {json}");
        json
    }

    /// The answer to InfluxQL.
    pub(crate) async fn query(&self, statements: &str) -> Json {
        self.query_as("root", statements).await
    }
}
