//! The data model: what is measured, as numbers and shared text.
//!
//! A *set* holds the values of one [`Entity`] at one cycle; a [`Batch`] holds all sets of a cycle and is never changed
//! once it is handed on. Metrics are [`MetricId`]s, entities are shared, labels are shared, values sit in packed runs of a
//! batch, so that nothing is allocated, hashed or compared as text for each value.

mod batch;
mod catalogue;
mod entities;
mod entity;
mod labels;
mod metric;
mod names;
mod point;
mod pool;
mod scraped;
mod time;

pub use batch::{Batch, Freezer, Frozen, LabeledPoints, Part, Place, Points, SetView, ValueView};
pub use catalogue::{CATALOGUE, id};
pub use entities::Entities;
pub use entity::{Entity, EntityId, EntityKind};
pub use labels::{Labels, Pair, label};
pub use metric::{Metric, MetricId, MetricType, Units, ValueType};
pub use names::{MAX_CUSTOM_METRICS, MetricNames};
pub use point::{Labeled, LabeledPoint, Point, Value};
pub use pool::Pool;
pub use scraped::{CpuRate, Scraped, ScrapedSet, Times};
pub use time::Timestamp;

use std::sync::Arc;

/// What a running program shares between its sources, its pipeline and its store: the tables that turn text into ids.
#[derive(Debug, Default)]
pub struct Model {
    /// Every entity that something still refers to.
    pub entities: Entities,
    /// The names of metrics that are not in the [`CATALOGUE`].
    pub metrics: Arc<MetricNames>,
    /// Texts and labels that many entities have in common.
    pub pool: Pool,
}
