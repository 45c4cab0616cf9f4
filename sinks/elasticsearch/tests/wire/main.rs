//! What goes over the wire, and what becomes of the values.

use heapster_sink_elasticsearch as _;

#[cfg(test)]
mod fake;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod layouts;
