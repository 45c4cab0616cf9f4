//! What the program says about itself: `/metrics`, `/version`, `/status`, `/debug/pprof/…`.

use crate::answer::{Answer, JSON};
use crate::json::Json;
use crate::routes::Call;
use http::StatusCode;

/// All counters in the Prometheus text format 0.0.4.
pub(crate) fn metrics(call: &Call<'_>) -> Answer {
    Answer::new(
        StatusCode::OK,
        "text/plain; version=0.0.4",
        call.api.telemetry.render(),
    )
}

/// Shape: the fields of a Kubernetes server's `/version` that are known here, in the pretty layout.
pub(crate) fn version(call: &Call<'_>) -> Answer {
    let version = &call.api.version;
    let mut numbers = version.number.split('.');
    let mut json = Json::pretty();
    json.object(|json| {
        json.field("major", numbers.next().unwrap_or_default());
        json.field("minor", numbers.next().unwrap_or_default());
        json.field("gitVersion", &format!("v{}", version.number));
        json.field("gitCommit", &version.commit);
        json.field("platform", &version.platform);
    });
    Answer::json(json)
}

/// The state of sources and sinks, as the program gives it.
pub(crate) fn status(call: &Call<'_>) -> Answer {
    Answer::new(StatusCode::OK, JSON, (call.api.status)())
}

/// The program's arguments, separated by NUL.
pub(crate) fn command_line(call: &Call<'_>) -> Answer {
    Answer::text(call.api.command_line.join("\0"))
}

/// The other profiles of the original were about its Go runtime.
pub(crate) fn no_profile(call: &Call<'_>) -> Answer {
    let text = format!(
        "no profile {:?} here: there are cmdline, profile and heap\n",
        call.param("profile")
    );
    Answer::error(StatusCode::NOT_FOUND, text)
}
