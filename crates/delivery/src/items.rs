//! A parcel for tests: numbers, so that each item can be followed.

use crate::condition::{Conditions, Field};
use crate::parcel::Parcel;
use heapster_plugin::model::Timestamp;
use std::io::{self, Write};
use std::sync::Arc;

/// Items of one cycle. `REPLACEABLE` is as a parameter, as metrics are and events are not.
#[derive(Debug)]
pub(crate) struct Items<const REPLACEABLE: bool = true> {
    pub(crate) secs: i64,
    pub(crate) items: Vec<u64>,
}

pub(crate) fn items(secs: i64, items: impl IntoIterator<Item = u64>) -> Arc<Items> {
    Arc::new(Items {
        secs,
        items: items.into_iter().collect(),
    })
}

impl<const REPLACEABLE: bool> Items<REPLACEABLE> {
    /// Those at odd places.
    pub(crate) fn half(&self) -> Arc<Self> {
        let items = self.items.iter().skip(1).step_by(2).copied().collect();
        Arc::new(Self {
            secs: self.secs,
            items,
        })
    }
}

impl<const REPLACEABLE: bool> Parcel for Items<REPLACEABLE> {
    const KIND: u8 = b't';
    const REPLACEABLE: bool = REPLACEABLE;
    type Filter = Field;
    type Context = ();

    fn count(&self) -> usize {
        self.items.len()
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_secs(self.secs)
    }

    fn compile(mut conditions: Conditions) -> Result<Field, String> {
        conditions
            .take("item")
            .ok_or_else(|| "items have no other field".to_owned())
    }

    fn pass(parcel: &Arc<Self>, filter: &Field) -> Option<Arc<Self>> {
        let passes = |item: &&u64| filter.passes(&item.to_string());
        let items: Vec<u64> = parcel.items.iter().filter(passes).copied().collect();
        assert!(!items.contains(&666), "a filter that fails");
        (!items.is_empty()).then(|| {
            Arc::new(Self {
                secs: parcel.secs,
                items,
            })
        })
    }

    fn encode(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.secs.to_le_bytes())?;
        self.items
            .iter()
            .try_for_each(|item| out.write_all(&item.to_le_bytes()))
    }

    fn decode(bytes: &[u8], (): &()) -> Result<Self, &'static str> {
        let (numbers, rest) = bytes.as_chunks::<8>();
        let mut numbers = numbers.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let secs = numbers.next().filter(|_| rest.is_empty()).ok_or("cut")?;
        Ok(Self {
            secs: secs.cast_signed(),
            items: numbers.collect(),
        })
    }
}
