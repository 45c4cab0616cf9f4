//! JSON into structs without refusing any: a part of another shape than expected reads as if it were not there.
//!
//! One object that an extension spoilt must not cost the list of all others, which is one document to the API client. Parts are
//! told apart while reading, so nothing is buffered.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// What can be made of some shapes of JSON; of the others the default is made.
pub(crate) trait Shape<'de>: Default {
    fn text(_: &str) -> Self {
        Self::default()
    }
    fn integer(_: i64) -> Self {
        Self::default()
    }
    fn float(_: f64) -> Self {
        Self::default()
    }
    fn truth(_: bool) -> Self {
        Self::default()
    }
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Reads any JSON as `T`; for `deserialize_with`. Errors: malformed JSON only.
pub(crate) fn loose<'de, D: Deserializer<'de>, T: Shape<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Any(PhantomData))
}

/// Makes structs with `Deserialize` readable by [`loose`].
macro_rules! objects {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> crate::loose::Shape<'de> for $type {
            fn object<A: serde::de::MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
                crate::loose::delegate(object)
            }
        }
    )+};
}
pub(crate) use objects;

/// What [`objects`] calls.
pub(crate) fn delegate<'de, T: Deserialize<'de>, A: MapAccess<'de>>(object: A) -> Result<T, A::Error> {
    T::deserialize(MapAccessDeserializer::new(object))
}

impl Shape<'_> for Option<String> {
    fn text(text: &str) -> Self {
        Some(text.to_owned())
    }
    fn integer(number: i64) -> Self {
        Some(number.to_string())
    }
    fn float(number: f64) -> Self {
        Some(number.to_string())
    }
}

impl Shape<'_> for String {
    fn text(text: &str) -> Self {
        text.to_owned()
    }
}

impl Shape<'_> for Option<i64> {
    fn integer(number: i64) -> Self {
        Some(number)
    }
}

impl Shape<'_> for bool {
    fn truth(value: bool) -> Self {
        value
    }
}

impl<'de, T: Shape<'de>> Shape<'de> for Vec<T> {
    fn list<A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut all = Self::new();
        while let Some(Loose(one)) = list.next_element()? {
            all.push(one);
        }
        Ok(all)
    }
}

/// An object of texts and numbers as pairs, in the order of the document; entries of other shapes are left out.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Pairs(pub(crate) Vec<(String, String)>);

impl Pairs {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }
}

impl<'de> Shape<'de> for Pairs {
    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut all = Vec::with_capacity(object.size_hint().unwrap_or(0));
        while let Some((key, Loose(value))) = object.next_entry::<String, Loose<Option<String>>>()? {
            all.extend(value.map(|value| (key, value)));
        }
        Ok(Self(all))
    }
}

struct Loose<T>(T);

impl<'de, T: Shape<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        loose(deserializer).map(Self)
    }
}

struct Any<T>(PhantomData<T>);

impl<'de, T: Shape<'de>> Visitor<'de> for Any<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }
    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::integer(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::integer(i64::try_from(number).unwrap_or(i64::MAX)))
    }
    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::float(number))
    }
    fn visit_bool<E>(self, value: bool) -> Result<T, E> {
        Ok(T::truth(value))
    }
    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_none<E>(self) -> Result<T, E> {
        Ok(T::default())
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        loose(deserializer)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::object(object)
    }
}
