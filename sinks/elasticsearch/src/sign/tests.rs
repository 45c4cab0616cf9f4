//! The vectors of the AWS documentation and of its test suite for Signature Version 4.

use super::*;
use http::Method;

fn signer(service: &str) -> Signer {
    Signer {
        id: "AKIDEXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        session: None,
        region: Some("us-east-1".to_owned()),
        default_region: None,
        service: Some(service.to_owned()),
    }
}

fn authorization(signer: &Signer, method: Method, url: &str, content_type: &str, body: &str) -> String {
    let mut request = Request::new(Bytes::from(body.to_owned()));
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().unwrap();
    if !content_type.is_empty() {
        let content_type = HeaderValue::from_str(content_type).unwrap();
        request
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, content_type);
    }
    let time = Timestamp::parse("2015-08-30T12:36:00Z").unwrap();
    signer.sign_at(&mut request, time).unwrap();
    request.headers()["authorization"].to_str().unwrap().to_owned()
}

fn wanted(service: &str, headers: &str, signature: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, \
         SignedHeaders={headers}, Signature={signature}"
    )
}

#[test]
fn the_key_is_that_of_the_documentation() {
    assert_eq!(
        hex(signer("iam").key("20150830", "us-east-1", "iam").as_ref()),
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    );
}

#[test]
fn signatures_are_those_of_the_test_suite() {
    let form = "application/x-www-form-urlencoded";
    let base = "https://example.amazonaws.com/";
    for (method, query, content_type, body, headers, signature) in [
        (
            Method::GET,
            "",
            "",
            "",
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            Method::POST,
            "",
            "",
            "",
            "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        ),
        (
            Method::GET,
            "?Param2=value2&Param1=value1",
            "",
            "",
            "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            Method::POST,
            "",
            form,
            "Param1=value1",
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ] {
        let got = authorization(
            &signer("service"),
            method,
            &format!("{base}{query}"),
            content_type,
            body,
        );
        assert_eq!(got, wanted("service", headers, signature));
    }
}

#[test]
fn the_example_of_the_documentation_is_signed_as_there() {
    let got = authorization(
        &signer("iam"),
        Method::GET,
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        "application/x-www-form-urlencoded; charset=utf-8",
        "",
    );
    let signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
    assert_eq!(got, wanted("iam", "content-type;host;x-amz-date", signature));
}

#[test]
fn a_session_token_is_sent_and_signed() {
    let session = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    let signer = Signer {
        session: Some(session.to_owned()),
        ..signer("service")
    };
    let got = authorization(&signer, Method::POST, "https://example.amazonaws.com/", "", "");
    let signature = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead";
    assert_eq!(
        got,
        wanted("service", "host;x-amz-date;x-amz-security-token", signature)
    );
}

#[test]
fn region_and_service_come_from_option_host_environment_and_default() {
    let mut signer = Signer {
        region: None,
        service: None,
        ..signer("")
    };
    for (host, region, service) in [
        ("search-x-abc.eu-west-1.es.amazonaws.com", "eu-west-1", "es"),
        (
            "search-x-abc.cn-north-1.es.amazonaws.com.cn:443",
            "cn-north-1",
            "es",
        ),
        ("abc.us-west-2.aoss.amazonaws.com", "us-west-2", "aoss"),
        ("x-abc.aos.eu-central-1.on.aws", "eu-central-1", "es"),
        ("es.example.com", "us-east-1", "es"),
        ("127.0.0.1:9200", "us-east-1", "es"),
    ] {
        assert_eq!(
            signer.scope(host),
            (region.to_owned(), service.to_owned()),
            "{host}"
        );
    }
    signer.default_region = Some("ap-south-1".to_owned());
    assert_eq!(signer.scope("h:9200").0, "ap-south-1");
    signer.region = Some("eu-north-1".to_owned());
    assert_eq!(signer.scope("x.eu-west-1.es.amazonaws.com").0, "eu-north-1");
}

#[test]
fn a_serverless_collection_gets_the_hash_of_the_body_too() {
    let got = authorization(
        &signer("aoss"),
        Method::POST,
        "https://abc.us-east-1.aoss.amazonaws.com/_bulk",
        "application/json",
        "{}\n",
    );
    let names = "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,";
    assert!(got.contains(names), "{got}");
}

#[test]
fn a_path_is_escaped_once_more() {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = "https://h/a%20b/_bulk?filter_path=errors,items.*.status"
        .parse()
        .unwrap();
    let text = canonical(&request, "HASH").1;
    let begin = "GET\n/a%2520b/_bulk\nfilter_path=errors%2Citems.%2A.status\n";
    assert!(text.starts_with(begin), "{text}");
}

#[test]
fn no_secret_shows_in_debug_output() {
    let text = format!("{:?}", signer("es"));
    assert!(text.contains("AKIDEXAMPLE") && !text.contains("wJalr"), "{text}");
}
