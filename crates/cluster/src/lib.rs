//! What the Kubernetes API server knows, kept small
