//! All flags of `heapster`, a record each.
//!
//! Source: Heapster 1.5 metrics/options/options.go, glog, and the API server's generic options that it inherited.

use super::record::{Effect, Flag, Group, Kind};
use Group::{ApiServer, Log, Metrics, Program, Serving};
use Kind::{Address, Bool, Csv, Duration, Int, Modules, NamedPair, Path, Severity, Text, Uri};

const NO_API_SERVER: Effect = Effect::NotYet("this version does not serve the aggregated API");

#[rustfmt::skip]
pub(crate) const FLAGS: &[Flag] = &[
    Flag::new(Metrics, "source", Uri, "", "where to read metrics: KEY[:REST]; may be repeated"),
    Flag::new(Metrics, "sink", Uri, "", "where to send metrics: KEY[:REST]; may be repeated"),
    Flag::new(Metrics, "metric-resolution", Duration, "1m0s", "length of a cycle, at least 5s"),
    Flag::new(Metrics, "sink-export-data-timeout", Duration, "20s", "how long one sink may work on one batch"),
    Flag::new(Metrics, "disable-metric-sink", Bool, "false", "keep nothing in memory unless --sink=metric asks for it"),
    Flag::new(Metrics, "model-window", Duration, "15m0s", "how long the metrics of --model-metrics stay in memory, 1m to 24h"),
    Flag::new(Metrics, "model-metrics", Csv, "cpu/usage_rate,memory/usage,memory/working_set", "metrics kept for --model-window; all others stay 140 s"),
    Flag::new(Metrics, "label-separator", Text, ",", "what joins the pairs in the label \"labels\""),
    Flag::new(Metrics, "ignore-label", Csv, "", "user labels left out of the label \"labels\""),
    Flag::new(Metrics, "store-label", Csv, "", "user labels kept as labels of their own; new=old renames"),
    Flag::new(Metrics, "historical-source", Text, "", "the --sink that answers historical queries"),
    Flag::new(Metrics, "spool-dir", Path, "", "folder for what could not be sent, one subfolder a sink; empty for none"),

    Flag::new(Serving, "heapster-port", Int, "8082", "port of the API"),
    Flag::new(Serving, "listen-ip", Text, "", "address to listen on; empty for all"),
    Flag::new(Serving, "tls-cert", Path, "", "certificate of the API; needs --tls-key"),
    Flag::new(Serving, "tls-key", Path, "", "private key of the API; needs --tls-cert"),
    Flag::new(Serving, "tls-client-ca", Path, "", "CA of client certificates, which are then required"),
    Flag::new(Serving, "allowed-users", Text, "", "comma-separated common names that client certificates may have; empty for any"),
    Flag::new(Serving, "disable-export", Bool, "false", "answer /api/v1/metric-export with an empty list"),

    Flag::new(Log, "logtostderr", Bool, "true", "log to standard error instead of files"),
    Flag::new(Log, "alsologtostderr", Bool, "false", "log to standard error as well as files"),
    Flag::new(Log, "stderrthreshold", Severity, "2", "with files, this severity and above go to standard error too"),
    Flag::new(Log, "log-dir", Path, "", "folder of the log files; empty for the temporary folder"),
    Flag::new(Log, "v", Int, "0", "verbosity: 1 and up shows debug lines, 4 and up traces, 6 and 8 those of libraries"),
    Flag::new(Log, "vmodule", Modules, "", "verbosity by source file: pattern=N, with * and ? in the pattern"),
    Flag::new(Log, "log-backtrace-at", Text, ":0", "accepted and ignored").but(Effect::Ignored),
    Flag::new(Log, "log-flush-frequency", Duration, "5s", "accepted and ignored: each line is written at once").but(Effect::Ignored),

    Flag::new(Program, "version", Bool, "false", "print version and commit"),
    Flag::new(Program, "validate", Bool, "false", "check flags, URIs and options, contact nothing; status 2 if there is a fault"),
    Flag::new(Program, "max-procs", Int, "0", "threads that work at once; below 1 for one a CPU"),

    Flag::new(ApiServer, "api-server", Bool, "false", "also serve metrics.k8s.io over HTTPS").but(NO_API_SERVER),
    Flag::new(ApiServer, "bind-address", Address, "0.0.0.0", "address of the secure port").but(NO_API_SERVER),
    Flag::new(ApiServer, "secure-port", Int, "443", "the secure port; 0 for none").but(NO_API_SERVER),
    Flag::new(ApiServer, "cert-dir", Path, "apiserver.local.config/certificates", "folder of apiserver.crt and apiserver.key").but(NO_API_SERVER),
    Flag::new(ApiServer, "tls-cert-file", Path, "", "certificate of the secure port").but(NO_API_SERVER),
    Flag::new(ApiServer, "tls-private-key-file", Path, "", "private key of the secure port").but(NO_API_SERVER),
    Flag::new(ApiServer, "tls-ca-file", Path, "", "CA of the secure port's certificate").but(NO_API_SERVER),
    Flag::new(ApiServer, "tls-sni-cert-key", NamedPair, "", "certificate and key by server name; may be repeated").but(NO_API_SERVER),
    Flag::new(ApiServer, "authentication-kubeconfig", Path, "", "kubeconfig for token reviews; empty for in-cluster").but(NO_API_SERVER),
    Flag::new(ApiServer, "authentication-token-webhook-cache-ttl", Duration, "10s", "how long a token review counts").but(NO_API_SERVER),
    Flag::new(ApiServer, "authentication-skip-lookup", Bool, "false", "do not read authentication settings from the cluster").but(NO_API_SERVER),
    Flag::new(ApiServer, "client-ca-file", Path, "", "CA of client certificates").but(NO_API_SERVER),
    Flag::new(ApiServer, "requestheader-username-headers", Csv, "x-remote-user", "headers that name the user").but(NO_API_SERVER),
    Flag::new(ApiServer, "requestheader-group-headers", Csv, "x-remote-group", "headers that name groups").but(NO_API_SERVER),
    Flag::new(ApiServer, "requestheader-extra-headers-prefix", Csv, "x-remote-extra-", "prefixes of headers with more").but(NO_API_SERVER),
    Flag::new(ApiServer, "requestheader-client-ca-file", Path, "", "CA of the front proxy").but(NO_API_SERVER),
    Flag::new(ApiServer, "requestheader-allowed-names", Csv, "", "common names of front proxies; empty for any").but(NO_API_SERVER),
    Flag::new(ApiServer, "authorization-kubeconfig", Path, "", "kubeconfig for access reviews; empty for in-cluster").but(NO_API_SERVER),
    Flag::new(ApiServer, "authorization-webhook-cache-authorized-ttl", Duration, "10s", "how long a yes counts").but(NO_API_SERVER),
    Flag::new(ApiServer, "authorization-webhook-cache-unauthorized-ttl", Duration, "10s", "how long a no counts").but(NO_API_SERVER),
    Flag::new(ApiServer, "profiling", Bool, "true", "accepted and ignored").but(Effect::Ignored),
    Flag::new(ApiServer, "contention-profiling", Bool, "false", "accepted and ignored").but(Effect::Ignored),
    Flag::new(ApiServer, "enable-swagger-ui", Bool, "false", "accepted and ignored").but(Effect::Ignored),
];

/// The record of a flag by its name with dashes.
pub(crate) fn find(name: &str) -> Option<&'static Flag> {
    FLAGS
        .iter()
        .chain(super::historic::FLAGS)
        .find(|flag| flag.name == name)
}
