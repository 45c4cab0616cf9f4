//! The sink with a server that answers by a script: what it asks, and what it makes of the answers.

#[cfg(test)]
mod database;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod wire;

use heapster_sink_influxdb as _;

#[cfg(test)]
mod server {
    use heapster_plugin::model::Batch;
    use heapster_plugin::sink::{MetricSink, Outcome};
    use heapster_rehearsal::{Backend, Reply, Seen, build, write};
    use std::sync::Arc;

    /// What InfluxDB 1.x answers when all is well.
    pub(crate) fn well(seen: &Seen) -> Reply {
        match seen.path.split('?').next() {
            Some("/query") => Reply::Answer(200, r#"{"results":[{"statement_id":0}]}"#.to_owned()),
            _ => Reply::Answer(204, String::new()),
        }
    }

    /// An answer in the form of InfluxDB.
    pub(crate) fn error(status: u16, text: &str) -> Reply {
        let text = text.replace('"', "\\\"");
        Reply::Answer(status, format!("{{\"error\":\"{text}\"}}"))
    }

    /// An error inside an answer to a statement.
    pub(crate) fn refused(text: &str) -> Reply {
        Reply::Answer(
            200,
            format!("{{\"results\":[{{\"statement_id\":0,\"error\":\"{text}\"}}]}}"),
        )
    }

    /// The sink for this server with these options.
    pub(crate) fn sink(backend: &Backend, options: &str) -> Box<dyn MetricSink> {
        build(&format!("influxdb:http://{}?{options}", backend.address())).unwrap()
    }

    pub(crate) async fn send(sink: &mut dyn MetricSink, batch: &Arc<Batch>) -> Outcome {
        let outcome = write(sink, batch).await;
        let rejected: usize = outcome.rejected.iter().map(|(_, count)| count).sum();
        let retry = outcome.retry.as_ref().map_or(0, |retry| retry.count);
        assert_eq!(outcome.accepted + rejected + retry, batch.value_count());
        outcome
    }

    /// The texts of statements so far.
    pub(crate) fn statements(backend: &Backend) -> Vec<String> {
        let seen = backend
            .seen()
            .into_iter()
            .filter(|seen| seen.path.starts_with("/query?"));
        seen.map(|seen| {
            let query = seen
                .path
                .split_once("&q=")
                .unwrap()
                .1
                .replace('+', " ")
                .replace("%22", "\"");
            format!("{} {query}", seen.method)
        })
        .collect()
    }

    /// The paths of writes so far.
    pub(crate) fn writes(backend: &Backend) -> Vec<String> {
        let paths = backend.seen().into_iter().map(|seen| seen.path);
        paths.filter(|path| path.contains("/write?")).collect()
    }
}
