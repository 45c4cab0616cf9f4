//! Room for connections: so many in all, and half as many from one address, so that nobody can take all the room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts open connections.
#[derive(Debug)]
pub(crate) struct Room {
    all: usize,
    /// How many, and how many by address.
    open: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// The place of one open connection; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    address: IpAddr,
}

impl Room {
    /// Room for `all` connections, at least one.
    pub(crate) fn new(all: usize) -> Self {
        Self {
            all: all.max(1),
            open: Mutex::default(),
        }
    }

    /// A place for a connection from `address`, if there is one. An IPv4 address counts as itself in IPv6 clothing, too.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, by_address) = &mut *open;
        let own = by_address.get(&address).copied().unwrap_or(0);
        if *count >= self.all || own >= self.all.div_ceil(2) {
            return None;
        }
        *count += 1;
        by_address.insert(address, own + 1);
        Some(Place {
            room: self.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.room.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, by_address) = &mut *open;
        *count = count.saturating_sub(1);
        if let Some(own) = by_address.get_mut(&self.address) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_gets_half_of_the_room_in_either_clothing() {
        let room = Arc::new(Room::new(4));
        let _one = room.take(address("10.0.0.1")).unwrap();
        let two = room.take(address("::ffff:10.0.0.1")).unwrap();
        assert!(room.take(address("10.0.0.1")).is_none());
        assert!(room.take(address("10.0.0.2")).is_some());
        drop(two);
        assert!(room.take(address("10.0.0.1")).is_some());
    }

    #[test]
    fn all_addresses_together_get_all_of_the_room() {
        let room = Arc::new(Room::new(4));
        let places: Vec<_> = (1..=4)
            .filter_map(|last| room.take(address(&format!("10.0.0.{last}"))))
            .collect();
        assert_eq!(places.len(), 4);
        assert!(room.take(address("10.0.0.9")).is_none());
        drop(places);
        assert_eq!(room.open.lock().unwrap().1.len(), 0);
    }
}
