//! Reading JSON without a tree: each value goes from the text into the field it is for.
//!
//! Every reader takes every JSON value. A value of another type than expected is skipped and leaves its field as it was, so that
//! one odd field costs nothing else; of a repeated field the last usable value counts. Text is borrowed unless it holds an
//! escape.

use super::time;
use heapster_plugin::model::{Timestamp, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// An object whose fields are read one by one.
pub(crate) trait Fields<'de> {
    /// Reads the value of `key` from `map`, or skips it with [`skip`].
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Skips a value.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Writes visitor methods that skip what they are given.
macro_rules! skips {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E: serde::de::Error>(self, _: $type) -> Result<(), E> {
            Ok(())
        })*
    };
    (null) => {
        fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
            Ok(())
        }
    };
    (list) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(())
        }
    };
    (object) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(())
        }
    };
}

/// Makes a visitor its own seed.
macro_rules! seed {
    () => {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
            from.deserialize_any(self)
        }
    };
}

macro_rules! expecting {
    ($what:literal) => {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str($what)
        }
    };
}

/// 2^63: one more than the largest `i64`.
const LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// An integer that cannot be negative; a fraction is cut off. What passes the largest `i64` is no measure but a counter that
/// wrapped below zero, and is left out like a negative one: held at the limit, it would drown every sum and rate it is in.
pub(crate) struct Int<'a>(pub(crate) &'a mut Option<i64>);

impl<'de> DeserializeSeed<'de> for Int<'_> {
    seed!();
}

impl<'de> Visitor<'de> for Int<'_> {
    expecting!("a number");
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        *self.0 = i64::try_from(value).ok().or(*self.0);
        Ok(())
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        if (0.0..LIMIT).contains(&value) {
            *self.0 = Some(Value::Float(value).as_i64());
        }
        Ok(())
    }
    skips!(visit_i64: i64, visit_bool: bool, visit_str: &str);
    skips!(null);
    skips!(list);
    skips!(object);
}

/// A number of any kind, whole ones exactly.
pub(crate) struct Number<'a>(pub(crate) &'a mut Option<Value>);

impl<'de> DeserializeSeed<'de> for Number<'_> {
    seed!();
}

impl<'de> Visitor<'de> for Number<'_> {
    expecting!("a number");
    #[allow(clippy::cast_precision_loss)] // beyond i64 only a float is left
    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        *self.0 = Some(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int));
        Ok(())
    }
    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        *self.0 = Some(Value::Int(value));
        Ok(())
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        *self.0 = Some(Value::Float(value));
        Ok(())
    }
    skips!(visit_bool: bool, visit_str: &str);
    skips!(null);
    skips!(list);
    skips!(object);
}

/// `true` or `false`.
pub(crate) struct Flag<'a>(pub(crate) &'a mut bool);

impl<'de> DeserializeSeed<'de> for Flag<'_> {
    seed!();
}

impl<'de> Visitor<'de> for Flag<'_> {
    expecting!("true or false");
    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        *self.0 = value;
        Ok(())
    }
    skips!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
    skips!(null);
    skips!(list);
    skips!(object);
}

/// A time. Year 1 and text that is no time make the field empty.
pub(crate) struct Time<'a>(pub(crate) &'a mut Option<Timestamp>);

impl<'de> DeserializeSeed<'de> for Time<'_> {
    seed!();
}

impl<'de> Visitor<'de> for Time<'_> {
    expecting!("an RFC 3339 time");
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        *self.0 = time::parse(text);
        Ok(())
    }
    skips!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_bool: bool);
    skips!(null);
    skips!(list);
    skips!(object);
}

/// Text, borrowed from the document where it can be.
pub(crate) struct Text<'a, 'de>(pub(crate) &'a mut Cow<'de, str>);

impl<'de> DeserializeSeed<'de> for Text<'_, 'de> {
    seed!();
}

impl<'de> Visitor<'de> for Text<'_, 'de> {
    expecting!("text");
    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<(), E> {
        *self.0 = Cow::Borrowed(text);
        Ok(())
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        *self.0 = Cow::Owned(text.to_owned());
        Ok(())
    }
    skips!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_bool: bool);
    skips!(null);
    skips!(list);
    skips!(object);
}

/// An object inside another one.
pub(crate) struct Object<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Fields<'de>> DeserializeSeed<'de> for Object<'_, T> {
    seed!();
}

impl<'de, T: Fields<'de>> Visitor<'de> for Object<'_, T> {
    expecting!("an object");
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Key<'de>>()? {
            self.0.field(&key.0, &mut map)?;
        }
        Ok(())
    }
    skips!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_bool: bool, visit_str: &str);
    skips!(null);
    skips!(list);
}

/// A list of objects: each is read into `slot`, then handed to `done`, which leaves the slot empty for the next one.
pub(crate) struct List<'a, T, F> {
    pub(crate) slot: &'a mut T,
    pub(crate) done: F,
}

impl<'de, T: Fields<'de>, F: FnMut(&mut T)> DeserializeSeed<'de> for List<'_, T, F> {
    seed!();
}

impl<'de, T: Fields<'de>, F: FnMut(&mut T)> Visitor<'de> for List<'_, T, F> {
    expecting!("a list");
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Object(&mut *self.slot))?.is_some() {
            (self.done)(self.slot);
        }
        Ok(())
    }
    skips!(visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_bool: bool, visit_str: &str);
    skips!(null);
    skips!(object);
}

/// A list of objects, each added to `to`.
pub(crate) fn all<'a, 'de, T: Fields<'de> + Default + 'a>(
    slot: &'a mut T,
    to: &'a mut Vec<T>,
) -> List<'a, T, impl FnMut(&mut T) + 'a> {
    List {
        slot,
        done: |item: &mut T| to.push(std::mem::take(item)),
    }
}

/// The name of a field.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }
            fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(Name)
    }
}

/// Reads a whole document, which must be one object, into `root`.
///
/// Errors: what is no JSON, ends early, has more behind it or is no object, with line and column. Bytes that are no UTF-8 are
/// read as the replacement character.
pub(crate) fn document<R: Root>(body: &[u8], root: R) -> Result<R::Output, serde_json::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => root.read(&mut serde_json::Deserializer::from_str(text)),
        Err(_) => root.read(&mut serde_json::Deserializer::from_str(&String::from_utf8_lossy(
            body,
        ))),
    }
}

/// What a document is read into, whatever its lifetime.
pub(crate) trait Root {
    type Output;
    fn read<'de>(
        self,
        from: &mut serde_json::Deserializer<serde_json::de::StrRead<'de>>,
    ) -> Result<Self::Output, serde_json::Error>;
}

/// Reads the outermost object into `fields` and checks that nothing follows.
pub(crate) fn outermost<'de, T: Fields<'de>>(
    from: &mut serde_json::Deserializer<serde_json::de::StrRead<'de>>,
    fields: &mut T,
) -> Result<(), serde_json::Error> {
    struct Outermost<'a, T>(&'a mut T);
    impl<'de, T: Fields<'de>> Visitor<'de> for Outermost<'_, T> {
        expecting!("a JSON object");
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
            Object(self.0).visit_map(map)
        }
    }
    from.deserialize_map(Outermost(fields))?;
    from.end()
}
