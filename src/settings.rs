//! The flags' values that have limits of their own, checked in the original's order and words.

use crate::flags::Flags;
use heapster_gotext::format_duration;
use heapster_serve::Tls;
use std::time::Duration;

const MIN_RESOLUTION: Duration = Duration::from_secs(5);
const MIN_WINDOW: Duration = Duration::from_secs(60);
const MAX_WINDOW: Duration = Duration::from_secs(24 * 3600);

/// Checked values.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) resolution: Duration,
    pub(crate) port: u16,
    pub(crate) model_window: Duration,
    pub(crate) threads: usize,
    pub(crate) tls: Option<Tls>,
}

impl Settings {
    /// Reads the flags.
    ///
    /// # Errors
    /// The first fault.
    pub(crate) fn check(flags: &Flags) -> Result<Self, String> {
        match Self::faults(flags).into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(Self::read(flags)),
        }
    }

    /// Every fault, a line each.
    pub(crate) fn faults(flags: &Flags) -> Vec<String> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, text: String| {
            if wrong {
                faults.push(text);
            }
        };
        let resolution = flags.duration("metric-resolution");
        let (cert, key) = (flags.path("tls-cert"), flags.path("tls-key"));
        let (window, port) = (flags.duration("model-window"), flags.int("heapster-port"));
        refuse(
            resolution < MIN_RESOLUTION,
            format!(
                "metric resolution should not be less than 5 seconds - {}",
                resolution.as_nanos()
            ),
        );
        refuse(
            cert.is_some() != key.is_some(),
            "both TLS certificate & key are required to enable TLS serving".to_owned(),
        );
        refuse(
            flags.path("tls-client-ca").is_some() && cert.is_none(),
            "client cert authentication requires TLS certificate & key".to_owned(),
        );
        refuse(
            !(MIN_WINDOW..=MAX_WINDOW).contains(&window),
            format!(
                "model window should be 1m0s to 24h0m0s - {}",
                format_duration(window)
            ),
        );
        refuse(
            u16::try_from(port).is_err(),
            format!("heapster port should be 0 to 65535 - {port}"),
        );
        faults
    }

    fn read(flags: &Flags) -> Self {
        let users = flags.text("allowed-users");
        let tls = flags
            .path("tls-cert")
            .zip(flags.path("tls-key"))
            .map(|(cert, key)| Tls {
                cert,
                key,
                client_ca: flags.path("tls-client-ca"),
                allowed_users: users
                    .split(',')
                    .filter(|_| !users.is_empty())
                    .map(str::to_owned)
                    .collect(),
            });
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            resolution: flags.duration("metric-resolution"),
            port: u16::try_from(flags.int("heapster-port")).unwrap_or(8082),
            model_window: flags.duration("model-window"),
            threads: usize::try_from(flags.int("max-procs"))
                .ok()
                .filter(|threads| *threads > 0)
                .map_or(cpus, |threads| threads.min(1024)),
            tls,
        }
    }
}
