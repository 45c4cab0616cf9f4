//! What the Kubernetes API server knows about nodes, pods and namespaces, kept small.
//!
//! [`Clusters`] gives sources a view of the cluster that they name. Behind a view are three watches that turn each object into its
//! compact record on receipt and keep nothing else. What holds for every view: it answers from memory, and what was known
//! stays in use while the API server does not answer; a record is replaced only when something in it has changed.
//!
//! [`Selector`] chooses among labelled things as the API server does.

mod backoff;
mod clusters;
mod failure;
mod families;
mod kinds;
mod link;
mod loose;
mod quantity;
mod reports;
mod selector;
mod table;
mod view;
mod watch;
mod way;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use clusters::Clusters;
pub use families::declare;
pub use selector::{Selector, SelectorError};
