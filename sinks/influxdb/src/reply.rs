//! What the server's answers mean.

use heapster_plugin::sink::Rejection;
use serde_json::Value;

/// What an answer to a write says beyond its status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Meaning {
    /// The status tells all.
    Plain,
    /// Lines that were dropped; the others are stored.
    Partial { dropped: usize, reason: Rejection },
    /// The database is not there, or no longer.
    NoDatabase,
    /// The retention policy that was named is not there.
    NoPolicy,
    /// A new field came with two types in one request, and nothing was stored; the next time the field has a type.
    TypeClash,
}

/// An answer to a write: its text for people, and what it says.
///
/// Source: InfluxDB 1.6 (`{"error":…}`), 2 (`{"message":…}`), 3 (`{"error":…,"data":[…]}`).
pub(crate) fn of_write(body: &[u8]) -> (String, Meaning) {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let field = |name: &str| json.as_ref()?.get(name)?.as_str();
    let text = match field("error").or_else(|| field("message")) {
        Some(text) => text.to_owned(),
        None => String::from_utf8_lossy(body).into_owned(),
    };
    if let Some(lines) = json.as_ref().and_then(|json| json.get("data")?.as_array())
        && let Some(first) = lines.first()
    {
        let first = first.get("error_message").and_then(Value::as_str).unwrap_or("");
        return (format!("{text}: {first}"), partial(lines.len(), first));
    }
    let meaning = if text.contains("partial write") {
        partial(dropped(&text), &text)
    } else if text.contains("database not found") {
        Meaning::NoDatabase
    } else if text.contains("retention policy not found") {
        Meaning::NoPolicy
    } else if text == "field type conflict" {
        Meaning::TypeClash
    } else {
        Meaning::Plain
    };
    (text, meaning)
}

fn partial(dropped: usize, text: &str) -> Meaning {
    let reason = if text.contains("beyond retention policy") {
        Rejection::TooOld
    } else {
        Rejection::Invalid
    };
    Meaning::Partial { dropped, reason }
}

/// The number in `… dropped=3`. Lines that could not be read are not in it; each has a sentence of its own.
fn dropped(text: &str) -> usize {
    let number = text.rsplit_once("dropped=").and_then(|(_, number)| {
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        number.get(..end)?.parse().ok()
    });
    number.unwrap_or(0) + text.matches("unable to parse '").count()
}

/// An answer to a statement, with its errors in one text; they come inside an answer with status 200.
pub(crate) fn of_statement(body: &[u8]) -> Result<Value, String> {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let results = json.get("results").and_then(Value::as_array);
    let inner = results.into_iter().flatten().map(|result| result.get("error"));
    let errors: Vec<&str> = inner
        .chain([json.get("error")])
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if errors.is_empty() {
        Ok(json)
    } else {
        Err(errors.join("; "))
    }
}

/// The names in the answer to `SHOW RETENTION POLICIES`.
pub(crate) fn policies(json: &Value) -> impl Iterator<Item = &str> {
    let series = json
        .pointer("/results/0/series/0/values")
        .and_then(Value::as_array);
    series
        .into_iter()
        .flatten()
        .filter_map(|row| row.get(0)?.as_str())
}

#[cfg(test)]
mod tests;
