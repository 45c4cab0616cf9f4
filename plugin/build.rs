//! Empty: `links` in Cargo.toml needs a build script.
fn main() {}
