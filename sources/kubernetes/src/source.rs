//! The source: nodes in, targets out.

use crate::config::Config;
use crate::nodes::Roster;
use crate::target::Access;
use async_trait::async_trait;
use heapster_httpclient::{Bearer, Client, Limits, TlsOptions};
use heapster_plugin::cluster::{Cluster, KubeletAccess};
use heapster_plugin::options::Options;
use heapster_plugin::source::{BuildError, Source, SourceContext, Target};
use heapster_plugin::uri::Uri;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// All kubelets of a cluster.
#[derive(Debug)]
struct Kubelets {
    config: Config,
    cluster: Arc<dyn Cluster>,
    roster: Mutex<Roster>,
}

/// Makes the source; contacts nothing.
pub(crate) fn build(
    uri: &Uri,
    options: &Options,
    context: &SourceContext,
) -> Result<Box<dyn Source>, BuildError> {
    let config = Config::parse(uri, options);
    let (cluster, lent) = context.clusters.open(&config.server)?;
    let limits = Limits {
        // A connection must outlive the pause between two cycles.
        idle: (context.resolution * 2).max(Duration::from_secs(90)),
        idle_per_host: 1,
        ..Limits::default()
    };
    let client = Client::new(tls(&config, &lent), limits)
        .map_err(|error| BuildError::Other(format!("credentials for kubelets: {error}")))?;
    let access = Access {
        client,
        bearer: lent.token.filter(|_| config.https).map(Bearer::new),
        api: config.api,
        https: config.https,
        max_body: config.max_body,
        telemetry: context.telemetry.clone(),
    };
    tracing::info!("Using kubelet port {}", config.port(None));
    let roster = Roster::new(context.model.clone(), Arc::new(access));
    Ok(Box::new(Kubelets {
        config,
        cluster,
        roster: Mutex::new(roster),
    }))
}

/// TLS towards kubelets. Plain HTTP needs none, so no file is read for it.
///
/// Differs: without a CA, Heapster 1.5 checked no kubelet's certificate; here the system's authorities are asked, and leaving
/// the check out is said with `kubeletInsecure=true`.
fn tls(config: &Config, lent: &KubeletAccess) -> TlsOptions {
    if !config.https {
        return TlsOptions {
            insecure: true,
            ..TlsOptions::default()
        };
    }
    TlsOptions {
        ca: lent.ca.clone(),
        certificate: lent.certificate.clone(),
        key: lent.key.clone(),
        insecure: lent.insecure || config.insecure,
    }
}

#[async_trait]
impl Source for Kubelets {
    async fn targets(&self) -> Vec<Arc<dyn Target>> {
        let nodes = self.cluster.nodes();
        self.roster
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .targets(&nodes, &self.config)
    }

    fn cluster(&self) -> Option<Arc<dyn Cluster>> {
        Some(self.cluster.clone())
    }
}
