//! Which values are left out: `label(NAME:REGEX)` and `name(REGEX)`.

use heapster_plugin::model::Labels;
use regex::Regex;

/// What the filters of a URI leave out.
#[derive(Clone, Default, Debug)]
pub(crate) struct Filters {
    names: Vec<Regex>,
    labels: Vec<(String, Regex)>,
}

impl Filters {
    /// Adds `label(NAME:REGEX)` or `name(REGEX)`. The regular expression is not anchored; the first `)` must be the end, so
    /// that it can hold no group.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), String> {
        let (operation, rest) = text.split_once('(').ok_or_else(|| format!("{text:?} has no ("))?;
        let Some((inner, "")) = rest.split_once(')') else {
            return Err(format!("the first ) of {text:?} is not its end"));
        };
        let regex = |text: &str| {
            Regex::new(text)
                .map_err(|error| format!("{text:?} is no regular expression: {}", last_line(&error)))
        };
        match operation {
            "name" => self.names.push(regex(inner)?),
            "label" => {
                let pair = inner.split_once(':');
                let (label, pattern) = pair.ok_or_else(|| format!("{text:?} is not label(NAME:REGEX)"))?;
                self.labels.push((label.to_owned(), regex(pattern)?));
            }
            other => return Err(format!("{other:?} is neither name nor label")),
        }
        Ok(())
    }

    /// Whether the values of a set are left out. A label that is not there matches nothing.
    pub(crate) fn drop_set(&self, labels: &Labels) -> bool {
        let matches =
            |(label, regex): &(String, Regex)| labels.get(label).is_some_and(|value| regex.is_match(value));
        self.labels.iter().any(matches)
    }

    /// Whether a metric is left out.
    pub(crate) fn drop_name(&self, name: &str) -> bool {
        self.names.iter().any(|regex| regex.is_match(name))
    }
}

/// The library's text is a picture of several lines; the last one says what is wrong.
fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines()
        .last()
        .unwrap_or("")
        .trim_start_matches("error: ")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Filters::default().add(text).unwrap_err()
    }

    #[test]
    fn a_filter_that_is_none_says_why() {
        assert_eq!(error("name"), "\"name\" has no (");
        assert_eq!(error("name(a"), "the first ) of \"name(a\" is not its end");
        assert_eq!(
            error("name((a)b)"),
            "the first ) of \"name((a)b)\" is not its end"
        );
        assert_eq!(error("metric(a)"), "\"metric\" is neither name nor label");
        assert_eq!(error("label(type)"), "\"label(type)\" is not label(NAME:REGEX)");
        assert_eq!(
            error("name([)"),
            "\"[\" is no regular expression: unclosed character class"
        );
    }

    #[test]
    fn a_set_goes_by_its_label_and_a_metric_by_its_name() {
        let mut filters = Filters::default();
        filters.add("label(type:^sys_)").unwrap();
        filters.add("name(inodes)").unwrap();
        let labels = |kind| Labels::from_pairs([("type", kind)]);
        assert!(filters.drop_set(&labels("sys_container")));
        assert!(!filters.drop_set(&labels("node")) && !filters.drop_set(&Labels::default()));
        assert!(filters.drop_name("filesystem/inodes_free") && !filters.drop_name("filesystem/usage"));
    }
}
