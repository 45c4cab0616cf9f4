//! heapster
fn main() {}
