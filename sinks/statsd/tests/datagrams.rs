//! What is in a datagram.

use heapster_sink_statsd as _;

#[cfg(test)]
mod tests {
    use heapster_rehearsal::{build, recorded, write};
    use std::sync::Arc;
    use tokio::net::UdpSocket;

    /// Lines and bytes of each datagram of the recorded batch.
    async fn datagrams(options: &str) -> Vec<(usize, usize)> {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let mut sink = build(&format!("statsd:udp://{address}?{options}")).unwrap();
        let batch = Arc::new(recorded().unwrap());
        assert_eq!(write(&mut *sink, &batch).await.accepted, 15);
        let mut all = Vec::new();
        let mut buffer = vec![0; 65_536];
        while all.iter().map(|(lines, _)| lines).sum::<usize>() < 15 {
            let length = server.recv(&mut buffer).await.unwrap();
            let lines = buffer[..length].iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(buffer[length - 1], b'\n');
            all.push((lines, length));
        }
        all
    }

    #[tokio::test]
    async fn a_datagram_has_five_lines_whatever_their_length() {
        for options in ["", "protocolType=influxstatsd"] {
            let lines: Vec<usize> = datagrams(options)
                .await
                .into_iter()
                .map(|(lines, _)| lines)
                .collect();
            assert_eq!(lines, [5, 5, 5]);
        }
    }

    #[tokio::test]
    async fn a_datagram_has_as_many_lines_as_asked_for() {
        let lines = datagrams("numMetricsPerMsg=7").await;
        assert_eq!(
            lines.into_iter().map(|(lines, _)| lines).collect::<Vec<_>>(),
            [7, 7, 1]
        );
    }

    #[tokio::test]
    async fn a_datagram_of_several_lines_is_no_larger_than_asked_for() {
        let all = datagrams("numMetricsPerMsg=100&mtu=300").await;
        assert!(all.len() > 3, "{all:?}");
        assert!(
            all.iter().all(|(lines, bytes)| *lines == 1 || *bytes <= 300),
            "{all:?}"
        );
        assert!(datagrams("mtu=1").await.iter().all(|(lines, _)| *lines == 1));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_noticed() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        drop(server);
        let mut sink = build(&format!("statsd:udp://{address}")).unwrap();
        let retry = write(&mut *sink, &Arc::new(recorded().unwrap()))
            .await
            .retry
            .unwrap();
        assert_eq!(
            (retry.count, retry.text),
            (15, format!("sending to {address}: connection refused"))
        );
    }
}
