//! Streams and datagrams to servers on this machine.

use heapster_socket as _;

#[cfg(test)]
mod tests {
    use heapster_plugin::Instant;
    use heapster_socket::{Address, Datagrams, Ending, Stream};
    use std::time::Duration;
    use tokio::io::AsyncReadExt;
    use tokio::net::{TcpListener, UdpSocket};

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    async fn listener() -> (TcpListener, Address) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (listener, Address::parse(&address, 1).unwrap())
    }

    /// Reads connections to their ends, one after the other.
    async fn read_all(listener: &TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_confirmed_batch_is_one_connection_and_was_read_to_its_end() {
        let (listener, address) = listener().await;
        let reader = tokio::spawn(async move { [read_all(&listener).await, read_all(&listener).await] });
        let mut stream = Stream::new(address, Ending::Confirm);
        for text in ["one\n", "two\n"] {
            let mut sending = stream.open(soon()).await.unwrap();
            sending.write(text.as_bytes()).await.unwrap();
            sending.finish().await.unwrap();
        }
        assert_eq!(reader.await.unwrap(), ["one\n", "two\n"]);
    }

    #[tokio::test]
    async fn a_server_that_dies_with_the_batch_unread_is_noticed() {
        let (listener, address) = listener().await;
        let mut stream = Stream::new(address.clone(), Ending::Confirm);
        let mut sending = stream.open(soon()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        sending.write(b"lost\n").await.unwrap();
        accepted.set_zero_linger().unwrap();
        drop(accepted);
        let failure = sending.finish().await.unwrap_err().to_string();
        assert!(
            failure.starts_with(&format!("writing to {address}: ")),
            "{failure}"
        );
    }

    #[tokio::test]
    async fn a_kept_connection_carries_the_next_batch() {
        let (listener, address) = listener().await;
        let reader = tokio::spawn(async move { read_all(&listener).await });
        let mut stream = Stream::new(address, Ending::Keep);
        for text in ["one\n", "two\n"] {
            let mut sending = stream.open(soon()).await.unwrap();
            sending.write(text.as_bytes()).await.unwrap();
            sending.finish().await.unwrap();
        }
        stream.close().await;
        assert_eq!(reader.await.unwrap(), "one\ntwo\n");
    }

    #[tokio::test]
    async fn a_kept_connection_that_the_server_ended_is_not_used_again() {
        let (listener, address) = listener().await;
        let mut stream = Stream::new(address, Ending::Keep);
        stream.open(soon()).await.unwrap().finish().await.unwrap();
        let (mut first, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut first).await.unwrap();
        // The end has arrived once the reactor has seen it; asking again and again lets it.
        let mut sent = 0;
        let second = loop {
            let mut sending = stream.open(soon()).await.unwrap();
            sending.write(b"x").await.unwrap();
            sending.finish().await.unwrap();
            sent += 1;
            tokio::select! {
                biased;
                accepted = listener.accept() => break accepted.unwrap().0,
                () = tokio::task::yield_now() => {}
            }
            assert!(sent < 100_000, "no second connection");
        };
        drop(second);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_does_not_end_the_connection_costs_the_deadline() {
        let (listener, address) = listener().await;
        let mut stream = Stream::new(address, Ending::Confirm);
        let sending = stream.open(soon()).await.unwrap();
        let _accepted = listener.accept().await.unwrap();
        let failure = sending.finish().await.unwrap_err().to_string();
        assert!(failure.contains("confirm=false"), "{failure}");
    }

    #[tokio::test]
    async fn nobody_there_is_said() {
        let (listener, address) = listener().await;
        drop(listener);
        let mut stream = Stream::new(address.clone(), Ending::Confirm);
        let failure = stream.open(soon()).await.map(drop).unwrap_err().to_string();
        assert_eq!(failure, format!("connecting to {address}: connection refused"));
    }

    #[tokio::test]
    async fn datagrams_arrive_as_they_were_cut() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap().to_string();
        let datagrams = Datagrams::new(Address::parse(&address, 1).unwrap());
        let socket = datagrams.open(soon()).await.unwrap();
        for text in ["one", "two\n"] {
            socket.send(text.as_bytes()).await.unwrap();
        }
        socket.finish().unwrap();
        let mut buffer = [0; 100];
        for text in ["one", "two\n"] {
            let length = server.recv(&mut buffer).await.unwrap();
            assert_eq!(&buffer[..length], text.as_bytes());
        }
    }

    #[tokio::test]
    async fn datagrams_to_nobody_are_noticed() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap().to_string();
        drop(server);
        let datagrams = Datagrams::new(Address::parse(&address, 1).unwrap());
        let socket = datagrams.open(soon()).await.unwrap();
        socket.send(b"one").await.unwrap();
        let sent = match socket.send(b"two").await {
            Ok(()) => socket.finish(),
            refused => refused,
        };
        assert_eq!(
            sent.unwrap_err().to_string(),
            format!("sending to {address}: connection refused")
        );
    }
}
