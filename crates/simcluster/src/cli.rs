//! The command line.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use heapster_simcluster::kubelet::Page;
use heapster_simcluster::{Config, Mode, Shape};
use std::path::PathBuf;
use std::time::Duration;

/// All of it.
pub(crate) fn command() -> Command {
    let serve = Command::new("simcluster")
        .about("A Kubernetes cluster that is not there: an API server and thousands of kubelets on loopback")
        .long_about(
            "Runs an API server on 127.0.0.1 and a kubelet at each node's own address in 127.0.0.0/8, and prints a line \
             `ready api=URL control=URL kubelet_port=PORT`. The control URL takes changes of all modes at run time: \
             `POST /nodes/7?mode=hang`, `POST /api?mode=slow:500`, `POST /clock?advance=60`, `GET /stats`.",
        )
        .args_conflicts_with_subcommands(true);
    with_cluster(serve, "10", "30")
        .subcommand(crate::drive::command())
        .subcommand(crate::bench::command())
}

fn number(name: &'static str, default: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("N")
        .default_value(default)
        .value_parser(value_parser!(u32))
        .help(help)
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// Adds the options that describe a cluster.
pub(crate) fn with_cluster(command: Command, nodes: &'static str, pods: &'static str) -> Command {
    command
        .arg(number("nodes", nodes, "Nodes"))
        .arg(number("pods", pods, "Pods on each node"))
        .arg(
            text("containers", "N", "Containers a pod, on average")
                .default_value("1.3")
                .value_parser(value_parser!(f64)),
        )
        .arg(number("volumes", "1", "Volumes a pod"))
        .arg(number("namespaces", "20", "Namespaces"))
        .arg(number("seed", "1", "Other seeds give other values"))
        .arg(number(
            "sample-seconds",
            "1",
            "A kubelet takes a new sample every N seconds",
        ))
        .arg(number(
            "restart-seconds",
            "0",
            "Each container restarts every N seconds; 0 is never",
        ))
        .arg(number(
            "skew-seconds",
            "0",
            "Clocks of nodes are off by up to N seconds either way",
        ))
        .arg(number("latency", "0", "Milliseconds until a kubelet answers"))
        .arg(number("jitter", "0", "Up to N milliseconds more"))
        .arg(number("unready", "0", "Nodes that report not to be ready"))
        .arg(number("pod-churn", "0", "Pods replaced a minute"))
        .arg(number(
            "node-churn",
            "0",
            "Nodes replaced a minute, with their pods",
        ))
        .arg(number("heartbeats", "0", "Changes of node status a minute"))
        .arg(number("events", "0", "Events a minute"))
        .arg(number(
            "history",
            "10000",
            "Changes that the API server remembers for watches",
        ))
        .arg(number(
            "padding",
            "1000",
            "Bytes of managedFields in each pod and node",
        ))
        .arg(number(
            "watch-seconds",
            "0",
            "Watches end after N seconds; 0 is when their client says",
        ))
        .arg(number(
            "bookmark-seconds",
            "60",
            "How often a watch gets a bookmark",
        ))
        .arg(
            text(
                "fault",
                "MODE=COUNT",
                "So many kubelets have this mode, e.g. hang=5 or status:401=3; may be repeated",
            )
            .action(ArgAction::Append)
            .value_parser(ValueParser::new(fault)),
        )
        .arg(
            text(
                "without",
                "PAGE",
                "A page that kubelets lack: summary, stats or resource; may be repeated",
            )
            .action(ArgAction::Append)
            .value_parser(["summary", "stats", "resource"]),
        )
        .arg(switch(
            "compact",
            "Kubelets send compact JSON; real ones indent it",
        ))
        .arg(switch(
            "tls",
            "HTTPS as well, for the API server and the kubelets",
        ))
        .arg(text("token", "TOKEN", "Bearer token that every client must have"))
        .arg(
            text("folder", "FOLDER", "Write ca.crt, token and kubeconfig here")
                .value_parser(value_parser!(PathBuf)),
        )
        .args(PORTS.map(|(name, help)| {
            text(name, "PORT", help)
                .default_value("0")
                .value_parser(value_parser!(u16))
        }))
        .arg(
            text("threads", "N", "Threads of the simulated cluster")
                .default_value("2")
                .value_parser(value_parser!(usize)),
        )
}

const PORTS: [(&str, &str); 5] = [
    ("api-port", "Port of the API server; 0 takes a free one, as below"),
    ("api-tls-port", "Port of the API server's HTTPS"),
    ("kubelet-port", "Port of every kubelet"),
    ("kubelet-tls-port", "Port of every kubelet's HTTPS"),
    ("control-port", "Port of the control pages"),
];

pub(crate) fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn fault(text: &str) -> Result<(Mode, u32), String> {
    let (mode, count) = text.rsplit_once('=').ok_or("write MODE=COUNT")?;
    let mode = mode.parse::<Mode>().map_err(|error| error.to_string())?;
    let count = count.parse().map_err(|_| format!("{count:?} is no number"))?;
    Ok((mode, count))
}

/// The cluster that these options describe.
pub(crate) fn config(matches: &ArgMatches) -> Config {
    let number = |name: &str| matches.get_one::<u32>(name).copied().unwrap_or(0);
    let port = |name: &str| matches.get_one::<u16>(name).copied().unwrap_or(0);
    let millis = |name: &str| Duration::from_millis(number(name).into());
    let seconds = |name: &str| Duration::from_secs(number(name).into());
    let watch = seconds("watch-seconds");
    let without: Vec<&String> = matches.get_many("without").into_iter().flatten().collect();
    let pages = [
        ("summary", Page::Summary),
        ("stats", Page::ContainerStats),
        ("resource", Page::Resource),
    ];
    Config {
        shape: Shape {
            seed: number("seed").into(),
            nodes: number("nodes"),
            pods: number("pods"),
            containers_milli: thousandths(matches.get_one::<f64>("containers").copied().unwrap_or(1.0)),
            volumes: number("volumes"),
            namespaces: number("namespaces").max(1),
            sample_seconds: number("sample-seconds").max(1),
            restart_seconds: number("restart-seconds"),
            skew_seconds: number("skew-seconds"),
        },
        latency: millis("latency"),
        jitter: millis("jitter"),
        unready: number("unready"),
        faults: matches.get_many("fault").into_iter().flatten().copied().collect(),
        pod_churn: number("pod-churn"),
        node_churn: number("node-churn"),
        heartbeats: number("heartbeats"),
        events: number("events"),
        pages: pages
            .into_iter()
            .filter(|(name, _)| !without.iter().any(|absent| *absent == name))
            .map(|(_, page)| page)
            .collect(),
        pretty: !matches.get_flag("compact"),
        history: usize::try_from(number("history")).unwrap_or(usize::MAX),
        watch_limit: (!watch.is_zero()).then_some(watch),
        bookmark_every: seconds("bookmark-seconds").max(Duration::from_secs(1)),
        padding: usize::try_from(number("padding")).unwrap_or(0),
        token: matches.get_one::<String>("token").cloned(),
        tls: matches.get_flag("tls"),
        folder: matches.get_one::<PathBuf>("folder").cloned(),
        api_port: port("api-port"),
        api_tls_port: port("api-tls-port"),
        kubelet_port: port("kubelet-port"),
        kubelet_tls_port: port("kubelet-tls-port"),
        control_port: port("control-port"),
        ..Config::default()
    }
}

/// A count of containers in thousandths.
fn thousandths(count: f64) -> u32 {
    let wanted = (count.clamp(1.0, 1_000.0) * 1_000.0).round();
    format!("{wanted}").parse().unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn options_make_a_cluster() {
        let line = "simcluster --nodes 5 --containers 1.25 --fault status:401=2 --fault hang=1 --without stats --watch-seconds 9";
        let config = config(&command().try_get_matches_from(line.split(' ')).unwrap());
        assert_eq!((config.shape.nodes, config.shape.containers_milli), (5, 1_250));
        assert_eq!(config.faults, [(Mode::Status(401), 2), (Mode::Hang, 1)]);
        assert_eq!(config.pages, [Page::Summary, Page::Resource]);
        assert_eq!(config.watch_limit, Some(Duration::from_secs(9)));
    }

    #[test]
    fn an_unknown_fault_is_refused() {
        assert!(
            command()
                .try_get_matches_from(["simcluster", "--fault", "sleepy=1"])
                .is_err()
        );
    }
}
