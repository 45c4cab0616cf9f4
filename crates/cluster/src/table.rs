//! The records of one kind: written by its watch, read by everyone.
//!
//! Records are sorted by namespace and name in one shared list a namespace. A reader takes the lists it needs under the lock and
//! reads them outside of it; the writer changes a list in place unless a reader holds it. So a change costs a search and a move of
//! pointers within one namespace, and nobody waits for more than that.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What a table needs to know of its records.
pub(crate) trait Record: PartialEq {
    /// Empty for kinds outside namespaces.
    fn namespace(&self) -> &str;
    fn name(&self) -> &str;
}

type List<T> = Arc<Vec<Arc<T>>>;

/// All records of one kind.
#[derive(Debug)]
pub(crate) struct Table<T>(RwLock<BTreeMap<Arc<str>, List<T>>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Record> Table<T> {
    /// All records, sorted.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        let lists: Vec<List<T>> = self.read(|lists| lists.values().cloned().collect());
        lists.iter().flat_map(|list| list.iter().cloned()).collect()
    }

    /// The records of a namespace, sorted.
    pub(crate) fn of(&self, namespace: &str) -> Vec<Arc<T>> {
        let list = self.read(|lists| lists.get(namespace).cloned());
        list.map(|list| (*list).clone()).unwrap_or_default()
    }

    /// One record.
    pub(crate) fn get(&self, namespace: &str, name: &str) -> Option<Arc<T>> {
        self.read(|lists| {
            let list = lists.get(namespace)?;
            let at = position(list, name).ok()?;
            list.get(at).cloned()
        })
    }

    /// `record` behind an `Arc`: the one that is in the table if it is equal.
    pub(crate) fn same(&self, record: T) -> Arc<T> {
        match self.get(record.namespace(), record.name()) {
            Some(known) if *known == record => known,
            _ => Arc::new(record),
        }
    }

    /// Adds or replaces a record. Answers by how many the table grew.
    pub(crate) fn put(&self, record: T) -> i64 {
        let record = self.same(record);
        let mut lists = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(list) = lists.get_mut(record.namespace()) else {
            lists.insert(record.namespace().into(), Arc::new(vec![record]));
            return 1;
        };
        match position(list, record.name()) {
            Ok(at) => {
                if let Some(place) = Arc::make_mut(list).get_mut(at) {
                    *place = record;
                }
                0
            }
            Err(at) => {
                Arc::make_mut(list).insert(at, record);
                1
            }
        }
    }

    /// Removes a record. Answers by how many the table grew.
    pub(crate) fn remove(&self, namespace: &str, name: &str) -> i64 {
        let mut lists = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(list) = lists.get_mut(namespace) else {
            return 0;
        };
        let Ok(at) = position(list, name) else {
            return 0;
        };
        Arc::make_mut(list).remove(at);
        if list.is_empty() {
            lists.remove(namespace);
        }
        -1
    }

    /// Replaces everything by `records`, given in any order; of two with one name the later one stays. Answers by how many
    /// the table grew.
    pub(crate) fn replace(&self, mut records: Vec<Arc<T>>) -> i64 {
        records.reverse();
        records.sort_by(|a, b| (a.namespace(), a.name()).cmp(&(b.namespace(), b.name())));
        records.dedup_by(|a, b| a.namespace() == b.namespace() && a.name() == b.name());
        let new: BTreeMap<Arc<str>, List<T>> = records
            .chunk_by(|a, b| a.namespace() == b.namespace())
            .filter_map(|list| Some((list.first()?.namespace().into(), Arc::new(list.to_vec()))))
            .collect();
        let mut lists = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *lists, new);
        let grown = size(&lists) - size(&old);
        drop(lists);
        grown
    }

    fn read<R>(&self, look: impl FnOnce(&BTreeMap<Arc<str>, List<T>>) -> R) -> R {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where `name` is, or where it would be inserted.
fn position<T: Record>(list: &[Arc<T>], name: &str) -> Result<usize, usize> {
    list.binary_search_by(|record| record.name().cmp(name))
}

fn size<T>(lists: &BTreeMap<Arc<str>, List<T>>) -> i64 {
    let count: usize = lists.values().map(|list| list.len()).sum();
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, PartialEq, Debug)]
    struct Thing(String, String, u8);

    impl Record for Thing {
        fn namespace(&self) -> &str {
            &self.0
        }
        fn name(&self) -> &str {
            &self.1
        }
    }

    fn thing(namespace: &str, name: &str, value: u8) -> Thing {
        Thing(namespace.to_owned(), name.to_owned(), value)
    }

    #[test]
    fn an_equal_record_keeps_its_arc() {
        let table = Table::default();
        assert_eq!(table.put(thing("a", "x", 1)), 1);
        let known = table.get("a", "x").unwrap();
        assert_eq!(table.put(thing("a", "x", 1)), 0);
        assert!(Arc::ptr_eq(&known, &table.get("a", "x").unwrap()));
        table.replace(vec![
            table.same(thing("a", "x", 1)),
            table.same(thing("b", "y", 1)),
        ]);
        assert!(Arc::ptr_eq(&known, &table.get("a", "x").unwrap()));
        table.put(thing("a", "x", 2));
        assert_eq!((known.2, table.get("a", "x").unwrap().2), (1, 2));
    }

    #[test]
    fn a_reader_keeps_what_it_took() {
        let table = Table::default();
        table.put(thing("a", "x", 1));
        let taken = table.of("a");
        table.remove("a", "x");
        assert_eq!((taken.len(), table.of("a").len(), table.all().len()), (1, 0, 0));
        assert!(table.0.read().unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn a_table_is_a_sorted_map(steps in proptest::collection::vec((0_u8..3, "[ab]", "[a-d]", 0_u8..3), 0..40)) {
            let table = Table::default();
            let mut model: BTreeMap<(String, String), Thing> = BTreeMap::new();
            let mut count = 0;
            for (step, namespace, name, value) in steps {
                let one = thing(&namespace, &name, value);
                let key = (namespace.clone(), name.clone());
                count += match step {
                    0 => { model.remove(&key); table.remove(&namespace, &name) }
                    1 => { model.insert(key, one.clone()); table.put(one) }
                    _ => {
                        model.retain(|key, _| key.0 == namespace);
                        let kept: Vec<_> = model.values().rev().cloned().map(|kept| table.same(kept)).collect();
                        table.replace(kept)
                    }
                };
                let all: Vec<Thing> = table.all().iter().map(|one| (**one).clone()).collect();
                prop_assert_eq!(all, model.values().cloned().collect::<Vec<_>>());
                prop_assert_eq!(usize::try_from(count).unwrap(), model.len());
            }
        }
    }
}
