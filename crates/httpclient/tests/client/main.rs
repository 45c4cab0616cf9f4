//! The client against servers on this machine.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod endpoint;
#[cfg(test)]
mod options;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod verdicts;
