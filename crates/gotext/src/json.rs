//! JSON strings and floats.

/// Appends `text` as a JSON string with Go's escapes: `<`, `>`, `&`, U+2028 and U+2029 are written as `\u…`.
pub fn push_json_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(c) => push_hex(out, c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

const fn needs_escape(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}' | '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}'
    )
}

fn push_hex(out: &mut String, c: char) {
    out.push_str("\\u");
    for shift in [12_u32, 8, 4, 0] {
        out.push(char::from_digit((c as u32 >> shift) & 0xf, 16).unwrap_or('0'));
    }
}

/// Appends a float as Go's JSON does: the shortest form that reads back, integral values without fraction, an exponent
/// only below 1e-6 and from 1e21 on (`1e-7`, `1e+21`). NaN and infinities have no JSON form: nothing is appended and
/// `false` is returned.
pub fn push_json_float(out: &mut String, value: f64) -> bool {
    if !value.is_finite() {
        return false;
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => {
                out.push_str(mantissa);
                out.push_str("e+");
                out.push_str(exponent);
            }
            _ => out.push_str(&text),
        }
    } else {
        out.push_str(&value.to_string());
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64) -> String {
        let mut out = String::new();
        push_json_float(&mut out, value);
        out
    }

    #[test]
    fn floats_look_as_in_go() {
        for (value, text) in [
            (12.0, "12"),
            (0.25, "0.25"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-7, "1e-7"),
            (1e-6, "0.000001"),
            (-0.5, "-0.5"),
            (1e20, "100000000000000000000"),
            (0.0, "0"),
            (-0.0, "-0"),
        ] {
            assert_eq!(float(value), text);
        }
        assert_eq!(float(f64::NAN), "");
    }

    #[test]
    fn strings_are_escaped_as_in_go_and_read_back() {
        let text = "a<b>&\"\\\n\u{1}\u{2028}ü";
        let mut out = String::new();
        push_json_string(&mut out, text);
        assert_eq!(out, r#""a\u003cb\u003e\u0026\"\\\n\u0001\u2028ü""#);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
