//! What a cluster is sent, and what becomes of its answers.

use heapster_sink_wavefront as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::sink::{Outcome, Rejection};
    use heapster_plugin::testkit::Lines;
    use heapster_rehearsal::{Backend, Reply, build, pods, recorded, write};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_cluster_gets_lines_with_the_token() {
        let backend = Backend::start(|_, _| Reply::Answer(202, String::new()))
            .await
            .unwrap();
        let mut sink = build(&format!(
            "wavefront:http://{}?token=t0ken&proxy=none&gzip=false",
            backend.address()
        ))
        .unwrap();
        let outcome = write(&mut *sink, &Arc::new(recorded().unwrap())).await;
        assert_eq!(outcome, Outcome::all(15));
        let seen = backend.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            (seen[0].method.as_str(), seen[0].path.as_str()),
            ("POST", "/report?f=wavefront")
        );
        assert_eq!(seen[0].header("authorization"), "Bearer t0ken");
        assert_eq!(seen[0].header("content-type"), "application/octet-stream");
        assert_eq!(seen[0].text().lines().count(), 15);
        assert!(
            seen[0]
                .text()
                .starts_with("heapster.cluster.cpu.limit 4000 1519905600 source=\"k8s-cluster\" ")
        );
    }

    #[tokio::test]
    async fn bodies_are_compressed_unless_told_otherwise() {
        let backend = Backend::start(|_, _| Reply::Answer(202, String::new()))
            .await
            .unwrap();
        let mut sink = build(&format!("wavefront:http://{}?proxy=none", backend.address())).unwrap();
        write(&mut *sink, &Arc::new(recorded().unwrap())).await;
        let seen = backend.seen();
        assert_eq!(seen[0].header("content-encoding"), "gzip");
        assert_eq!(seen[0].header("authorization"), "");
    }

    #[tokio::test]
    async fn what_one_request_fails_with_is_the_rest() {
        let backend = Backend::start(|number, _| match number {
            1 => Reply::Answer(500, "no".to_owned()),
            2 => Reply::Answer(400, "bad line".to_owned()),
            _ => Reply::Answer(202, String::new()),
        })
        .await
        .unwrap();
        let options = "proxy=none&batch=23&concurrency=1";
        let mut sink = build(&format!("wavefront:http://{}?{options}", backend.address())).unwrap();
        let outcome = write(&mut *sink, &Arc::new(pods(4))).await;
        assert_eq!(
            (outcome.accepted, &outcome.rejected[..]),
            (46, &[(Rejection::Invalid, 23)][..])
        );
        let retry = outcome.retry.unwrap();
        assert_eq!((retry.count, retry.rest.unwrap().value_count()), (23, 23));
    }

    #[tokio::test]
    async fn in_test_mode_the_lines_are_logged() {
        let lines = Lines::of("heapster_sink_wavefront");
        let _guard = tracing::subscriber::set_default(lines.clone());
        let mut sink = build("wavefront:proxy:2878?testMode=true").unwrap();
        assert_eq!(
            write(&mut *sink, &Arc::new(recorded().unwrap())).await,
            Outcome::all(15)
        );
        let logged = lines.take_messages();
        assert_eq!(logged.len(), 15);
        assert!(
            logged[0].starts_with("heapster.cluster.cpu.limit 4000 "),
            "{logged:?}"
        );
    }
}
