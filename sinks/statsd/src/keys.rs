//! The names of labels as they are sent: cleaned, renamed, styled, each worked out once.

use crate::config::Form;
use hashbrown::HashMap;

/// How names are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    Snake,
    LowerCamel,
    UpperCamel,
}

/// Names of labels are few; these are more than a cluster has, and bound the memory.
const MOST: usize = 10_000;

/// Names by label.
#[derive(Debug)]
pub(crate) struct Keys {
    form: Form,
    style: Style,
    rename: Vec<(String, String)>,
    known: HashMap<String, String>,
}

impl Keys {
    pub(crate) fn new(form: Form, style: Style, rename: Vec<(String, String)>) -> Self {
        Self {
            form,
            style,
            rename,
            known: HashMap::new(),
        }
    }

    /// Appends the name for a label: cleaned, then renamed if the cleaned name is in the list, then styled.
    pub(crate) fn push(&mut self, out: &mut Vec<u8>, label: &str) {
        if let Some(name) = self.known.get(label) {
            out.extend_from_slice(name.as_bytes());
            return;
        }
        if self.known.len() >= MOST {
            self.known.clear();
        }
        let name = self.name(label);
        out.extend_from_slice(name.as_bytes());
        self.known.insert(label.to_owned(), name);
    }

    fn name(&self, label: &str) -> String {
        let mut cleaned = Vec::new();
        push_clean(&mut cleaned, label, self.form);
        let cleaned = String::from_utf8(cleaned).unwrap_or_default();
        let renamed = self.rename.iter().find(|(label, _)| *label == cleaned);
        let name = renamed.map_or(cleaned.as_str(), |(_, name)| name.as_str());
        match self.style {
            Style::Snake => name.to_owned(),
            Style::UpperCamel => camel(name),
            Style::LowerCamel => {
                let upper = camel(name);
                let mut chars = upper.chars();
                let first = chars.next().into_iter().flat_map(char::to_lowercase);
                first.collect::<String>() + chars.as_str()
            }
        }
    }
}

/// Splits at `_` and writes the first letter of each word large; what is neither letter, digit nor `_` ends a word too.
///
/// Source: Go's strings.Title over the parts between underscores.
fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut begins = true;
    for c in name.chars() {
        if c == '_' {
            begins = true;
            continue;
        }
        if begins {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        begins = if c.is_ascii() {
            !c.is_ascii_alphanumeric()
        } else {
            c.is_whitespace()
        };
    }
    out
}

/// Appends a part of a name, a tag or a value; what has a meaning in the form becomes `_`.
///
/// Source: Heapster 1.5 metrics/sinks/statsd (which characters). Differs: `:` is replaced in every form, since it would end the
/// name, and control characters are, since they would end the line.
pub(crate) fn push_clean(out: &mut Vec<u8>, text: &str, form: Form) {
    let stays = |byte: u8| !meant(byte, form) && (byte == b' ' || byte.is_ascii_graphic());
    if text.bytes().all(stays) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for c in text.chars() {
        let meant = u8::try_from(c).is_ok_and(|byte| meant(byte, form));
        let c = if meant || c.is_control() { '_' } else { c };
        match u8::try_from(c) {
            Ok(byte) if byte.is_ascii() => out.push(byte),
            _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

const fn meant(byte: u8, form: Form) -> bool {
    match form {
        Form::Etsy => matches!(byte, b'.' | b'=' | b'|' | b':'),
        Form::Influx => matches!(byte, b',' | b':' | b'=' | b'|'),
        Form::Dog => matches!(byte, b',' | b':' | b'|' | b'#'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(form: Form, style: Style, rename: &[(&str, &str)], label: &str) -> String {
        let rename = rename
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        let mut keys = Keys::new(form, style, rename);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        keys.push(&mut first, label);
        keys.push(&mut second, label);
        assert_eq!(first, second);
        String::from_utf8(first).unwrap()
    }

    #[test]
    fn styles_are_those_of_the_original() {
        for (label, lower, upper) in [
            ("namespace_name", "namespaceName", "NamespaceName"),
            ("k8s-app", "k8s-App", "K8s-App"),
            (
                "beta.kubernetes.io/os",
                "beta.Kubernetes.Io/Os",
                "Beta.Kubernetes.Io/Os",
            ),
            ("_x__y_", "xY", "XY"),
            ("ünder_ö", "ünderÖ", "ÜnderÖ"),
            ("a b", "a B", "A B"),
            ("", "", ""),
            ("_", "", ""),
        ] {
            assert_eq!(name(Form::Influx, Style::LowerCamel, &[], label), lower);
            assert_eq!(name(Form::Influx, Style::UpperCamel, &[], label), upper);
        }
    }

    #[test]
    fn a_name_is_cleaned_then_renamed_then_styled() {
        let rename = [("beta_kubernetes_io/os", "the_os"), ("type", "k8s_type")];
        let etsy = |label| name(Form::Etsy, Style::LowerCamel, &rename, label);
        assert_eq!(etsy("beta.kubernetes.io/os"), "theOs");
        assert_eq!(etsy("type"), "k8sType");
        assert_eq!(etsy("typed"), "typed");
        assert_eq!(
            name(Form::Influx, Style::Snake, &rename, "beta.kubernetes.io/os"),
            "beta.kubernetes.io/os"
        );
    }

    #[test]
    fn each_form_replaces_what_has_a_meaning_in_it() {
        let clean = |form| {
            let mut out = Vec::new();
            push_clean(&mut out, "a.b,c:d=e|f#g/h i\nü", form);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(clean(Form::Etsy), "a_b,c_d_e_f#g/h i_ü");
        assert_eq!(clean(Form::Influx), "a.b_c_d_e_f#g/h i_ü");
        assert_eq!(clean(Form::Dog), "a.b_c_d=e_f_g/h i_ü");
    }
}
