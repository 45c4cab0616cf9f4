//! Indices, aliases and templates: what has to be there before documents are written.
//!
//! In the typed layout the requests are those of the original. Differs: there they were made for each family of each set,
//! ten thousand for a cluster of a thousand pods; here once a day and family.

use crate::answer::{acknowledged, already_exists};
use crate::family::{Families, Family};
use crate::layout::{Dialect, Layout};
use crate::mapping;
use crate::pool::{Ask, Pool, Told};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;

/// How many days are remembered: a spool may bring those before today.
const DAYS: usize = 8;

/// What is known to be there.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    /// For each day, the families that documents may be written of. An index that serves all families is there if its day is.
    ready: Vec<(String, Families)>,
}

impl Setup {
    /// Everything is looked at again: something went wrong, and may have been taken away.
    pub(crate) fn forget(&mut self) {
        self.ready.clear();
    }

    /// Makes what documents of these families and this day need, unless it is known to be there.
    ///
    /// # Errors
    /// One line with what was asked, what came back and, where that is known, what to do.
    pub(crate) async fn ensure(
        &mut self,
        pool: &Pool,
        layout: &Layout,
        day: &str,
        families: Families,
        deadline: Instant,
    ) -> Result<(), String> {
        // A template or a data stream serves every day.
        let day = if layout.templates() { "" } else { day };
        let known = self.ready.iter().position(|(known, _)| known == day);
        let (_, mut ready) = known.map_or_else(Default::default, |at| self.ready.remove(at));
        let ways = Ways {
            pool,
            layout,
            deadline,
        };
        if known.is_none() && layout.dialect.typed() {
            ready = ways.typed_index(day).await?;
        }
        let before = ready;
        let mut made = Ok(());
        for family in families.iter().filter(|family| !before.contains(*family)) {
            made = ways.family(family, day).await;
            if made.is_err() {
                break;
            }
            ready.insert(family);
        }
        self.ready.insert(0, (day.to_owned(), ready));
        self.ready.truncate(DAYS);
        made
    }
}

/// How things are asked for in one `ensure`.
struct Ways<'a> {
    pool: &'a Pool,
    layout: &'a Layout,
    deadline: Instant,
}

impl Ways<'_> {
    /// Makes the index of a day in the typed layout, if it is missing. The answer is the families whose alias it has.
    async fn typed_index(&self, day: &str) -> Result<Families, String> {
        let index = format!("/{}", self.layout.target(Family::General, day));
        let head = self.ask(Method::HEAD, &index, None).await?;
        match head.answer.status.as_u16() {
            200..=299 => {}
            404 => self.make(&index, mapping::typed_index()).await?,
            _ => return Err(head.line()),
        }
        let path = format!("{index}/_aliases");
        let told = self.ask(Method::GET, &path, None).await?;
        let answer = serde_json::from_slice::<Value>(&told.answer.body);
        let (Ok(Value::Object(indices)), true) = (answer, told.answer.is_success()) else {
            return Err(told.line());
        };
        let has = |family: Family| {
            let alias = self.layout.alias(family);
            indices
                .values()
                .any(|index| index.get("aliases").is_some_and(|all| all.get(&alias).is_some()))
        };
        let mut families = Families::default();
        Family::ALL
            .into_iter()
            .filter(|family| has(*family))
            .for_each(|family| families.insert(family));
        Ok(families)
    }

    /// Makes what one family needs beside that.
    async fn family(&self, family: Family, day: &str) -> Result<(), String> {
        let target = self.layout.target(family, day);
        if self.layout.dialect.typed() {
            let add = json!({"alias": self.layout.alias(family), "index": target});
            return self
                .change(Method::POST, "/_aliases", json!({"actions": [{"add": add}]}))
                .await;
        }
        if !self.layout.templates() {
            return self
                .make(&format!("/{target}"), mapping::family_index(self.layout, family))
                .await;
        }
        let suffix = if self.layout.stream { "-stream" } else { "" };
        let path = format!("/_index_template/{}{suffix}", self.layout.alias(family));
        let told = self.ask(Method::GET, &path, None).await?;
        match told.answer.status.as_u16() {
            200..=299 if is_current(&told.answer.body) => Ok(()),
            200..=299 | 404 => {
                self.change(Method::PUT, &path, mapping::template(self.layout, family))
                    .await
            }
            _ => Err(told.line()),
        }
    }

    /// Makes an index; one that another program has made meanwhile is as good.
    async fn make(&self, path: &str, body: Value) -> Result<(), String> {
        let told = self.ask(Method::PUT, path, Some(body)).await?;
        let made = told.answer.is_success() && acknowledged(&told.answer.body);
        match made || already_exists(&told.answer.body) {
            true => Ok(()),
            false if told.answer.status == 400 => {
                Err(told.line() + "; an option ver that is not the server's does this")
            }
            false => Err(told.line()),
        }
    }

    async fn change(&self, method: Method, path: &str, body: Value) -> Result<(), String> {
        let told = self.ask(method, path, Some(body)).await?;
        match told.answer.is_success() && acknowledged(&told.answer.body) {
            true => Ok(()),
            false => Err(told.line()),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Told<'_>, String> {
        let ask = Ask {
            json: self.layout.dialect != Dialect::Typed2 || method == Method::POST,
            method,
            path,
            body: body.map_or_else(Bytes::new, |body| body.to_string().into()),
        };
        self.pool.send(&ask, self.deadline).await
    }
}

/// Whether a template is of this version or of a later one; an operator who changes it keeps it so.
fn is_current(answer: &[u8]) -> bool {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let version = answer
        .pointer("/index_templates/0/index_template/version")
        .and_then(Value::as_u64);
    version.is_some_and(|version| version >= mapping::VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_current_by_its_version() {
        let real = include_str!("../tests/answers/elasticsearch-7-template.json");
        assert!(is_current(real.as_bytes()));
        assert!(is_current(
            real.replace("\"version\":1", "\"version\":7").as_bytes()
        ));
        assert!(!is_current(
            real.replace("\"version\":1", "\"version\":0").as_bytes()
        ));
        assert!(!is_current(real.replace("\"version\":1,", "").as_bytes()));
        assert!(!is_current(b"{}"));
    }
}
