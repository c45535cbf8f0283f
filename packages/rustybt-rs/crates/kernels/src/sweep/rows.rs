//! What a parameter set comes to.

use super::metrics::Figures;

/// The outcome of a parameter set; money at the scale of money.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Row {
    /// Portfolio value at the last close.
    pub value: i128,
    /// What all fills cost in commission.
    pub commission: i128,
    /// What they cost over the market's price.
    pub slippage: i128,
    /// Value of all fills, buys and sales counted positive.
    pub traded: i128,
    /// Number of orders.
    pub orders: i64,
    /// Number of fills.
    pub fills: i64,
    /// How often a position was closed or turned over.
    pub closed: i64,
    /// Figures of risk and return.
    pub figures: Figures,
}

/// One execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// Number of the bar.
    pub bar: u32,
    /// Number of the asset.
    pub asset: u32,
    /// Number of the order, from zero.
    pub order: u32,
    /// Signed amount at the scale of amounts.
    pub amount: i64,
    /// Price at the scale of prices.
    pub price: i128,
    /// What it cost, at the scale of money.
    pub commission: i128,
}

/// Who is told of every execution.
pub(super) trait Trace {
    /// An execution.
    fn fill(&mut self, fill: Fill);
}

/// Tells nobody.
pub(super) struct Untraced;

impl Trace for Untraced {
    #[inline]
    fn fill(&mut self, _: Fill) {}
}

impl Trace for Vec<Fill> {
    fn fill(&mut self, fill: Fill) {
        self.push(fill);
    }
}
