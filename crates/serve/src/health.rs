//! `/healthz`, `/livez`, `/readyz`.
//!
//! Source: the health check of Kubernetes API servers (texts). `healthz` is what the original had; `livez` says that the
//! program answers, `readyz` that it has current data.

use crate::answer::Answer;
use crate::query;
use crate::routes::Call;
use http::StatusCode;

/// 200 `ok`, or 500 without the reason; with `?verbose` and all well the checks by name.
pub(crate) fn healthz(call: &Call<'_>) -> Answer {
    report(call, "healthz", &[("healthz", call.api.health.check())])
}

/// The one check of [`healthz`] by itself; here the reason is shown.
pub(crate) fn healthz_check(call: &Call<'_>) -> Answer {
    match call.api.health.check() {
        Ok(()) => Answer::text("ok"),
        Err(reason) => {
            let text = format!("internal server error: {reason}\n");
            Answer::error(StatusCode::INTERNAL_SERVER_ERROR, text)
        }
    }
}

/// 200 as long as requests are answered: a program that waits for its cluster is alive.
pub(crate) fn livez(call: &Call<'_>) -> Answer {
    report(call, "livez", &[("ping", Ok(()))])
}

/// 200 when there is current data.
pub(crate) fn readyz(call: &Call<'_>) -> Answer {
    report(
        call,
        "readyz",
        &[("ping", Ok(())), ("healthz", call.api.health.check())],
    )
}

fn report(call: &Call<'_>, name: &str, checks: &[(&str, Result<(), String>)]) -> Answer {
    let line = |(check, outcome): &(&str, Result<(), String>)| match outcome {
        Ok(()) => format!("[+]{check} ok\n"),
        Err(_) => format!("[-]{check} failed: reason withheld\n"),
    };
    let lines: String = checks.iter().map(line).collect();
    if checks.iter().any(|(_, outcome)| outcome.is_err()) {
        let text = format!("{lines}{name} check failed\n");
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, text)
    } else if query::given(call.query, "verbose") {
        Answer::text(format!("{lines}{name} check passed\n"))
    } else {
        Answer::text("ok")
    }
}
