//! The task that filters, so that neither the pipeline nor the sink does.

use crate::parcel::Parcel;
use crate::shared::Shared;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Filters until nothing more will come.
pub(crate) async fn run<P: Parcel>(filter: Arc<P::Filter>, shared: Arc<Shared<P>>) {
    while let Some(parcel) = shared.next_raw().await {
        let filter = filter.clone();
        let pass = move || catch_unwind(AssertUnwindSafe(|| P::pass(&parcel, &filter)));
        let passed = tokio::task::spawn_blocking(pass).await;
        shared.filtered(passed.map_err(drop).and_then(|passed| passed.map_err(drop)));
    }
    shared.wake_worker.notify_one();
}
