//! What holds for every sink.

use heapster_plugin::testkit::{Answer, Request};

/// The API's answer when all went well.
fn well(_: &Request) -> Answer {
    answer(r#"{"measurements":{"summary":{"total":1,"accepted":1}}}"#)
}

/// The API's answer when it refuses a measurement.
fn partly(_: &Request) -> Answer {
    answer(r#"{"measurements":{"summary":{"failed":1}},"errors":[{"param":"tags","reason":"is invalid"}]}"#)
}

fn answer(body: &str) -> Answer {
    Answer {
        status: 202,
        headers: Vec::new(),
        body: body.into(),
    }
}

heapster_plugin::conform!(
    heapster_sink_librato,
    Kit::http("librato:?username=u&token={secret}&api=http://{address}&proxy=none")
        .answering(well)
        .partly(partly)
);
