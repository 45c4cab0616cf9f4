//! Heapster.
