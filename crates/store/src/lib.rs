//! The last minutes in memory.
//!
//! The newest batch is kept as it is. When the next one comes, it is packed into a `frame` of *differences against the
//! newer batch*: a value that did not change costs a bit, a set that did not change costs a byte, and a metric or a set
//! that only the older batch has is written out. A reader starts at the newest batch and walks back, one frame at a time;
//! the oldest frame can go without anyone looking at the others. All values are kept so for the short window.
//!
//! A few metrics are kept for the long window, in a chain of frames of their own. Whenever the chain has 32 frames, they
//! are sealed (`segment`) into one segment that holds, for each entity, the 32 values of each metric in a row. A reader of
//! one series touches its own bytes only.
//!
//! Everything is immutable and hangs off one snapshot that a push replaces: readers take the snapshot they find and hold
//! nobody up, however long they keep it. Whatever holds data by entity number also holds the entities (see `roster`),
//! shares them with the frames beside it, and lets them go with the data.
//!
//! ```
//! use heapster_plugin::model::{Freezer, Labels, Model, Point, Times, Timestamp, Value, id};
//! use heapster_store::{Config, Store};
//! use std::{sync::Arc, time::Duration};
//!
//! let model = Arc::new(Model::default());
//! let config = Config {
//!     short: Duration::from_secs(140),
//!     long: Duration::from_secs(900),
//!     long_metrics: vec!["cpu/usage_rate".to_owned()],
//! };
//! let store = Store::new(config, model.clone());
//! let at = Timestamp::from_secs(1_000);
//! let mut batch = Freezer::new(at, 1, 1);
//! let points = [Point::gauge(id::CPU_USAGE_RATE, 250)];
//! batch.push(model.entities.node("n1"), Arc::new(Labels::default()), Times::default(), None, &points, []);
//! assert!(store.push(Arc::new(batch.finish(&model.metrics)), at));
//! let values = store.values("node:n1", "cpu/usage_rate", None, at, at);
//! assert_eq!(values, [(at, Value::Int(250))]);
//! ```

mod bytes;
mod change;
mod frame;
mod long;
mod memory;
mod offsets;
mod read;
mod roster;
mod segment;
mod set;
mod snapshot;
mod store;

pub use store::{Config, Store};
