//! The last minutes in memory
