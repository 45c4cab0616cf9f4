//! Names and addresses; all are worked out from numbers.

use crate::world::{Node, Pod};
use std::net::Ipv4Addr;

/// Nodes that have an address each: 127.1.0.1 to 127.254.249.250.
pub const MOST_NODES: u32 = 254 * 250 * 250;

/// `node-00012`; from the second generation on `node-00012-1`.
#[must_use]
pub fn node(node: &Node) -> String {
    node_of(node.index, node.generation)
}

/// The name of the node of this number and generation.
#[must_use]
pub fn node_of(index: u32, generation: u32) -> String {
    if generation == 0 {
        format!("node-{index:05}")
    } else {
        format!("node-{index:05}-{generation}")
    }
}

/// The number of the node of this name, whatever its generation.
#[must_use]
pub fn node_number(name: &str) -> Option<u32> {
    let rest = name.strip_prefix("node-")?;
    rest.split('-').next()?.parse().ok()
}

/// `web-00012-034-0`: node, place on the node, generation.
#[must_use]
pub fn pod(pod: &Pod) -> String {
    format!("web-{:05}-{:03}-{}", pod.node, pod.slot, pod.generation)
}

/// `ns-07`
#[must_use]
pub fn namespace(number: u32) -> String {
    format!("ns-{number:02}")
}

/// `main`, `sidecar`, `extra-2`, …
#[must_use]
pub fn container(place: u32) -> String {
    match place {
        0 => "main".to_owned(),
        1 => "sidecar".to_owned(),
        _ => format!("extra-{place}"),
    }
}

/// A UUID made from a key.
#[must_use]
pub fn uid(key: u64) -> String {
    let low = crate::values::mix(key, 1);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        key >> 32,
        (key >> 16) & 0xffff,
        key & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}

/// The loopback address of the node of this number: 127.1.0.1, 127.1.0.2, … 250 to a network, 250 networks to the next.
#[must_use]
pub fn address(node: u32) -> Ipv4Addr {
    let byte = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    Ipv4Addr::new(
        127,
        byte(1 + node / 62_500),
        byte(node / 250 % 250),
        byte(1 + node % 250),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_node_has_an_address_of_its_own_inside_loopback() {
        let all: BTreeSet<_> = (0..130_000).map(address).collect();
        assert_eq!(all.len(), 130_000);
        assert!(all.iter().all(Ipv4Addr::is_loopback));
        assert_eq!(address(MOST_NODES - 1), Ipv4Addr::new(127, 254, 249, 250));
    }

    #[test]
    fn a_name_leads_back_to_its_node() {
        assert_eq!(node_number(&node_of(12, 0)), Some(12));
        assert_eq!(node_number(&node_of(12, 3)), Some(12));
        assert_eq!(node_number("web-1"), None);
    }
}
