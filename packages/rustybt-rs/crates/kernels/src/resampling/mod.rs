//! Shorter bars, or trades, into bars, on coefficients.
//!
//! Rows come in the order of time, those of one asset together. A group is a run of rows that one
//! bar holds; it is given by its first row.

mod folding;
mod groups;

pub use folding::{fold, Bars, Known, Rows};
pub use groups::{by_edges, by_length, Closed, Groups};

#[cfg(test)]
mod tests;
