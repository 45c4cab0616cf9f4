//! Any bytes as either answer of a kubelet.
#![no_main]

#[path = "../../tests/corpus/check.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    check::both(body);
});
