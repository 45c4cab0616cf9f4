//! Network counters of the interface behind the default route.
//!
//! A kubelet reports one default interface; this takes the interfaces of all IPv4 default routes, or of the IPv6 ones
//! where there is none, or, on a machine without default route, those with hardware behind them. Bridges and the machine's
//! inner ends of containers are thereby left out.

use crate::files::{Files, reason};
use crate::flat::int;
use heapster_plugin::model::{Point, id};
use procfs::net::{DeviceStatus, InterfaceDeviceStatus, RouteEntries, RouteEntry};
use procfs::prelude::FromBufRead;
use std::collections::{BTreeSet, HashMap};

const UP: u32 = 0x1;
const REJECT: u32 = 0x200;

/// Which interfaces were summed last.
#[derive(Default, Debug)]
pub(crate) struct Network(Option<BTreeSet<String>>);

impl Network {
    /// Adds `network/rx`, `tx` and their errors.
    ///
    /// Shape: four points, or none: without an interface, and for the one cycle in which the route moved to another
    /// interface, as the distance between two interfaces' counters is no traffic.
    /// Units: bytes and packets since the interfaces came up.
    /// Errors: none; a file that cannot be read is counted.
    /// Source: proc_net(5).
    pub(crate) fn push(&mut self, files: &mut Files, out: &mut Vec<Point>) {
        let path = files.of_machine("net/dev");
        let read = files.read("net/dev", &path, |text| {
            InterfaceDeviceStatus::from_buf_read(text).map_err(reason)
        });
        let Some(InterfaceDeviceStatus(devices)) = read else {
            return;
        };
        let mut interfaces = default_interfaces(files);
        if interfaces.is_empty() {
            interfaces = hardware(files, &devices);
        }
        let moved = self.0.as_ref().is_some_and(|before| *before != interfaces);
        if !moved && !interfaces.is_empty() {
            let mut push = |metric, of: fn(&DeviceStatus) -> u64| {
                let sum = interfaces
                    .iter()
                    .filter_map(|name| devices.get(name))
                    .map(of)
                    .fold(0, u64::saturating_add);
                out.push(Point::cumulative(metric, int(sum)));
            };
            push(id::NETWORK_RX, |device| device.recv_bytes);
            push(id::NETWORK_RX_ERRORS, |device| device.recv_errs);
            push(id::NETWORK_TX, |device| device.sent_bytes);
            push(id::NETWORK_TX_ERRORS, |device| device.sent_errs);
        }
        self.0 = Some(interfaces);
    }
}

fn default_interfaces(files: &mut Files) -> BTreeSet<String> {
    let path = files.of_machine("net/route");
    let read = files.read("net/route", &path, |text| {
        RouteEntries::from_buf_read(text).map_err(reason)
    });
    let routes = read.map_or_else(Vec::new, |RouteEntries(routes)| routes);
    let found: BTreeSet<String> = routes
        .into_iter()
        .filter(is_default)
        .map(|route| route.iface)
        .collect();
    if !found.is_empty() {
        return found;
    }
    // Absent where IPv6 is switched off.
    let path = files.of_machine("net/ipv6_route");
    let read = files.read_if_there("net/ipv6_route", &path, |text| {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        Ok(text
            .lines()
            .filter_map(default_of_ipv6)
            .map(str::to_owned)
            .collect())
    });
    read.unwrap_or_default()
}

/// The interfaces of a machine without default route: those of a device, or, in a container, all but the loopback.
fn hardware(files: &Files, devices: &HashMap<String, DeviceStatus>) -> BTreeSet<String> {
    let class = files.path("sys/class/net");
    let all = || devices.keys().filter(|name| *name != "lo");
    let real: BTreeSet<String> = all()
        .filter(|name| class.join(name).join("device").exists())
        .cloned()
        .collect();
    if real.is_empty() {
        all().cloned().collect()
    } else {
        real
    }
}

fn is_default(route: &RouteEntry) -> bool {
    let flags = u32::from(route.flags);
    route.destination.is_unspecified()
        && route.mask.is_unspecified()
        && flags & UP != 0
        && flags & REJECT == 0
}

/// The interface of a line of `/proc/net/ipv6_route`, if it is a default route: destination, its length, source, its
/// length, next hop, metric, references, uses, flags (all hexadecimal), interface.
fn default_of_ipv6(line: &str) -> Option<&str> {
    let mut fields = line.split_whitespace();
    let destination = fields.next()?;
    let length = fields.next()?;
    let flags = u32::from_str_radix(fields.nth(6)?, 16).ok()?;
    let interface = fields.next()?;
    let everywhere = destination.bytes().all(|digit| digit == b'0') && length == "00";
    (everywhere && flags & UP != 0 && flags & REJECT == 0 && interface != "lo").then_some(interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = "00000000000000000000000000000000";

    #[test]
    fn an_ipv6_default_route_names_its_interface() {
        let hop = "fe800000000000000000000000000001";
        let line = format!("{ZERO} 00 {ZERO} 00 {hop} 00000400 00000001 00000000 00000003     eth0");
        assert_eq!(default_of_ipv6(&line), Some("eth0"));
    }

    #[test]
    fn the_kernels_unreachable_route_is_none() {
        let line = format!("{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo");
        assert_eq!(default_of_ipv6(&line), None);
        assert_eq!(default_of_ipv6("half a line"), None);
    }
}
