//! What holds for every sink.

use heapster_plugin::testkit::{Answer, Request};

/// OpenTSDB's answer when all went well.
fn well(_: &Request) -> Answer {
    answer(200, r#"{"success":1,"failed":0,"errors":[]}"#)
}

/// OpenTSDB's answer when something could not be stored.
fn partly(_: &Request) -> Answer {
    answer(400, r#"{"success":0,"failed":1,"errors":[]}"#)
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

heapster_plugin::conform!(
    heapster_sink_opentsdb,
    Kit::http("opentsdb:http://{address}?user=heapster&pw={secret}&proxy=none")
        .answering(well)
        .partly(partly)
);
