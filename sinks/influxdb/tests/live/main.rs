//! Real servers on this machine: what was written reads back. `ci/setup` installs them; a test whose server is not there says
//! SKIPPED, and fails when HEAPSTER_REQUIRE_ALL is set.

#[cfg(test)]
mod administration;
#[cfg(test)]
mod points;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod server;

use heapster_sink_influxdb as _;
