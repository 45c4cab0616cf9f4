//! What holds for every sink.

use heapster_plugin::testkit::{Answer, Request};

/// The API's answer when all went well.
fn well(_: &Request) -> Answer {
    answer("[]")
}

/// The API's answer when one event came too fast.
fn partly(_: &Request) -> Answer {
    answer(r#"[{"status":429,"error":"rate limited"},{"status":202}]"#)
}

fn answer(body: &str) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body: body.into(),
    }
}

heapster_plugin::conform!(
    heapster_sink_honeycomb,
    Kit::http("honeycomb:?apihost=http://{address}&writekey={secret}&proxy=none")
        .answering(well)
        .partly(partly)
);
