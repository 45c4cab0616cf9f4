//! Reads kubelets
