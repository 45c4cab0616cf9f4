//! One cycle, for looking at.

use heapster_plugin::model::Batch;
use heapster_simcluster::Behaviour;
use heapster_simcluster::kubelet::View;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A node that was asked.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Its name in the API.
    pub(crate) node: String,
    pub(crate) behaviour: Behaviour,
    pub(crate) view: View,
    /// The series that its answer is counted in, and how often that was touched before.
    pub(crate) series: String,
    pub(crate) noted: u64,
}

/// What came of one cycle.
pub(crate) struct Cycle {
    pub(crate) asked: Vec<Asked>,
    /// Whether kubelets have a summary; container stats tell no CPU and memory of a pod as a whole.
    pub(crate) summary: bool,
    pub(crate) batch: Arc<Batch>,
    pub(crate) before: Option<Arc<Batch>>,
    /// Failed scrapes of this cycle by reason.
    pub(crate) failures: BTreeMap<String, f64>,
}

impl fmt::Debug for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let odd = self.asked.iter().filter(|asked| {
            let Behaviour {
                mode, skew, latency, ..
            } = asked.behaviour;
            (mode, skew, latency) != Default::default()
        });
        let odd = odd.map(|asked| (&asked.node, asked.behaviour));
        write!(f, "cycle {}: ", self.batch.timestamp())?;
        f.debug_map().entries(odd).finish()
    }
}
