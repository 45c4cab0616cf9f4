//! Keeping secrets out of log lines.

const SECRETS: [&str; 7] = ["pw", "pass", "password", "token", "secret", "apikey", "writekey"];

/// Puts `***` in place of the password before `@` and of the values of query keys that name a secret (`pw`, `pass`,
/// `password`, `token`, `secret`, `apikey`, `writekey` and words that end in one of them), in any text that holds URIs.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(SEPARATORS) {
        let body = part.trim_end_matches(SEPARATORS);
        let end = part.get(body.len()..).unwrap_or("");
        match body
            .split_once('=')
            .filter(|(key, value)| !value.is_empty() && names_a_secret(key))
        {
            Some((key, _)) => {
                out.push_str(key);
                out.push_str("=***");
            }
            None => push_without_password(&mut out, body),
        }
        out.push_str(end);
    }
    out
}

const SEPARATORS: [char; 3] = [' ', '?', '&'];

fn names_a_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRETS.iter().any(|secret| key.ends_with(secret))
}

fn push_without_password(out: &mut String, text: &str) {
    let authority = text
        .split_once("://")
        .and_then(|(head, tail)| Some((head, tail.rsplit_once('@')?)));
    match authority {
        Some((head, (info, host))) if !info.contains('/') && info.contains(':') => {
            out.push_str(head);
            out.push_str("://");
            out.push_str(info.split(':').next().unwrap_or(""));
            out.push_str(":***@");
            out.push_str(host);
        }
        _ => out.push_str(text),
    }
}
