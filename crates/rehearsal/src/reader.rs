//! A server that only reads, for benches.

use std::io::{self, Read};
use std::net::TcpListener;

/// Takes connections and reads each to its end, until the process ends. The answer is its address.
///
/// # Errors
/// When there is no free port.
pub fn reader() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        for mut stream in listener.incoming().flatten() {
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        }
    });
    Ok(address)
}
