//! What answers mean for the data.

use crate::server::soon;
use heapster_httpclient::{Answer, Auth, Endpoint, Failure, Proxies, Transport, Verdict, one_line};
use heapster_plugin::cluster::Token;
use heapster_plugin::sink::Rejection;
use heapster_rehearsal::{Backend, Reply};
use std::time::Duration;

async fn ask(reply: Reply) -> (Endpoint, Result<Answer, Failure>) {
    let backend = Backend::start(move |_, _| reply.clone()).await.unwrap();
    let transport = Transport {
        proxies: Proxies::none(),
        auth: Auth::basic("me", Token::Inline("geheim".into())),
        ..Transport::default()
    };
    let endpoint = Endpoint::new(&format!("http://{}", backend.address()), transport).unwrap();
    let sent = endpoint.post("/write?u=me&p=geheim").send(soon()).await;
    (endpoint, sent)
}

async fn verdict(status: u16) -> Verdict {
    let (endpoint, sent) = ask(Reply::Answer(status, "because".to_owned())).await;
    endpoint.judge(&sent)
}

#[tokio::test]
async fn success_is_accepted() {
    for status in [200, 201, 202, 204] {
        assert_eq!(verdict(status).await, Verdict::Accepted, "{status}");
    }
}

#[tokio::test]
async fn what_passes_or_can_be_mended_is_worth_another_try() {
    for status in [
        301, 307, 401, 403, 404, 405, 407, 408, 415, 421, 429, 500, 502, 503, 504, 507,
    ] {
        let Verdict::Retry { text, after: None } = verdict(status).await else {
            panic!("{status}");
        };
        assert!(text.contains(&format!("/write answered {status} ")), "{text}");
        assert!(text.contains(": because"), "{text}");
        assert_eq!(
            text.contains("; "),
            status < 408 || matches!(status, 415 | 421),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_condemns_the_data_is_rejected() {
    for (status, wanted) in [
        (400, Rejection::Invalid),
        (409, Rejection::Invalid),
        (413, Rejection::TooLarge),
        (422, Rejection::Invalid),
    ] {
        let Verdict::Rejected { reason, text } = verdict(status).await else {
            panic!("{status}");
        };
        assert_eq!(reason, wanted);
        assert!(text.ends_with(": because"), "{text}");
    }
}

#[tokio::test]
async fn a_backend_may_ask_to_be_left_alone() {
    for (text, wanted) in [
        ("7", Some(7)),
        (" 120 ", Some(120)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ] {
        let (endpoint, sent) = ask(Reply::With(503, "retry-after", text, String::new())).await;
        let Verdict::Retry { after, text } = endpoint.judge(&sent) else {
            panic!()
        };
        assert_eq!(after, wanted.map(Duration::from_secs));
        assert!(
            text.ends_with("/write answered 503 Service Unavailable"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_redirect_names_where_it_leads() {
    let (endpoint, sent) = ask(Reply::With(301, "location", "https://h/", String::new())).await;
    let Verdict::Retry { text, .. } = endpoint.judge(&sent) else {
        panic!()
    };
    assert!(
        text.ends_with("redirects are not followed, give the sink the address https://h/"),
        "{text}"
    );
}

#[tokio::test]
async fn what_the_backend_says_is_shown_without_secrets_on_one_line() {
    let page = format!(
        "{}\n\tpw geheim, Authorization: Basic bWU6Z2VoZWlt\u{1}{}",
        "a ".repeat(100),
        "é".repeat(3000)
    );
    let (endpoint, sent) = ask(Reply::Answer(500, page)).await;
    let Verdict::Retry { text, .. } = endpoint.judge(&sent) else {
        panic!()
    };
    assert!(!text.contains("geheim") && !text.contains("bWU6"), "{text}");
    assert!(
        text.contains("a a pw ***, Authorization: Basic *** é") && text.ends_with('…'),
        "{text}"
    );
    assert!(text.chars().count() < 400, "{text}");
    assert_eq!(endpoint.line(b"\xff\n geheim "), "\u{fffd} ***");
}

#[tokio::test]
async fn a_sink_may_give_the_reason() {
    let (endpoint, sent) = ask(Reply::Answer(400, "{\"error\":\"x\"}".to_owned())).await;
    let Verdict::Rejected { text, .. } = endpoint.judge_with(&sent.unwrap(), "x") else {
        panic!()
    };
    assert!(text.ends_with("/write answered 400 Bad Request: x"), "{text}");
}

#[test]
fn one_line_is_cut_inside_a_word_too() {
    assert_eq!(one_line(" a\r\n\tb  "), "a b");
    assert_eq!(one_line(&"é".repeat(301)), format!("{}…", "é".repeat(300)));
    assert_eq!(one_line(&"é".repeat(300)), "é".repeat(300));
    let words = one_line(&"ab ".repeat(200));
    assert!(words.ends_with('…') && words.chars().count() <= 301, "{words}");
}
