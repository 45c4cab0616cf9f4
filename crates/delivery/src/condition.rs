//! The grammar of the options `only` and `skip`: `FIELD=VALUE`, `FIELD!=VALUE`, `FIELD=~REGEX`.

use regex::Regex;

/// What a field's value is held against.
#[derive(Clone, Debug)]
enum Test {
    Is(String),
    IsNot(String),
    Matches(Regex),
}

impl Test {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Is(text) => text == value,
            Self::IsNot(text) => text != value,
            Self::Matches(regex) => regex.is_match(value),
        }
    }
}

/// All conditions on one field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    only: Vec<Test>,
    skip: Vec<Test>,
}

impl Field {
    /// Whether a value passes: at least one `only` holds, if there is one, and no `skip` does.
    #[must_use]
    pub fn passes(&self, value: &str) -> bool {
        let wanted = self.only.is_empty() || self.only.iter().any(|test| test.holds(value));
        wanted && !self.skip.iter().any(|test| test.holds(value))
    }
}

/// The conditions of one sink, by field. What passes, passes on every field.
#[derive(Clone, Default, Debug)]
pub struct Conditions(Vec<Field>);

impl Conditions {
    /// Adds a condition that `only` lets through what it holds for.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn only(&mut self, text: &str) -> Result<(), String> {
        let (field, test) = parse(text)?;
        self.field(field).only.push(test);
        Ok(())
    }

    /// Adds a condition that what it holds for is skipped.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn skip(&mut self, text: &str) -> Result<(), String> {
        let (field, test) = parse(text)?;
        self.field(field).skip.push(test);
        Ok(())
    }

    /// Whether there is no condition.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out the conditions on one field.
    pub fn take(&mut self, name: &str) -> Option<Field> {
        let at = self.0.iter().position(|field| field.name == name)?;
        Some(self.0.swap_remove(at))
    }

    /// The conditions that are left.
    #[must_use]
    pub fn into_fields(self) -> Vec<Field> {
        self.0
    }

    fn field(&mut self, name: &str) -> &mut Field {
        let at = self.0.iter().position(|field| field.name == name);
        let at = at.unwrap_or_else(|| {
            let (only, skip) = (Vec::new(), Vec::new());
            self.0.push(Field {
                name: name.to_owned(),
                only,
                skip,
            });
            self.0.len() - 1
        });
        #[allow(clippy::indexing_slicing)] // found or just pushed
        &mut self.0[at]
    }
}

fn parse(text: &str) -> Result<(&str, Test), String> {
    let malformed = || format!("{text:?} is none of FIELD=VALUE, FIELD!=VALUE, FIELD=~REGEX");
    let (field, value) = text.split_once('=').ok_or_else(malformed)?;
    let (field, test) = if let Some(field) = field.strip_suffix('!') {
        (field, Test::IsNot(value.to_owned()))
    } else if let Some(regex) = value.strip_prefix('~') {
        let regex = Regex::new(regex).map_err(|error| format!("{regex:?}: {}", one_line(&error)))?;
        (field, Test::Matches(regex))
    } else {
        (field, Test::Is(value.to_owned()))
    };
    if field.is_empty() {
        return Err(malformed());
    }
    Ok((field, test))
}

/// What is wrong, without the picture of the place that the library adds.
fn one_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(only: &[&str], skip: &[&str]) -> Field {
        let mut all = Conditions::default();
        only.iter().for_each(|text| all.only(text).unwrap());
        skip.iter().for_each(|text| all.skip(text).unwrap());
        all.into_fields().remove(0)
    }

    #[test]
    fn a_value_passes_when_one_only_holds_and_no_skip_does() {
        let node_or_pod = field(&["type=node", "type=pod"], &[]);
        assert!(node_or_pod.passes("node") && node_or_pod.passes("pod") && !node_or_pod.passes("ns"));
        let not_kube = field(&[], &["ns=~^kube-"]);
        assert!(not_kube.passes("") && not_kube.passes("a-kube-") && !not_kube.passes("kube-system"));
        let both = field(&["ns!=a"], &["ns=b"]);
        assert!(both.passes("c") && !both.passes("a") && !both.passes("b"));
    }

    #[test]
    fn a_condition_begins_at_the_first_equals_sign() {
        assert!(field(&["a=b=c"], &[]).passes("b=c"));
        assert!(field(&["a="], &[]).passes("") && !field(&["a!="], &[]).passes(""));
        assert!(field(&["a=~x|y"], &[]).passes("says yes"));
    }

    #[test]
    fn a_bad_condition_is_told_in_one_line() {
        let refusal = |text| Conditions::default().only(text).unwrap_err();
        let grammar = "is none of FIELD=VALUE, FIELD!=VALUE, FIELD=~REGEX";
        for text in ["", "type", "=x", "!=x", "=~x"] {
            assert_eq!(refusal(text), format!("{text:?} {grammar}"));
        }
        assert_eq!(refusal("name=~a(b"), "\"a(b\": unclosed group");
    }
}
