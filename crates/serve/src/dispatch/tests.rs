//! Large answers and their permits.

use super::*;
use crate::api::{Api, Health, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;

struct Well;

impl Health for Well {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

fn site(large: usize) -> Site {
    let api = Api {
        store: None,
        cluster: None,
        telemetry: Arc::default(),
        health: Arc::new(Well),
        export: true,
        version: Version::default(),
        command_line: Vec::new(),
        status: Arc::new(String::new),
    };
    Site {
        large: Arc::new(Semaphore::new(large)),
        ..Site::new(api)
    }
}

fn of_bytes(count: usize) -> Answer {
    Answer::text("x".repeat(count))
}

#[test]
fn a_large_answer_waits_for_nobody_and_is_503_when_too_many_are_on_their_way() {
    let site = site(1);
    let (first, permit) = admitted(&site, of_bytes(PIECE + 1));
    assert_eq!((first.status, permit.is_some()), (StatusCode::OK, true));
    let (second, _) = admitted(&site, of_bytes(PIECE + 1));
    assert_eq!(
        (second.status, second.retry_after),
        (StatusCode::SERVICE_UNAVAILABLE, Some("1"))
    );
    drop(permit);
    assert_eq!(admitted(&site, of_bytes(PIECE + 1)).0.status, StatusCode::OK);
}

#[test]
fn a_small_answer_needs_no_permit() {
    assert_eq!(admitted(&site(0), of_bytes(PIECE)).0.status, StatusCode::OK);
}
