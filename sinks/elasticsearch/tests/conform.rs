//! What holds for every sink.

use heapster_plugin::testkit::{Answer, Request};

/// As Elasticsearch 8 answers.
fn well(request: &Request) -> Answer {
    let path = request.target.split('?').next().unwrap_or_default();
    match (request.method.as_str(), path) {
        ("POST", "/_bulk") => items(request, |_| 201),
        ("GET", "/") => Answer::new(200, r#"{"version":{"number":"8.19.0"}}"#),
        ("GET", "/_nodes/http") => Answer::new(200, r#"{"nodes":{}}"#),
        ("GET", _) => Answer::new(404, "{}"),
        _ => Answer::new(200, r#"{"acknowledged":true}"#),
    }
}

/// The same, but of each three documents one is invalid and one comes at a bad time.
fn partly(request: &Request) -> Answer {
    if request.target.starts_with("/_bulk") {
        items(request, |number| {
            [400, 429, 201].into_iter().nth(number % 3).unwrap_or(201)
        })
    } else {
        well(request)
    }
}

fn items(request: &Request, status: impl Fn(usize) -> u16) -> Answer {
    let documents = request.body.iter().filter(|byte| **byte == b'\n').count() / 2;
    let items = (0..documents).map(|number| match status(number) {
        201 => r#"{"index":{"status":201}}"#.to_owned(),
        status => format!(r#"{{"index":{{"status":{status},"error":{{"type":"e","reason":"r"}}}}}}"#),
    });
    let items: Vec<String> = items.collect();
    Answer::new(200, format!(r#"{{"errors":true,"items":[{}]}}"#, items.join(",")))
}

heapster_plugin::conform!(
    heapster_sink_elasticsearch,
    Kit::http("elasticsearch:http://{address}?esUserName=u&esUserSecret={secret}")
        .answering(well)
        .partly(partly)
);
