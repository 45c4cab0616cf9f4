//! The HTTP API on port 8082
