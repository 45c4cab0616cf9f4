//! Profiles of the running program, in the gzipped protobuf that `go tool pprof` reads. Only with the feature `profiling`.
//!
//! CPU: a timer interrupts the program a hundred times for each second of CPU that it uses and notes the stack in hand.
//! Interrupts inside the C library and the unwinder are not looked at: the unwinder could wait there for a lock that the
//! interrupted thread holds. Heap: jemalloc notes the stack of about one allocation in every 512 KiB, when the program was
//! started with [`SWITCH`]. Names of functions are looked up when the profile is made, which takes a second.

use crate::answer::{Answer, BYTES, Later};
use crate::query;
use crate::routes::Call;
use http::StatusCode;
use jemalloc_pprof::{PROF_CTL, StackProfile, WeightedStack};
use mappings::MAPPINGS;
use pprof::{ProfilerGuard, ProfilerGuardBuilder, UnresolvedReport};
use std::collections::HashMap;
use std::fmt::Display;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

// The allocator that can say who holds memory must be the program's.
use heapster_allocator as _;

/// What has to be in the environment when the program starts, for heap profiles.
const SWITCH: &str = "_RJEM_MALLOC_CONF=prof:true";
/// Interrupts for a second of CPU.
const FREQUENCY: i32 = 100;
/// The longest CPU profile, in seconds.
const LONGEST: u64 = 300;
/// Libraries whose code is not unwound from.
const NOT_INSIDE: [&str; 4] = ["libc", "libgcc", "pthread", "vdso"];
/// One profile at a time; there is one timer in a process.
static TURN: Semaphore = Semaphore::const_new(1);

/// CPU profile over the next `seconds`, 30 unless told. Errors: 400 for a number that is none or out of range, 503 while
/// another profile is being taken.
pub(crate) fn cpu(call: &Call<'_>) -> Answer {
    let seconds = query::first(call.query, "seconds").map_or(Ok(30), |text| text.parse());
    let Some(seconds) = seconds.ok().filter(|seconds| (1..=LONGEST).contains(seconds)) else {
        let text = format!("seconds must be a whole number in 1..={LONGEST}\n");
        return Answer::error(StatusCode::BAD_REQUEST, text);
    };
    let Ok(turn) = TURN.try_acquire() else {
        return Answer::busy("another profile is being taken\n");
    };
    later(async move {
        let _turn = turn;
        let profile = async {
            let guard = spawn_blocking(begin).await??;
            sleep(Duration::from_secs(seconds)).await;
            spawn_blocking(move || end(&guard)).await?
        };
        profile.await
    })
}

/// The living allocations by who made them. Errors: 501 when the program was not started for it.
pub(crate) fn heap(_: &Call<'_>) -> Answer {
    let Some(control) = PROF_CTL.clone() else {
        let text = format!("heap profiles are off: start the program with {SWITCH} in its environment\n");
        return Answer::error(StatusCode::NOT_IMPLEMENTED, text);
    };
    later(async move {
        let mut control = control.lock_owned().await;
        spawn_blocking(move || control.dump_pprof())
            .await?
            .map_err(Failed::new)
    })
}

/// Why there is no profile.
struct Failed(String);

impl Failed {
    fn new(reason: impl Display) -> Self {
        Self(format!("no profile: {reason}\n"))
    }
}

impl<E: std::error::Error> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::new(error)
    }
}

fn later(profile: impl Future<Output = Result<Vec<u8>, Failed>> + Send + 'static) -> Answer {
    let answer = async {
        match profile.await {
            Ok(bytes) => Answer::new(StatusCode::OK, BYTES, bytes),
            Err(Failed(text)) => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, text),
        }
    };
    Answer {
        later: Some(Later(Box::pin(answer))),
        ..Answer::text("")
    }
}

fn begin() -> Result<ProfilerGuard<'static>, Failed> {
    let builder = ProfilerGuardBuilder::default().frequency(FREQUENCY);
    Ok(builder.blocklist(&NOT_INSIDE).build()?)
}

fn end(guard: &ProfilerGuard<'_>) -> Result<Vec<u8>, Failed> {
    let report = guard.report().build_unresolved()?;
    Ok(profile(&report).to_pprof(("cpu", "nanoseconds"), ("cpu", "nanoseconds"), None))
}

/// Shape: one stack for each that was met, outermost function first. Units: nanoseconds of CPU.
#[allow(clippy::cast_precision_loss)] // counts of samples are far below 2^53
fn profile(report: &UnresolvedReport) -> StackProfile {
    let each = 1e9 / f64::from(FREQUENCY);
    let mut profile = StackProfile::default();
    // A reader goes by them in believing that the names are there.
    for mapping in MAPPINGS.iter().flatten() {
        profile.push_mapping(mapping.clone());
    }
    let mut handlers = HashMap::new();
    for (stack, count) in &report.data {
        // The unwinder ends some stacks with a frame at nowhere.
        let addrs = stack.frames.iter().map(|frame| frame.ip() as usize);
        let mut addrs: Vec<usize> = addrs.filter(|addr| *addr > 0).collect();
        addrs.drain(..interrupted(&addrs, &mut handlers));
        addrs.reverse();
        let weight = each * *count as f64;
        profile.push_stack(WeightedStack { addrs, weight }, None);
    }
    profile
}

/// Where the stack of the interrupted program begins: behind the profiler's own frames and the kernel's way into them.
fn interrupted(addrs: &[usize], handlers: &mut HashMap<usize, bool>) -> usize {
    let mut is_handler = |addr: usize| {
        *handlers.entry(addr).or_insert_with(|| {
            let mut found = false;
            backtrace::resolve(
                std::ptr::without_provenance_mut(addr.saturating_sub(1)),
                |symbol| {
                    found |= symbol
                        .name()
                        .is_some_and(|name| name.as_bytes() == b"perf_signal_handler");
                },
            );
            found
        })
    };
    let handler = addrs.iter().take(8).position(|addr| is_handler(*addr));
    handler.map_or(0, |at| (at + 2).min(addrs.len()))
}
