//! Heapster's own metrics in the Prometheus text format 0.0.4
