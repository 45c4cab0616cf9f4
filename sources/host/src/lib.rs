//! Reads this machine
