//! Profiles, in a build that cannot take any.

use crate::answer::Answer;
use crate::routes::Call;
use http::StatusCode;

const TEXT: &str =
    "this program was built without the feature \"profiling\": build it with that feature to take profiles\n";

/// 501.
pub(crate) fn cpu(_: &Call<'_>) -> Answer {
    Answer::error(StatusCode::NOT_IMPLEMENTED, TEXT)
}

/// 501.
pub(crate) fn heap(_: &Call<'_>) -> Answer {
    Answer::error(StatusCode::NOT_IMPLEMENTED, TEXT)
}
