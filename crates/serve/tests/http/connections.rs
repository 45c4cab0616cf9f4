//! How connections begin, wait and end.

use crate::client::{get, read};
use crate::fixture::{api, empty_store, large, newest, run, start};
use heapster_plugin::model::{Model, Timestamp};
use heapster_serve::Server;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(start_paused = true)]
async fn a_client_that_never_ends_its_head_is_dropped() {
    let server = start().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        .await
        .unwrap();
    let mut rest = Vec::new();
    slow.read_to_end(&mut rest).await.ok();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    assert_eq!(get(server.address, "/healthz").await.status, 200);
}

#[tokio::test]
async fn one_connection_takes_several_requests() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let one = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{one}{last}").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert_eq!(text.matches("200 OK").count(), 2);
}

#[tokio::test]
async fn a_stop_lets_the_answer_in_flight_finish_and_takes_no_new_connection() {
    let model = Arc::new(Model::default());
    let store = empty_store(&model);
    store.push(Arc::new(large(&model, newest(), 10_000)), Timestamp::now());
    let server = run(api(Some(Arc::new(store))), newest(), None).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET /api/v1/metric-export HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).await.unwrap();
    server.stop.cancel();
    let got = read(AsyncReadExt::chain(&first[..], stream)).await;
    assert_eq!(got.json().as_array().unwrap().len(), 10_000);
    server.done.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_with_its_address() {
    let server = start().await;
    let error = Server::bind("127.0.0.1", server.address.port(), None)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {}", server.address));
}
