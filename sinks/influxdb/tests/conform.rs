//! What holds for every sink, for both kinds of servers.

use heapster_plugin::testkit::{Answer, Request};

/// InfluxDB's answers when all is well.
fn well(request: &Request) -> Answer {
    if request.target.starts_with("/query") {
        Answer::new(200, r#"{"results":[{"statement_id":0}]}"#)
    } else {
        Answer::new(204, "")
    }
}

/// InfluxDB's answer when one line could not be stored.
fn partly(request: &Request) -> Answer {
    if request.target.starts_with("/query") {
        well(request)
    } else {
        Answer::new(
            400,
            r#"{"error":"partial write: field type conflict: input field dropped=1"}"#,
        )
    }
}

/// InfluxDB 2's.
fn partly_2(_: &Request) -> Answer {
    let text = r#"{"code":"unprocessable entity","message":"partial write: points beyond retention policy dropped=1"}"#;
    Answer::new(422, text)
}

#[cfg(test)]
mod database {
    use super::{partly, well};

    heapster_plugin::conform!(
        heapster_sink_influxdb,
        Kit::http("influxdb:http://{address}?pw={secret}&proxy=none&concurrency=3&retention=7d")
            .answering(well)
            .partly(partly)
    );
}

#[cfg(test)]
mod bucket {
    use super::partly_2;

    heapster_plugin::conform!(
        heapster_sink_influxdb,
        Kit::http(
            "influxdb:http://{address}?bucket=b&org=o&token={secret}&proxy=none&gzip=true&withfields=true"
        )
        .partly(partly_2)
    );
}
