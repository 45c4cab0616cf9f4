//! Which metrics share a document.

use heapster_plugin::model::{MetricId, id};

/// A family of metrics: one document a family and tag set, one alias, and in the typed layout one document type.
///
/// Source: Heapster 1.5 common/elasticsearch/mapping.go (which metric belongs where).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Family {
    Cpu,
    Filesystem,
    Memory,
    Network,
    /// Everything else: one document a value.
    General,
}

impl Family {
    pub(crate) const ALL: [Self; 5] = [
        Self::Cpu,
        Self::Filesystem,
        Self::Memory,
        Self::Network,
        Self::General,
    ];

    /// The family of a metric.
    pub(crate) fn of(metric: MetricId) -> Self {
        if (id::CPU_LIMIT..=id::CPU_USAGE_RATE).contains(&metric) {
            Self::Cpu
        } else if (id::MEMORY_CACHE..=id::MEMORY_WORKING_SET).contains(&metric) {
            Self::Memory
        } else if (id::NETWORK_RX..=id::NETWORK_TX_RATE).contains(&metric) {
            Self::Network
        } else if (id::FILESYSTEM_AVAILABLE..=id::FILESYSTEM_USAGE).contains(&metric) {
            Self::Filesystem
        } else {
            Self::General
        }
    }

    /// The document type, and the last word of the alias.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Filesystem => "filesystem",
            Self::Memory => "memory",
            Self::Network => "network",
            Self::General => "general",
        }
    }

    /// The field with the time.
    pub(crate) const fn stamp(self) -> &'static str {
        match self {
            Self::Cpu => "CpuMetricsTimestamp",
            Self::Filesystem => "FilesystemMetricsTimestamp",
            Self::Memory => "MemoryMetricsTimestamp",
            Self::Network => "NetworkMetricsTimestamp",
            Self::General => "GeneralMetricsTimestamp",
        }
    }
}

/// A set of families.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Families(u8);

impl Families {
    pub(crate) const fn insert(&mut self, family: Family) {
        self.0 |= 1 << family as u8;
    }

    pub(crate) const fn contains(self, family: Family) -> bool {
        self.0 & (1 << family as u8) != 0
    }

    pub(crate) fn is_full(self) -> bool {
        Family::ALL.into_iter().all(|family| self.contains(family))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Family> {
        Family::ALL
            .into_iter()
            .filter(move |family| self.contains(*family))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heapster_plugin::model::CATALOGUE;

    #[test]
    fn a_family_holds_what_its_prefix_says_and_the_rest_is_general() {
        for (number, metric) in CATALOGUE.iter().enumerate() {
            let prefix = metric.name.split('/').next().unwrap();
            let family = Family::of(MetricId(u32::try_from(number).unwrap()));
            let wanted = Family::ALL.into_iter().find(|family| family.name() == prefix);
            assert_eq!(family, wanted.unwrap_or(Family::General), "{}", metric.name);
        }
        let custom = MetricId(u32::try_from(CATALOGUE.len()).unwrap());
        assert_eq!(Family::of(custom), Family::General);
    }
}
