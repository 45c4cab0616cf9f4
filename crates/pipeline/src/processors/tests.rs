//! The processors as a whole, against the facts that the original's tests and its recorded runs state.

mod any_answers;
mod enrichment;
mod fixture;
mod keeping;
mod log;
mod rates;
mod several_sources;
mod sums;
