use super::*;
use crate::testing::{EMPTY, nodes, series, serve};
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::time::Duration;

/// Ends like a reader that goes away after so many pieces of text.
struct Leaving {
    text: String,
    after: usize,
}

impl Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.push_str(std::str::from_utf8(bytes).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.after -= 1;
        match self.after {
            0 => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn each_batch_is_a_frame_and_each_problem_a_line() {
    let look = AtomicU8::new(0);
    let api = serve(move |path| match path {
        "/apis/metrics/v1alpha1/nodes/" => match look.fetch_add(1, SeqCst) {
            0 => (503, "\x1b[31mnot yet".to_owned()),
            number => (200, nodes(number, &[("vm", "250m", "1Gi")])),
        },
        "/apis/metrics/v1alpha1/pods/" => (200, EMPTY.to_owned()),
        "/api/v1/model/nodes/vm/freecontainers/" => (200, "[]".to_owned()),
        _ => (200, series(5, &[])),
    })
    .await;
    let mut out = Leaving {
        text: String::new(),
        after: 3,
    };
    let reader = Reader::new(api, Duration::ZERO);
    follow(reader, "http://x", &mut out).await.unwrap();
    let frame = |minute| {
        format!(
            "heapster top  http://x\n\
             batch 2026-11-22T09:0{minute}:00Z, 7 s old   nodes 1   pods 0   services 0\n\
             cpu     0.250 cores\n\
             memory  1.00 GiB\n\
             \n\
             NODE    CPU  %  RECENT CPU    MEMORY  %  RECEIVED  SENT  ROOT FS  FS %\n\
             vm    0.250  -              1.00 GiB  -         -     -        -     -\n\
             \n\
             SERVICE  NODE  CPU  MEMORY\n\
             \n"
        )
    };
    let problem =
        "http://x: /apis/metrics/v1alpha1/nodes/ answered 503: \u{FFFD}[31mnot yet; trying again\n\n";
    assert_eq!(out.text, format!("{problem}{}{}", frame(1), frame(2)));
}

#[tokio::test]
async fn one_frame_or_one_reason() {
    let reader = |status, body: &'static str| async move {
        Reader::new(serve(move |_| (status, body.to_owned())).await, Duration::ZERO)
    };
    let mut out = Vec::new();
    let reason = once(reader(404, "").await, "http://x", &mut out)
        .await
        .unwrap_err();
    assert!(reason.starts_with("http://x: no Heapster API there"), "{reason}");
    assert!(out.is_empty());
}
