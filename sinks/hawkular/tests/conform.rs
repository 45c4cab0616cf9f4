//! What holds for every sink.

use heapster_plugin::testkit::{Answer, Request};

/// The server's answer when all went well.
fn well(_: &Request) -> Answer {
    Answer {
        status: 200,
        headers: Vec::new(),
        body: b"{}".to_vec(),
    }
}

heapster_plugin::conform!(
    heapster_sink_hawkular,
    Kit::http("hawkular:http://{address}?user=u&pass={secret}&disablePreCache=true&cacheSize=50&proxy=none")
        .answering(well)
        .cases(16)
);
