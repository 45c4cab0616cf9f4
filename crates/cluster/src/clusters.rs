//! The views of clusters that sources share.

use crate::families::Meters;
use crate::kinds::{Kind, Maker, NamespaceObject, NodeObject, PodObject};
use crate::link::Link;
use crate::reports::Reports;
use crate::table::Table;
use crate::view::View;
use crate::watch::{FIRST_WAIT, Shared, Watch};
use crate::way::{Environment, Way};
use heapster_plugin::cluster::{ApiServer, Cluster, ClusterError, KubeletAccess};
use heapster_plugin::model::Model;
use heapster_plugin::source;
use heapster_plugin::telemetry::Telemetry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Opens one view for each distinct way to an API server.
#[derive(Debug)]
pub struct Clusters {
    model: Arc<Model>,
    meters: Arc<Meters>,
    environment: Environment,
    first_wait: Duration,
    state: Mutex<State>,
}

#[derive(Default, Debug)]
struct State {
    open: Vec<Open>,
    /// Set once watches have begun.
    stop: Option<CancellationToken>,
}

#[derive(Debug)]
struct Open {
    server: ApiServer,
    view: Arc<View>,
    access: KubeletAccess,
    shared: Shared,
}

impl Clusters {
    /// No views yet. Metric names are interned in `model`, counters go to `telemetry`.
    pub fn new(model: Arc<Model>, telemetry: Arc<dyn Telemetry>) -> Self {
        Self::within(Environment::of_process(), FIRST_WAIT, model, telemetry)
    }

    /// As in another environment, and with another first wait after failures.
    pub(crate) fn within(
        environment: Environment,
        first_wait: Duration,
        model: Arc<Model>,
        telemetry: Arc<dyn Telemetry>,
    ) -> Self {
        Self {
            model,
            meters: Arc::new(Meters::new(telemetry)),
            environment,
            first_wait,
            state: Mutex::default(),
        }
    }

    /// Begins the watches of all views, also of those opened later; they end with `stop`. A server that does not answer is
    /// asked again, for ever. Call it inside a tokio runtime.
    pub fn start(&self, stop: CancellationToken) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for open in &state.open {
            self.watch(open, &stop);
        }
        state.stop = Some(stop);
    }

    fn watch(&self, open: &Open, stop: &CancellationToken) {
        self.follow::<NodeObject>(open, &open.view.nodes, stop);
        self.follow::<PodObject>(open, &open.view.pods, stop);
        self.follow::<NamespaceObject>(open, &open.view.namespaces, stop);
    }

    fn follow<K: Kind>(&self, open: &Open, table: &Arc<Table<K::Record>>, stop: &CancellationToken) {
        let maker = Maker::new(self.model.clone());
        let watch = Watch::<K>::new(open.shared.clone(), table.clone(), maker);
        tokio::spawn(stop.clone().run_until_cancelled_owned(watch.run()));
    }
}

impl source::Clusters for Clusters {
    fn open(&self, server: &ApiServer) -> Result<(Arc<dyn Cluster>, KubeletAccess), ClusterError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = state.open.iter().find(|open| open.server == *server) {
            return Ok((known.view.clone(), known.access.clone()));
        }
        let (way, access) = Way::find(server, &self.environment)?;
        tracing::info!(
            "Using Kubernetes client with master \"{}\" and version v1",
            way.url()
        );
        let shared = Shared {
            reports: Arc::new(Reports::new(way.url())),
            link: Arc::new(Link::new(way)),
            meters: self.meters.clone(),
            first_wait: self.first_wait,
        };
        let open = Open {
            server: server.clone(),
            view: Arc::default(),
            access,
            shared,
        };
        if let Some(stop) = &state.stop {
            self.watch(&open, stop);
        }
        let answer = (open.view.clone() as Arc<dyn Cluster>, open.access.clone());
        state.open.push(open);
        Ok(answer)
    }
}
