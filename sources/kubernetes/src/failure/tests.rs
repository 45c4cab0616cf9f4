//! The lines that a user reads.

use super::*;

const PLAIN: Asked<'_> = Asked {
    node: "n1",
    url: "http://10.0.0.1:10255/stats/summary/",
    https: false,
};
const TLS: Asked<'_> = Asked {
    node: "n1",
    url: "https://10.0.0.1:10250/stats/summary/",
    https: true,
};

fn is(error: &ScrapeError, reason: ScrapeFailure, text: &str) {
    assert_eq!((error.reason, error.text.as_str()), (reason, text));
}

#[test]
fn an_unknown_token_is_refused() {
    is(
        &TLS.status(StatusCode::UNAUTHORIZED, b"Unauthorized"),
        ScrapeFailure::Refused,
        "kubelet n1 at https://10.0.0.1:10250/stats/summary/ answered 401 Unauthorized \"Unauthorized\": give the source a token \
         that may read nodes/stats",
    );
    is(
        &PLAIN.status(StatusCode::UNAUTHORIZED, b""),
        ScrapeFailure::Refused,
        "kubelet n1 at http://10.0.0.1:10255/stats/summary/ answered 401 Unauthorized: tokens are sent over HTTPS only: add \
         kubeletHttps=true&kubeletPort=10250 to the source",
    );
}

#[test]
fn a_token_without_the_right_is_refused() {
    is(
        &TLS.status(
            StatusCode::FORBIDDEN,
            b"Forbidden (user=x, verb=get, resource=nodes)\n",
        ),
        ScrapeFailure::Refused,
        "kubelet n1 at https://10.0.0.1:10250/stats/summary/ answered 403 Forbidden \"Forbidden (user=x, verb=get, \
         resource=nodes)\": let the source's token get and create nodes/stats (RBAC)",
    );
}

#[test]
fn neither_api_is_one_line() {
    let asked = Asked {
        url: "http://10.0.0.1:10255",
        ..PLAIN
    };
    is(
        &asked.neither(),
        ScrapeFailure::NotFound,
        "kubelet n1 at http://10.0.0.1:10255 serves neither /stats/summary nor /stats/container/: see \
         --enable-debugging-handlers of the kubelet",
    );
}

#[test]
fn every_status_has_its_class() {
    for (status, reason, advice) in [
        (404, ScrapeFailure::NotFound, "--enable-debugging-handlers"),
        (405, ScrapeFailure::NotFound, "--enable-debugging-handlers"),
        (400, ScrapeFailure::Status, "add kubeletHttps=true"),
        (302, ScrapeFailure::Status, "redirects are not followed"),
        (500, ScrapeFailure::Status, "look into the kubelet's log"),
        (503, ScrapeFailure::Status, "look into the kubelet's log"),
    ] {
        let error = PLAIN.status(StatusCode::from_u16(status).unwrap(), b"");
        assert_eq!(error.reason, reason, "{status}");
        assert!(error.text.contains(advice), "{}", error.text);
    }
    let error = TLS.status(StatusCode::BAD_REQUEST, b"");
    assert!(!error.text.contains("kubeletHttps"), "{}", error.text);
}

#[test]
fn a_closed_read_only_port_is_answered_with_the_options_to_set() {
    is(
        &PLAIN.no_answer(&ClientError::Refused),
        ScrapeFailure::Unreachable,
        "kubelet n1 at http://10.0.0.1:10255/stats/summary/ gave no metrics: connection refused: if this kubelet serves HTTPS \
         only, add kubeletHttps=true&kubeletPort=10250 to the source, with a CA in its cluster credentials or kubeletInsecure=true",
    );
    let error = TLS.no_answer(&ClientError::Refused);
    assert!(!error.text.contains("10250 to the source"), "{}", error.text);
}

#[test]
fn every_way_to_get_no_answer_has_its_class_and_advice() {
    let tls = |text: &str| ClientError::Tls(text.to_owned());
    let text = "x".to_owned();
    for (error, reason, advice) in [
        (ClientError::Timeout, ScrapeFailure::Timeout, "the node's load"),
        (
            ClientError::TooLarge { limit: 9 },
            ScrapeFailure::TooLarge,
            "larger than 9 bytes: raise maxbody",
        ),
        (
            ClientError::Encoding(text.clone()),
            ScrapeFailure::Malformed,
            "proxy in between",
        ),
        (
            ClientError::Setup(text.clone()),
            ScrapeFailure::Refused,
            "mend the file",
        ),
        (
            ClientError::Connect(text.clone()),
            ScrapeFailure::Unreachable,
            "the node's network",
        ),
        (
            ClientError::Broken(text),
            ScrapeFailure::Unreachable,
            "the node's network",
        ),
        (
            tls("received corrupt message of type InvalidContentType"),
            ScrapeFailure::Unreachable,
            "the port serves plain HTTP",
        ),
        (
            tls("invalid peer certificate: UnknownIssuer"),
            ScrapeFailure::Unreachable,
            "give the source the CA",
        ),
        (
            tls("invalid peer certificate: certificate not valid for name \"10.0.0.1\""),
            ScrapeFailure::Unreachable,
            "let the kubelet's certificate name this address",
        ),
        (
            tls("received fatal alert: CertificateRequired"),
            ScrapeFailure::Unreachable,
            "client certificate",
        ),
    ] {
        let answer = TLS.no_answer(&error);
        assert_eq!(answer.reason, reason, "{error:?}");
        assert!(answer.text.contains(advice), "{}", answer.text);
    }
}

#[test]
fn an_answers_text_is_shown_as_one_short_line() {
    let long = format!("a\nb\t\"{}", "ü".repeat(10_000));
    let error = TLS.status(StatusCode::INTERNAL_SERVER_ERROR, long.as_bytes());
    assert!(error.text.len() < 700, "{}", error.text.len());
    assert!(error.text.contains(r#"Error "a b \"üüü"#), "{}", error.text);
    let cut = TLS.status(
        StatusCode::INTERNAL_SERVER_ERROR,
        &[0xff, b'\r', 0x1b, b'[', b'm'],
    );
    assert!(cut.text.chars().all(|c| !c.is_control()), "{}", cut.text);
}
