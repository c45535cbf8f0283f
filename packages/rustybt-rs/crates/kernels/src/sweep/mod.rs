//! Thousands of parameter sets over the same columns, by the rules of the event-driven engine.
//!
//! A [`Market`] holds the columns once, [`Signals`] say for every parameter set in which bars a
//! target is ordered, and a [`Sweep`] runs the sets side by side: an order that is placed in a bar
//! fills from the next one on, costs are those of the engine's models, money is exact. Nothing is
//! done in bars in which nothing changes: a run jumps from order to fill to order.

mod costs;
mod decimal;
mod market;
mod metrics;
mod rows;
mod run;
pub mod signals;
mod sizing;

pub use costs::{Commission, Slippage};
pub use decimal::{coefficients, Dec};
pub use market::{Asset, AssetColumns, Market};
pub use metrics::Figures;
pub use rows::{Fill, Row};
pub use run::{FillAt, Rules, Sweep};
pub use signals::{Event, Signals};

/// Scale of prices after slippage.
pub const PRICE_SCALE: u32 = 12;

/// Scale of amounts.
pub const AMOUNT_SCALE: u32 = 8;

#[cfg(test)]
mod tests;
