//! RustyBT's kernels: what the reference kernel in Python does, in integers of known width.
//!
//! Nothing here knows Python. Prices and amounts are 64-bit coefficients at a dataset's scale,
//! products and sums have 128 bits, every operation is checked: what does not fit is an
//! [`error::Error`], never a wrap.

pub mod error;
pub mod fixed;
pub mod indicators;
pub mod order_book;
pub mod resampling;
pub mod simulation;
pub mod sweep;
pub mod valuation;
pub mod vectors;
