//! The metrics that are known at compile time.
//!
//! Source: Heapster 1.5 metrics/core/metrics.go (names, types, units); the descriptions are ours.

use super::metric::{Metric, MetricId, MetricType, Units, ValueType};

macro_rules! catalogue {
    ($($constant:ident $name:literal $type:ident $value:ident $units:ident $labeled:literal $about:literal;)+) => {
        /// All metrics with a fixed meaning, sorted bytewise by name. The index is the number of the [`MetricId`].
        pub const CATALOGUE: &[Metric] = &[$(Metric {
            name: $name,
            about: $about,
            metric_type: MetricType::$type,
            value_type: ValueType::$value,
            units: Units::$units,
            labeled: $labeled,
        }),+];

        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($constant),+ }

        /// The ids of the [`CATALOGUE`], by name in capitals.
        pub mod id {
            use super::{Index, MetricId};
            $(#[doc = concat!("`", $name, "`: ", $about)]
            pub const $constant: MetricId = MetricId(Index::$constant as u32);)+
        }
    };
}

#[rustfmt::skip]
catalogue! {
    ACCELERATOR_DUTY_CYCLE               "accelerator/duty_cycle"             Gauge      Int64  Count        true  "Percent of the last ten seconds in which an accelerator was busy";
    ACCELERATOR_MEMORY_TOTAL             "accelerator/memory_total"           Gauge      Int64  Bytes        true  "Memory of an accelerator";
    ACCELERATOR_MEMORY_USED              "accelerator/memory_used"            Gauge      Int64  Bytes        true  "Allocated memory of an accelerator";
    CPU_LIMIT                            "cpu/limit"                          Gauge      Int64  Count        false "CPU hard limit in millicores";
    CPU_LOAD                             "cpu/load"                           Gauge      Int64  Count        false "CPU load: runnable threads times 1000";
    CPU_NODE_ALLOCATABLE                 "cpu/node_allocatable"               Gauge      Double Count        false "CPU of the node that pods can get, in millicores";
    CPU_NODE_CAPACITY                    "cpu/node_capacity"                  Gauge      Double Count        false "CPU capacity of the node, in millicores";
    CPU_NODE_RESERVATION                 "cpu/node_reservation"               Gauge      Double Count        false "CPU requested as a share of what pods can get";
    CPU_NODE_UTILIZATION                 "cpu/node_utilization"               Gauge      Double Count        false "CPU in use as a share of what pods can get";
    CPU_REQUEST                          "cpu/request"                        Gauge      Int64  Count        false "CPU request in millicores";
    CPU_USAGE                            "cpu/usage"                          Cumulative Int64  Nanoseconds  false "CPU time used on all cores";
    CPU_USAGE_RATE                       "cpu/usage_rate"                     Gauge      Int64  Count        false "CPU usage on all cores in millicores";
    DISK_IO_READ_BYTES                   "disk/io_read_bytes"                 Cumulative Int64  Bytes        true  "Bytes read from a disk";
    DISK_IO_READ_BYTES_RATE              "disk/io_read_bytes_rate"            Gauge      Double Count        true  "Bytes read from a disk per second";
    DISK_IO_WRITE_BYTES                  "disk/io_write_bytes"                Cumulative Int64  Bytes        true  "Bytes written to a disk";
    DISK_IO_WRITE_BYTES_RATE             "disk/io_write_bytes_rate"           Gauge      Double Count        true  "Bytes written to a disk per second";
    EPHEMERAL_STORAGE_LIMIT              "ephemeral_storage/limit"            Gauge      Int64  Bytes        false "Ephemeral storage hard limit";
    EPHEMERAL_STORAGE_NODE_ALLOCATABLE   "ephemeral_storage/node_allocatable" Gauge      Double Count        false "Ephemeral storage of the node that pods can get, in bytes";
    EPHEMERAL_STORAGE_NODE_CAPACITY      "ephemeral_storage/node_capacity"    Gauge      Double Count        false "Ephemeral storage capacity of the node, in bytes";
    EPHEMERAL_STORAGE_NODE_RESERVATION   "ephemeral_storage/node_reservation" Gauge      Double Count        false "Ephemeral storage requested as a share of what pods can get";
    EPHEMERAL_STORAGE_NODE_UTILIZATION   "ephemeral_storage/node_utilization" Gauge      Double Count        false "Ephemeral storage in use as a share of what pods can get";
    EPHEMERAL_STORAGE_REQUEST            "ephemeral_storage/request"          Gauge      Int64  Bytes        false "Ephemeral storage request";
    EPHEMERAL_STORAGE_USAGE              "ephemeral_storage/usage"            Gauge      Int64  Bytes        false "Ephemeral storage in use";
    FILESYSTEM_AVAILABLE                 "filesystem/available"               Gauge      Int64  Bytes        true  "Bytes still available on a filesystem";
    FILESYSTEM_INODES                    "filesystem/inodes"                  Gauge      Int64  Bytes        true  "Inodes of a filesystem";
    FILESYSTEM_INODES_FREE               "filesystem/inodes_free"             Gauge      Int64  Bytes        true  "Free inodes of a filesystem";
    FILESYSTEM_LIMIT                     "filesystem/limit"                   Gauge      Int64  Bytes        true  "Size of a filesystem";
    FILESYSTEM_USAGE                     "filesystem/usage"                   Gauge      Int64  Bytes        true  "Bytes in use on a filesystem";
    MEMORY_CACHE                         "memory/cache"                       Gauge      Int64  Bytes        false "Page cache";
    MEMORY_LIMIT                         "memory/limit"                       Gauge      Int64  Bytes        false "Memory hard limit";
    MEMORY_MAJOR_PAGE_FAULTS             "memory/major_page_faults"           Cumulative Int64  Count        false "Page faults that had to read from disk";
    MEMORY_MAJOR_PAGE_FAULTS_RATE        "memory/major_page_faults_rate"      Gauge      Double Count        false "Major page faults per second";
    MEMORY_NODE_ALLOCATABLE              "memory/node_allocatable"            Gauge      Double Count        false "Memory of the node that pods can get, in bytes";
    MEMORY_NODE_CAPACITY                 "memory/node_capacity"               Gauge      Double Count        false "Memory capacity of the node, in bytes";
    MEMORY_NODE_RESERVATION              "memory/node_reservation"            Gauge      Double Count        false "Memory requested as a share of what pods can get";
    MEMORY_NODE_UTILIZATION              "memory/node_utilization"            Gauge      Double Count        false "Memory in use as a share of what pods can get";
    MEMORY_PAGE_FAULTS                   "memory/page_faults"                 Cumulative Int64  Count        false "Page faults";
    MEMORY_PAGE_FAULTS_RATE              "memory/page_faults_rate"            Gauge      Double Count        false "Page faults per second";
    MEMORY_REQUEST                       "memory/request"                     Gauge      Int64  Bytes        false "Memory request";
    MEMORY_RSS                           "memory/rss"                         Gauge      Int64  Bytes        false "Resident set size";
    MEMORY_USAGE                         "memory/usage"                       Gauge      Int64  Bytes        false "Memory in use, all kinds";
    MEMORY_WORKING_SET                   "memory/working_set"                 Gauge      Int64  Bytes        false "Memory in use that the kernel cannot drop easily";
    NETWORK_RX                           "network/rx"                         Cumulative Int64  Bytes        false "Bytes received over the network";
    NETWORK_RX_ERRORS                    "network/rx_errors"                  Cumulative Int64  Count        false "Errors while data was received";
    NETWORK_RX_ERRORS_RATE               "network/rx_errors_rate"             Gauge      Double Count        false "Errors per second while data was received";
    NETWORK_RX_RATE                      "network/rx_rate"                    Gauge      Double Count        false "Bytes received per second";
    NETWORK_TX                           "network/tx"                         Cumulative Int64  Bytes        false "Bytes sent over the network";
    NETWORK_TX_ERRORS                    "network/tx_errors"                  Cumulative Int64  Count        false "Errors while data was sent";
    NETWORK_TX_ERRORS_RATE               "network/tx_errors_rate"             Gauge      Double Count        false "Errors per second while data was sent";
    NETWORK_TX_RATE                      "network/tx_rate"                    Gauge      Double Count        false "Bytes sent per second";
    RESTART_COUNT                        "restart_count"                      Cumulative Int64  Count        false "Container restarts";
    UPTIME                               "uptime"                             Cumulative Int64  Milliseconds false "Time since the container was started";
}
