//! What the Kubernetes API server knows, kept small.

mod clusters;
mod selector;

pub use clusters::Clusters;
pub use selector::{Selector, SelectorError};
