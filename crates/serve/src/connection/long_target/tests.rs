//! What passes and what is kept aside.

use super::*;
use tokio::io::AsyncReadExt;

async fn through(text: &str, permits: usize) -> (String, Aside) {
    let aside = Aside::new(Arc::new(Semaphore::new(permits)));
    let mut out = String::new();
    let mut stream = LongTarget::new(text.as_bytes(), aside.clone());
    stream.read_to_string(&mut out).await.unwrap();
    (out, aside)
}

fn target(length: usize) -> String {
    format!("/{}", "x".repeat(length))
}

#[tokio::test]
async fn a_long_target_is_kept_aside_and_all_else_passes() {
    let long = target(LONG);
    let short = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    let (out, aside) = through(
        &format!("{short}GET {long} HTTP/1.1\r\nHost: h\r\n\r\n{short}rest"),
        1,
    )
    .await;
    let wanted = format!("{short}GET /long-target/0 HTTP/1.1\r\nHost: h\r\n\r\n{short}rest");
    assert_eq!(out, wanted);
    assert_eq!(aside.target("/long-target/0").unwrap().text(), long);
    assert!(aside.target("/long-target/0").is_none());
}

#[tokio::test]
async fn behind_a_request_with_a_body_nothing_is_looked_at() {
    let long = format!("GET {} HTTP/1.1\r\n\r\n", target(LONG));
    let text = format!("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc{long}");
    assert_eq!(through(&text, 1).await.0, text);
}

#[tokio::test]
async fn a_long_target_without_a_permit_passes_as_it_is() {
    let one = format!("GET {} HTTP/1.1\r\n\r\n", target(LONG));
    let (out, aside) = through(&format!("{one}{one}"), 1).await;
    assert_eq!(out, format!("GET /long-target/0 HTTP/1.1\r\n\r\n{one}"));
    drop(aside.target("/long-target/0"));
    assert_eq!(aside.permits.available_permits(), 1);
}

#[tokio::test]
async fn a_target_of_more_than_a_mib_passes_as_it_is() {
    let text = format!("GET {} HTTP/1.1\r\n\r\n", target(TOO_LONG));
    let (out, aside) = through(&text, 1).await;
    assert_eq!(out, text);
    assert!(aside.kept.lock().unwrap().targets.is_empty());
}

const TOO_LONG: usize = super::super::TARGET + (8 << 10);
