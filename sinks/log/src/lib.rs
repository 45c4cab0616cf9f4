//! Writes batches to the log
