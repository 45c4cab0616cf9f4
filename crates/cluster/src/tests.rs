//! Whole views against API servers that behave and that do not.

mod faults;
mod identity;
mod protocol;
