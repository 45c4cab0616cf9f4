//! A Kubernetes cluster that is not there: an API server and up to thousands of kubelets in one process, for tests and benchmarks.
//!
//! - [`Cluster`] runs one on loopback: the API server on 127.0.0.1, node i's kubelet at [`names::address`], all on one port.
//! - [`State`] is the same without sockets: [`State::kubelet_answer`] and [`api::Api::answer`] give what would be sent.
//! - [`values`] says what each figure is: a pure function of seed, entity and second.
//! - [`modes`] are the ways to misbehave; at run time they are set on [`State`], or over the control pages from outside.
//!
//! The cluster is cheap: answers are written while they are sent, no object is kept but as a few numbers, and nothing is
//! allocated for a value.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), heapster_simcluster::StartError> {
//! use heapster_simcluster::{Cluster, Config, Mode};
//!
//! let cluster = Cluster::start(&Config::default()).await?;
//! println!("API server at {}, kubelets on port {}", cluster.urls().api, cluster.urls().kubelet_port);
//! cluster.state().set_mode(3, Mode::Hang);
//! # Ok(())
//! # }
//! ```

pub mod answer;
pub mod api;
mod churn;
mod clock;
mod cluster;
mod config;
mod control;
mod json;
pub mod kubelet;
pub mod modes;
pub mod names;
pub mod process;
mod serve;
pub mod shape;
mod state;
mod stats;
pub mod tls;
pub mod values;
pub mod world;

pub use clock::Clock;
pub use cluster::{Cluster, StartError, Urls};
pub use config::Config;
pub use modes::{ApiMode, Lie, Mode};
pub use shape::Shape;
pub use state::{Behaviour, State};
pub use stats::{Round, Stats, Totals};
