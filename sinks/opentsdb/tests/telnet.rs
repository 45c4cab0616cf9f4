//! What becomes of the values that go out as lines.

use heapster_sink_opentsdb as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::sink::{Outcome, Rejection};
    use heapster_rehearsal::{build, pods, write};
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// What becomes of a pod when the server says this after it read everything, and what it read.
    async fn outcome(says: &'static str) -> (Outcome, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = String::new();
            stream.read_to_string(&mut read).await.unwrap();
            stream.write_all(says.as_bytes()).await.unwrap();
            read
        });
        let mut sink = build(&format!("opentsdb:http://{address}?mode=telnet")).unwrap();
        let outcome = write(&mut *sink, &Arc::new(pods(1))).await;
        (outcome, server.await.unwrap())
    }

    #[tokio::test]
    async fn a_line_a_value_and_the_question_for_the_version_go_out() {
        let (outcome, read) = outcome("net.opentsdb.tools 2.4.1 built at revision x\nBuilt on y\n").await;
        assert_eq!(outcome, Outcome::all(23));
        let lines: Vec<&str> = read.lines().collect();
        assert_eq!((lines.len(), lines.last()), (24, Some(&"version")));
        assert!(
            lines[0].starts_with("put cpu_limit_gauge 1800000000 0 cluster=k8s-cluster host_id=1234567890 ")
        );
    }

    #[tokio::test]
    async fn a_server_that_knows_no_version_just_closes() {
        assert_eq!(outcome("").await.0, Outcome::all(23));
    }

    #[tokio::test]
    async fn complaints_about_lines_are_counted() {
        let says = "put: illegal argument: Too many tags\nput: unknown metric: No such name\nnet.opentsdb\n";
        assert_eq!(
            outcome(says).await.0,
            Outcome::all(21).and_rejected(Rejection::Invalid, 2)
        );
    }

    #[tokio::test]
    async fn a_complaint_about_the_store_costs_another_try() {
        let retry = outcome("put: HBase error: no region\nnet.opentsdb\n")
            .await
            .0
            .retry
            .unwrap();
        assert_eq!(retry.count, 23);
        assert!(
            retry.text.ends_with(": put: HBase error: no region"),
            "{}",
            retry.text
        );
    }

    #[tokio::test]
    async fn nobody_at_the_address_is_worth_another_try() {
        let mut sink = build("opentsdb:http://127.0.0.1:1?mode=telnet").unwrap();
        let retry = write(&mut *sink, &Arc::new(pods(1))).await.retry.unwrap();
        assert!(
            retry
                .text
                .starts_with("put lines to 127.0.0.1:1: Connection refused"),
            "{}",
            retry.text
        );
    }
}
