use super::*;
use crate::config::OPTIONS;
use heapster_plugin::options::Options;
use heapster_plugin::uri::Uri;
use heapster_rehearsal::{Backend, Reply};

fn pool(query: &str) -> Pool {
    let uri = Uri::parse(&format!("elasticsearch:?{query}"), |_| None).unwrap();
    let options = Options::parse("sink", OPTIONS, &uri).unwrap().0;
    Pool::new(&Config::new(&uri, &options, |_| None).unwrap()).unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

const ROOT: Ask<'_> = Ask {
    method: Method::GET,
    path: "/",
    json: true,
    body: Bytes::new(),
};

async fn ok() -> Backend {
    Backend::start(|_, _| Reply::Answer(200, "{}".to_owned()))
        .await
        .unwrap()
}

/// An address at which nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

async fn ask(pool: &Pool) -> Result<String, String> {
    pool.send(&ROOT, soon())
        .await
        .map(|told| told.node.address.clone())
}

#[tokio::test]
async fn nodes_are_asked_in_turn() {
    let (a, b) = (ok().await, ok().await);
    let pool = pool(&format!(
        "nodes=http://{}&nodes=http://{}",
        a.address(),
        b.address()
    ));
    for _ in 0..4 {
        ask(&pool).await.unwrap();
    }
    assert_eq!((a.seen().len(), b.seen().len()), (2, 2));
}

#[tokio::test]
async fn a_node_that_is_down_is_passed_over_and_left_alone() {
    let (up, down) = (ok().await, nobody().await);
    let pool = pool(&format!("nodes=http://{down}&nodes=http://{}", up.address()));
    for _ in 0..4 {
        assert_eq!(ask(&pool).await.unwrap(), format!("http://{}", up.address()));
    }
    assert!(!pool.nodes[0].is_usable() && pool.nodes[1].is_usable());
}

#[tokio::test]
async fn a_single_node_that_is_down_is_asked_each_time() {
    let down = nobody().await;
    let pool = pool(&format!("nodes=http://{down}&maxRetries=2"));
    for _ in 0..2 {
        let text = ask(&pool).await.unwrap_err();
        assert_eq!(text, format!("GET http://{down}/: connection refused"));
    }
}

#[tokio::test]
async fn retries_are_those_of_the_option() {
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let counted = count.clone();
    tokio::spawn(async move {
        // Each connection is closed at once.
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let pool = pool(&format!("nodes=http://{address}&maxRetries=2"));
    let ask = Ask {
        method: Method::POST,
        ..ROOT
    };
    assert!(pool.send(&ask, soon()).await.is_err());
    assert_eq!(count.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn the_first_check_needs_one_node_that_answers() {
    let (up, down) = (ok().await, nobody().await);
    let mut both = pool(&format!(
        "nodes=http://{down}&nodes=http://{}&sniff=false",
        up.address()
    ));
    both.ready(soon()).await.unwrap();
    both.ready(soon()).await.unwrap();
    let seen = up.seen();
    assert_eq!((seen.len(), seen[0].method.as_str()), (1, "HEAD"));
    let mut none = pool(&format!("nodes=http://{down}&sniff=false"));
    let text = none.ready(soon()).await.unwrap_err();
    assert_eq!(
        text,
        format!("no Elasticsearch node available: HEAD http://{down}/: connection refused")
    );
    let mut unchecked = pool(&format!("nodes=http://{down}&sniff=false&healthCheck=false"));
    unchecked.ready(soon()).await.unwrap();
}

#[tokio::test]
async fn elasticsearch_2_is_checked_as_its_client_did() {
    let up = ok().await;
    let mut pool = pool(&format!(
        "nodes=http://{}&sniff=false&ver=2&startupHealthcheckTimeout=3",
        up.address()
    ));
    pool.ready(soon()).await.unwrap();
    assert_eq!(up.seen()[0].path, "/?timeout=3000ms");
    assert_eq!(up.seen()[0].header("content-type"), "");
}

/// A node that tells these addresses.
async fn telling(addresses: Vec<String>) -> Backend {
    Backend::start(move |_, seen| {
        let http = |address: &String| serde_json::json!({"http": {"publish_address": address}});
        let nodes: Vec<_> = addresses
            .iter()
            .map(|address| (address.clone(), http(address)))
            .collect();
        let nodes: serde_json::Map<_, _> = nodes.into_iter().collect();
        match seen.path.as_str() {
            "/_nodes/http" => Reply::Answer(200, serde_json::json!({"nodes": nodes}).to_string()),
            _ => Reply::Answer(200, "{}".to_owned()),
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn nodes_that_were_found_take_the_place_of_those_given() {
    let (a, b) = (ok().await, ok().await);
    let given = telling(vec![a.address(), format!("b/{}", b.address())]).await;
    let mut pool = pool(&format!("nodes=http://{}", given.address()));
    pool.ready(soon()).await.unwrap();
    let before = given.seen().len();
    for _ in 0..4 {
        ask(&pool).await.unwrap();
    }
    // Each was checked once and then asked twice.
    assert_eq!(
        (a.seen().len(), b.seen().len(), given.seen().len() - before),
        (3, 3, 0)
    );
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_left_for_those_given() {
    let given = telling(vec![nobody().await]).await;
    let mut pool = pool(&format!("nodes=http://{}", given.address()));
    pool.ready(soon()).await.unwrap();
    assert_eq!(ask(&pool).await.unwrap(), format!("http://{}", given.address()));
}

#[tokio::test]
async fn a_cluster_that_tells_no_addresses_is_asked_where_it_was_given() {
    let given = ok().await;
    let mut pool = pool(&format!("nodes=http://{}", given.address()));
    pool.ready(soon()).await.unwrap();
    assert_eq!(ask(&pool).await.unwrap(), format!("http://{}", given.address()));
}

#[tokio::test]
async fn requests_are_signed_for_the_host_they_go_to() {
    let node = ok().await;
    let uri = Uri::parse(
        &format!("elasticsearch:http://{}?awsRegion=eu-west-1", node.address()),
        |_| None,
    )
    .unwrap();
    let options = Options::parse("sink", OPTIONS, &uri).unwrap().0;
    let config = Config::new(&uri, &options, |name| {
        name.starts_with("AWS_").then(|| "AKID".to_owned())
    })
    .unwrap();
    let mut pool = Pool::new(&config).unwrap();
    pool.ready(soon()).await.unwrap();
    ask(&pool).await.unwrap();
    for seen in node.seen() {
        let signed = seen.header("authorization").to_owned();
        let (scope, headers) = (
            "/eu-west-1/es/aws4_request, ",
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, ",
        );
        assert!(
            signed.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
            "{signed}"
        );
        assert!(signed.contains(scope) && signed.contains(headers), "{signed}");
        assert_eq!(seen.header("host"), node.address());
    }
}
