//! What a record of the legacy answer is about, by its name and its labels.

use crate::decode::json::{Fields, Text, skip};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The labels that Kubernetes puts on its containers.
#[derive(Default)]
pub(super) struct Names<'de> {
    container: Cow<'de, str>,
    namespace: Cow<'de, str>,
    pod: Cow<'de, str>,
    pub(super) uid: Cow<'de, str>,
}

impl<'de> Fields<'de> for Names<'de> {
    fn field<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "io.kubernetes.container.name" => map.next_value_seed(Text(&mut self.container)),
            "io.kubernetes.pod.namespace" => map.next_value_seed(Text(&mut self.namespace)),
            "io.kubernetes.pod.name" => map.next_value_seed(Text(&mut self.pod)),
            "io.kubernetes.pod.uid" => map.next_value_seed(Text(&mut self.uid)),
            _ => skip(map),
        }
    }
}

/// What a record is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    /// The machine.
    Node,
    /// A container without a pod, by its path without the first slash.
    System(&'a str),
    /// A pod, by its infra container.
    Pod { namespace: &'a str, pod: &'a str },
    /// A container of a pod.
    Container {
        namespace: &'a str,
        pod: &'a str,
        container: &'a str,
    },
}

impl Names<'_> {
    /// Source: Heapster 1.5 metrics/sources/kubelet/kubelet.go. Kubernetes 1.0 wrote the pod as `NAMESPACE/NAME` and the container
    /// only into Docker's name, `k8s_CONTAINER.HASH_…`.
    pub(super) fn subject<'a>(&'a self, name: &'a str) -> Subject<'a> {
        if name == "/" {
            return Subject::Node;
        }
        let (namespace, pod) = match self.pod.split_once('/') {
            Some(parts) if self.namespace.is_empty() => parts,
            _ => (&*self.namespace, &*self.pod),
        };
        let container = match name.find('.') {
            Some(dot) if self.container.is_empty() => name.get(4..dot).unwrap_or(""),
            _ => &*self.container,
        };
        if namespace.is_empty() || pod.is_empty() || container.is_empty() {
            return Subject::System(name.strip_prefix('/').unwrap_or(name));
        }
        if container == "POD" {
            return Subject::Pod { namespace, pod };
        }
        Subject::Container {
            namespace,
            pod,
            container,
        }
    }
}

/// The first text of a list.
pub(super) struct First<'a, 'de>(pub(super) &'a mut Option<Cow<'de, str>>);

impl<'de> DeserializeSeed<'de> for First<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for First<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut first = Cow::Borrowed("");
        if list.next_element_seed(Text(&mut first))?.is_some() && !first.is_empty() {
            *self.0 = Some(first);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}
