//! The client against servers on this machine.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tls;
