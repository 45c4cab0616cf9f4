//! One HTTP client with TLS options
