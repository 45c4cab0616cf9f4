//! A file that does not answer.

use crate::fixture::{Root, WINDOW, host, keys};
use heapster_plugin::source::ScrapeFailure;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::File;
use tokio::time::Instant;

#[tokio::test]
async fn a_reading_that_hangs_is_a_timeout_and_holds_one_thread_only() {
    let root = Root::with_proc("");
    root.remove("proc/uptime");
    let fifo = root.path("proc/uptime");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let host = host(&root).await;
    let hanging = host.target.scrape(WINDOW, Instant::now()).await.unwrap_err();
    assert_eq!(hanging.reason, ScrapeFailure::Timeout);
    // This opens once the reading has come to the file; the reading then waits for what is written.
    let writer = tokio::task::spawn_blocking(|| File::options().write(true).open(fifo));
    let writer = writer.await.unwrap().unwrap();
    let next = host.try_scrape().await.unwrap_err();
    assert_eq!(next.reason, ScrapeFailure::Timeout);
    assert!(next.text.contains("earlier cycle"), "{next}");
    drop(writer);
    root.remove("proc/uptime");
    root.write("proc/uptime", "1.00 1.00\n");
    // The hanging reading ends by itself; until then the answer is the same.
    let scraped = loop {
        match host.try_scrape().await {
            Ok(scraped) => break scraped,
            Err(error) => assert_eq!(error.reason, ScrapeFailure::Timeout),
        }
    };
    assert_eq!(keys(&scraped), ["node:box"]);
}
