//! The processors as a whole, against the facts that the original's tests and its recorded runs state.

mod enrichment;
mod fixture;
mod keeping;
mod rates;
mod sums;
