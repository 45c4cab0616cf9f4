//! The definitions that the server has at the start.

use crate::cache::Cache;
use crate::id::{self, Type};
use crate::tags;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// One definition, as far as it matters.
#[derive(Deserialize)]
struct Definition<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    of_type: Cow<'a, str>,
    #[serde(borrow, default, rename = "tenantId", alias = "tenant")]
    tenant: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    tags: HashMap<Cow<'a, str>, Cow<'a, str>>,
}

/// Puts the definitions in `json`, an array, into the cache, one after the other; those without a tenant are `tenant`'s.
///
/// # Errors
/// It is no array of definitions. What was read so far stays known.
pub(crate) fn learn(json: &[u8], tenant: &str, cache: &mut Cache) -> Result<usize, serde_json::Error> {
    Learn { tenant, cache }.deserialize(&mut serde_json::Deserializer::from_slice(json))
}

struct Learn<'a> {
    tenant: &'a str,
    cache: &'a mut Cache,
}

impl<'de> DeserializeSeed<'de> for Learn<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Learn<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of definitions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while let Some(one) = all.next_element::<Definition<'de>>()? {
            let Some(of_type) = Type::named(&one.of_type) else {
                continue;
            };
            let tenant = one.tenant.as_deref().unwrap_or(self.tenant);
            let tags = one
                .tags
                .iter()
                .fold(0, |sum, (key, value)| sum ^ tags::hash(key, value));
            self.cache
                .learn(id::key(id::owner(of_type, tenant), &one.id), tags);
            count += 1;
        }
        Ok(count)
    }
}
