//! Hand-worked examples.
