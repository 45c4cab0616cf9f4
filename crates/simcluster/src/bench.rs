//! Measures a Heapster-compatible program against a cluster in this process.
//!
//! Everything about the program comes from outside: CPU and memory from the kernel's account of its process, rounds from the
//! requests that the kubelets see, the rest from its HTTP API. So any program that takes Heapster's flags and has its API can
//! stand beside ours, on the same cluster, in the same run.

mod answers;
mod export;
mod hold;
mod load;
mod program;
mod receiver;
mod report;
mod rounds;

use crate::child::Scratch;
use crate::{Fallible, cli};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use heapster_simcluster::{Cluster, Config, Mode};
use program::{Place, Template};
use receiver::Receiver;
use report::Report;
use std::io::Write as _;
use std::time::Duration;

/// What is to be measured.
#[derive(Clone, Debug)]
struct Plan {
    resolution: Duration,
    /// Rounds before those that count: memory fills, connections open.
    warm: u32,
    rounds: u32,
    /// Resolutions that are tried, each in a run of its own.
    tried: Vec<Duration>,
    /// Requests a second while a batch is stored; 0 leaves that and all answers out.
    rate: u32,
    /// Answers with a URL that tells a new batch.
    probe: String,
    /// Kubelets that answer, and so make a round whole.
    expected: u32,
    /// The receiver never answers.
    hangs: bool,
}

fn number(name: &'static str, default: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name("N")
        .default_value(default)
        .value_parser(value_parser!(u32))
        .help(help)
}

pub(crate) fn command() -> Command {
    let bench = Command::new("bench")
        .about("Measures Heapster-compatible programs against a cluster and prints a table")
        .arg(
            Arg::new("program")
                .long("program")
                .value_name("NAME=COMMAND")
                .action(ArgAction::Append)
                .help(
                    "A program and its command line, split at blanks; may be repeated. {source}, {resolution}, {port}, {api}, \
                     {kubelet_port}, {kubeconfig}, {ca}, {token} and {receiver} are filled in [default: heapster beside this program]",
                ),
        )
        .arg(number("resolution", "30", "Seconds between rounds"))
        .arg(number("warm", "6", "Rounds before the measured ones"))
        .arg(number("rounds", "3", "Measured rounds"))
        .arg(
            Arg::new("try")
                .long("try")
                .value_name("SECONDS")
                .value_delimiter(',')
                .value_parser(value_parser!(u32))
                .help("Resolutions that are tried in runs of their own, e.g. 10,5"),
        )
        .arg(number("rate", "200", "Requests a second to the API while a batch is stored; 0 asks nothing"))
        .arg(
            Arg::new("probe")
                .long("probe")
                .value_name("PATH")
                .default_value("/api/v1/model/metrics/memory/usage")
                .help("A page whose latestTimestamp tells a new batch; an empty path is none"),
        )
        .arg(
            Arg::new("hanging-receiver")
                .long("hanging-receiver")
                .action(ArgAction::SetTrue)
                .help(
                    "{receiver}, a URL that takes InfluxDB lines and counts them, reads requests and never answers",
                ),
        );
    cli::with_cluster(bench, "1000", "30")
}

/// Runs each program in turn and prints one table.
pub(crate) async fn run(matches: &ArgMatches) -> Fallible<()> {
    let scratch = Scratch::new()?;
    let mut config = cli::config(matches);
    config.folder.get_or_insert_with(|| scratch.0.clone());
    if config.tls {
        config.token.get_or_insert_with(|| "bench".to_owned());
    }
    let plan = plan(matches, &config);
    let mut place = Place {
        receiver: String::new(),
        folder: config.folder.clone().unwrap_or_default(),
        logs: scratch.0.clone(),
        token: config.token.clone(),
    };
    let mut reports = Vec::new();
    for template in templates(matches)? {
        progress(&format!("{}: {}", template.name, template.line));
        // A cluster of its own for each, so that rounds are counted anew.
        let cluster = Cluster::start(&config).await?;
        let receiver = Receiver::start(plan.hangs).await?;
        place.receiver = receiver.url();
        let mut report = Report::new(&template.name);
        measure(&cluster, &template, &place, &plan, &receiver, &mut report).await?;
        drop(cluster);
        hold::search(&config, &template, &place, &plan, &mut report).await?;
        reports.push(report);
    }
    let head = format!(
        "{} nodes x {} pods, {} s rounds, {}, {} measured after {} to warm up",
        config.shape.nodes,
        config.shape.pods,
        plan.resolution.as_secs(),
        if config.tls {
            "HTTPS with tokens"
        } else {
            "plain HTTP"
        },
        plan.rounds,
        plan.warm
    );
    std::io::stdout().write_all(report::table(&head, &reports).as_bytes())?;
    Ok(())
}

fn plan(matches: &ArgMatches, config: &Config) -> Plan {
    let number = |name: &str| matches.get_one::<u32>(name).copied().unwrap_or(0);
    let seconds = |count: u32| Duration::from_secs(count.max(1).into());
    let tried = matches.get_many::<u32>("try").into_iter().flatten();
    let silent: u32 = config
        .faults
        .iter()
        .filter(|(mode, _)| !matches!(mode, Mode::Ok | Mode::Lie(_)))
        .map(|(_, count)| count)
        .sum();
    Plan {
        resolution: seconds(number("resolution")),
        warm: number("warm").max(1),
        rounds: number("rounds").max(1),
        tried: tried.map(|count| seconds(*count)).collect(),
        rate: number("rate"),
        probe: matches.get_one::<String>("probe").cloned().unwrap_or_default(),
        expected: config.shape.nodes.saturating_sub(config.unready + silent),
        hangs: matches.get_flag("hanging-receiver"),
    }
}

fn templates(matches: &ArgMatches) -> Fallible<Vec<Template>> {
    let given: Vec<&String> = matches.get_many("program").into_iter().flatten().collect();
    if given.is_empty() {
        return Ok(vec![Template::heapster()?]);
    }
    given.into_iter().map(|line| Template::parse(line)).collect()
}

async fn measure(
    cluster: &Cluster,
    template: &Template,
    place: &Place,
    plan: &Plan,
    receiver: &Receiver,
    report: &mut Report,
) -> Fallible<()> {
    let mut program = template.start(cluster, place, plan.resolution).await?;
    report.program(&program);
    let mut follower = rounds::Follower::new(cluster, plan);
    progress(&format!("{} rounds to warm up", plan.warm));
    follower.follow(&mut program, plan.warm).await?;
    progress(&format!("{} measured rounds", plan.rounds));
    let before = receiver.received();
    let seen = follower.follow(&mut program, plan.rounds).await?;
    report.rounds(&seen, plan);
    if template.line.contains("{receiver}") {
        report.received(receiver.received().since(before), plan);
    }
    if !plan.probe.is_empty() && plan.rate > 0 {
        follower.until_visible(&mut program).await?;
        progress("answers, one kind after the other");
        let exported = export::measure(&program).await?;
        report.export(&exported, plan);
        report.answers(&answers::measure(&program, cluster.state().shape()).await?);
        progress("answers while a batch is stored");
        let loaded = load::measure(&mut program, &mut follower, cluster.state().shape(), plan).await?;
        report.load(&loaded, plan);
    }
    report.log(program.complaints());
    report.end(program.stop().await);
    Ok(())
}

/// A line on what happens next.
fn progress(line: &str) {
    writeln!(std::io::stderr(), "== {line}").ok();
}
