//! Against real servers: what is written is read back and compared. A VictoriaMetrics is started by the tests themselves, an
//! OpenTSDB on HBase when `ci/opentsdb` runs them; a test whose server is not there says SKIPPED.

use heapster_sink_opentsdb as _;

#[cfg(test)]
mod database;
#[cfg(test)]
mod opentsdb;
#[cfg(test)]
mod points;
#[cfg(test)]
mod server;
#[cfg(test)]
mod victoria;
