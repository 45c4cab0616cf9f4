//! What the cluster consists of, and the keys of its entities.
//!
//! Everything a kubelet says is a pure function of the [`Shape`], the entity and the second: nothing is stored for a value, and a
//! test can work out what any answer must hold.

use crate::values::{Entity, mix};
use crate::world::{Node, Pod};

/// The second before which the pods and nodes of the first generation started: 2026-01-01T00:00:00Z.
pub const EPOCH: i64 = 1_767_225_600;
/// The system containers of every node.
pub const SYSTEM_CONTAINERS: [&str; 3] = ["kubelet", "runtime", "pods"];

const NODE: u64 = 1;
const POD: u64 = 2;
const SYSTEM: u64 = 3;
const MIB: u64 = 1 << 20;

/// Sizes of a cluster and the seed of all its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Other seeds give other values, not other names.
    pub seed: u64,
    /// Number of nodes.
    pub nodes: u32,
    /// Pods on each node.
    pub pods: u32,
    /// Containers a pod, in thousandths: 1,300 gives 70 % of the pods one container and 30 % two.
    pub containers_milli: u32,
    /// Volumes of each pod.
    pub volumes: u32,
    /// Number of namespaces, over which the pods are spread evenly.
    pub namespaces: u32,
    /// A kubelet takes a new sample of a pod every so many seconds and repeats it in between; at least 1.
    pub sample_seconds: u32,
    /// Each container restarts every so many seconds, its counters with it; 0 is never.
    pub restart_seconds: u32,
    /// The clock of each node is off by at most this many seconds either way.
    pub skew_seconds: u32,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            seed: 1,
            nodes: 10,
            pods: 30,
            containers_milli: 1_300,
            volumes: 1,
            namespaces: 20,
            sample_seconds: 1,
            restart_seconds: 0,
            skew_seconds: 0,
        }
    }
}

/// What a container asks for, as the API server tells it.
///
/// Units: thousandths of a core, bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub struct Requests {
    pub cpu_request_millis: u64,
    pub cpu_limit_millis: u64,
    pub memory_request_bytes: u64,
    pub memory_limit_bytes: u64,
}

impl Shape {
    fn place(&self, kind: u64, number: u32, generation: u32) -> u64 {
        mix(
            mix(self.seed, kind),
            (u64::from(generation) << 32) | u64::from(number),
        )
    }

    /// The node itself.
    #[must_use]
    pub fn node(&self, node: &Node) -> Entity {
        let key = self.place(NODE, node.index, node.generation);
        Entity::new(key, node.born, 40)
    }

    /// The system container of this place in [`SYSTEM_CONTAINERS`].
    #[must_use]
    pub fn system(&self, node: &Node, place: u32) -> Entity {
        let key = mix(
            self.place(NODE, node.index, node.generation),
            SYSTEM + u64::from(place),
        );
        Entity::new(key, node.born + 1, 4)
    }

    /// How far the clock of the node of this number is off, in seconds.
    #[must_use]
    pub fn skew(&self, node: u32) -> i64 {
        let most = u64::from(self.skew_seconds);
        let draw = mix(self.place(NODE, node, 0), 99) % (2 * most + 1);
        i64::try_from(draw).unwrap_or(0) - i64::from(self.skew_seconds)
    }

    /// The pod: its network and volumes. Its CPU and memory are the sums of its containers.
    #[must_use]
    pub fn pod(&self, pod: &Pod) -> Entity {
        let number = pod.node.wrapping_mul(self.pods).wrapping_add(pod.slot);
        Entity::new(self.place(POD, number, pod.generation), pod.born, 1)
    }

    /// How many containers the pod has.
    #[must_use]
    pub fn containers(&self, pod: &Pod) -> u32 {
        let more = self.pod(pod).draw(1) % 1_000 < u64::from(self.containers_milli % 1_000);
        (self.containers_milli / 1_000 + u32::from(more)).max(1)
    }

    /// The container of this place in the pod, as it runs at `second`.
    #[must_use]
    pub fn container(&self, pod: &Pod, place: u32, second: i64) -> Entity {
        let of = self.pod(pod);
        let first = of.start + 1 + i64::from(place);
        let key = mix(of.key, 100 + u64::from(place));
        Entity::new(key, self.started(key, first, second), 1)
    }

    /// The last start up to `second` of what first started at `first`.
    fn started(&self, key: u64, first: i64, second: i64) -> i64 {
        if self.restart_seconds == 0 || second <= first {
            return first;
        }
        let every = i64::from(self.restart_seconds);
        let phase = i64::try_from(mix(key, 98) % u64::from(self.restart_seconds)).unwrap_or(0);
        let since = second - first;
        first + ((since + phase) / every * every - phase).max(0)
    }

    /// The second of the newest sample of `entity` at `second`.
    #[must_use]
    pub fn sampled(&self, entity: &Entity, second: i64) -> i64 {
        let every = i64::from(self.sample_seconds.max(1));
        if every == 1 {
            return second;
        }
        let phase = i64::try_from(mix(entity.key, 97) % u64::from(self.sample_seconds)).unwrap_or(0);
        (second - phase).div_euclid(every) * every + phase
    }

    /// The namespace of a pod, from 0.
    #[must_use]
    pub fn namespace(&self, pod: &Pod) -> u32 {
        pod.node.wrapping_add(pod.slot) % self.namespaces.max(1)
    }

    /// What the container of this place asks for.
    #[must_use]
    pub fn requests(&self, pod: &Pod, place: u32) -> Requests {
        let key = mix(self.pod(pod).key, 200 + u64::from(place));
        let cpu = 10 * (1 + key % 50);
        let memory = 16 * MIB * (1 + (key >> 8) % 16);
        Requests {
            cpu_request_millis: cpu,
            cpu_limit_millis: 2 * cpu,
            memory_request_bytes: memory,
            memory_limit_bytes: 2 * memory,
        }
    }
}

#[cfg(test)]
mod tests;
