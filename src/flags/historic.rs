//! Flags of releases before 1.5 that manifests still carry: accepted with a warning and without effect, or as another
//! spelling. The original refused them all.
//!
//! Source: Heapster 0.8 to 1.4, heapster.go and the flags of its packages.

use super::record::{Effect, Flag, Kind};
use Kind::{Bool, Duration, Int, Path, Text};

const RESOLUTION: Effect = Effect::Historic("use --metric-resolution");
const WINDOW: Effect = Effect::Historic("use --model-window");
const INFLUXDB: Effect = Effect::Historic("use the options of --sink=influxdb:URL");
const SOURCE: Effect = Effect::Historic("use the options of --source=kubernetes:URL");
const NOTHING: Effect = Effect::Historic("leave it out");
const PUSH: Effect = Effect::Historic("this version takes no pushed metrics");
const BASIC_AUTH: Effect = Effect::Removed("clients are told apart by certificates, --tls-client-ca");

#[rustfmt::skip]
pub(crate) const FLAGS: &[Flag] = &[
    Flag::hidden("port", Int, Effect::Alias("heapster-port")),
    Flag::hidden("label-seperator", Text, Effect::Alias("label-separator")),
    Flag::hidden("poll-duration", Duration, RESOLUTION),
    Flag::hidden("cadvisor-poll-duration", Duration, RESOLUTION),
    Flag::hidden("stats-resolution", Duration, RESOLUTION),
    Flag::hidden("model-resolution", Duration, RESOLUTION),
    Flag::hidden("model-frequency", Duration, RESOLUTION),
    Flag::hidden("sink-frequency", Duration, RESOLUTION),
    Flag::hidden("align-stats", Bool, Effect::Historic("times are always aligned")),
    Flag::hidden("cache-duration", Duration, WINDOW),
    Flag::hidden("sink-memory-ttl", Duration, WINDOW),
    Flag::hidden("use-model", Bool, Effect::Historic("the model is always there unless --disable-metric-sink is given")),
    Flag::hidden("sink-influxdb-host", Text, INFLUXDB),
    Flag::hidden("sink-influxdb-name", Text, INFLUXDB),
    Flag::hidden("sink-influxdb-username", Text, INFLUXDB),
    Flag::hidden("sink-influxdb-password", Text, INFLUXDB),
    Flag::hidden("sink-influxdb-buffer-duration", Duration, INFLUXDB),
    Flag::hidden("sink-influxdb-no-columns", Bool, INFLUXDB),
    Flag::hidden("bq-id", Text, NOTHING),
    Flag::hidden("bq-secret", Text, NOTHING),
    Flag::hidden("bq-account", Text, NOTHING),
    Flag::hidden("bq-project-id", Text, NOTHING),
    Flag::hidden("bq-credentials-file", Path, NOTHING),
    Flag::hidden("kubernetes-master", Text, SOURCE),
    Flag::hidden("kubernetes-master-auth", Text, SOURCE),
    Flag::hidden("kubernetes-client-auth", Text, SOURCE),
    Flag::hidden("kubernetes-insecure", Bool, SOURCE),
    Flag::hidden("kubernetes-version", Text, SOURCE),
    Flag::hidden("kubelet-port", Text, SOURCE),
    Flag::hidden("cadvisor-port", Int, NOTHING),
    Flag::hidden("external-hosts-file", Path, NOTHING),
    Flag::hidden("hosts-file", Path, NOTHING),
    Flag::hidden("standalone", Bool, Effect::Historic("use --source=host")),
    Flag::hidden("coreos", Bool, NOTHING),
    Flag::hidden("fleet-endpoints", Text, NOTHING),
    Flag::hidden("tls-push-client-ca", Path, PUSH),
    Flag::hidden("allowed-push-users", Text, PUSH),
    Flag::hidden("max-push-metrics", Int, PUSH),
    Flag::hidden("public-address-override", Text, NOTHING),
    Flag::hidden("service-cluster-ip-range", Text, Effect::Removed("Heapster has no services of its own")),
    Flag::hidden("basic-auth-file", Path, BASIC_AUTH),
    Flag::hidden("token-auth-file", Path, BASIC_AUTH),
];
