//! The source as the core uses it, over folders that look like a machine's root.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod cgroups;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hanging;
#[cfg(test)]
mod lifetimes;
#[cfg(test)]
mod node;
#[cfg(test)]
mod odd_files;
#[cfg(test)]
mod this_machine;
