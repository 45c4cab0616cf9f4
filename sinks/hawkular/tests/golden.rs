//! All requests of the recorded batch.

use heapster_sink_hawkular as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::sink::Outcome;
    use heapster_rehearsal::{Backend, Reply, Seen, build, recorded, write};
    use serde_json::Value;
    use std::sync::Arc;

    /// Method, path, headers that matter, body with what has an order of its own sorted and descriptions blanked.
    type Request = (String, String, Vec<(String, String)>, Value);

    const HEADERS: [&str; 3] = ["content-type", "hawkular-admin-token", "hawkular-tenant"];

    fn plain(body: &str) -> Value {
        let mut body: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(all) = body.as_array_mut() {
            all.sort_by_key(|one| one["id"].as_str().unwrap().to_owned());
        }
        for (key, value) in body.as_object_mut().into_iter().flatten() {
            if key.ends_with("_description") && value.as_str().is_some_and(|text| !text.is_empty()) {
                *value = Value::Null;
            }
        }
        body
    }

    fn golden() -> Vec<Request> {
        let blocks = include_str!("golden/http.txt")
            .split("--\n")
            .filter(|block| !block.trim().is_empty());
        let request = |block: &str| {
            let mut lines = block.lines();
            let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
            let (mut headers, mut body) = (Vec::new(), "");
            for line in lines {
                match line.strip_prefix("  ").and_then(|line| line.split_once(':')) {
                    Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                    None => body = line,
                }
            }
            headers.sort();
            (first.next().unwrap(), first.next().unwrap(), headers, plain(body))
        };
        let mut all: Vec<Request> = blocks.map(request).collect();
        all.sort_by(|a, b| (&a.0, &a.1, &a.2).cmp(&(&b.0, &b.1, &b.2)));
        all
    }

    fn sent(seen: &[Seen]) -> Vec<Request> {
        let request = |one: &Seen| {
            let headers = HEADERS.iter().filter(|name| one.headers.contains_key(**name));
            let headers = headers
                .map(|name| ((*name).to_owned(), one.header(name).to_owned()))
                .collect();
            (
                one.method.to_string(),
                one.path.clone(),
                headers,
                plain(&one.text()),
            )
        };
        let mut all: Vec<Request> = seen.iter().map(request).collect();
        all.sort_by(|a, b| (&a.0, &a.1, &a.2).cmp(&(&b.0, &b.1, &b.2)));
        all
    }

    #[tokio::test]
    async fn the_requests_are_those_of_the_original() {
        let backend = Backend::start(|_, _| Reply::Answer(200, String::new()))
            .await
            .unwrap();
        let query = "tenant=t1&labelToTenant=namespace_name&proxy=none";
        let mut sink = build(&format!("hawkular:http://{}?{query}", backend.address())).unwrap();
        assert_eq!(sink.name(), "Hawkular-Metrics Sink");
        let batch = Arc::new(recorded().unwrap());
        assert_eq!(write(&mut *sink, &batch).await, Outcome::all(batch.value_count()));
        let (golden, sent) = (golden(), sent(&backend.seen()));
        assert_eq!(golden.len(), 18);
        assert_eq!(sent, golden);
    }
}
