//! What a bar fills of an order.

use super::{Commission, Outcome, Paid, Quote, Scales, Slippage};
use crate::error::{Error, Result};

/// An order that may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Working {
    /// Signed amount ordered.
    pub amount: i64,
    /// Signed amount filled so far.
    pub filled: i64,
    /// Commission charged so far.
    pub commission: i128,
    /// The price that an execution must not be beyond; None where that is not tested.
    pub limit: Option<i64>,
}

/// The market that it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// Its price, before slippage.
    pub base: i64,
    /// What traded in the bar.
    pub volume: i64,
    /// What orders of the asset have filled in the bar so far, without sign.
    pub used: i64,
    /// The least amount that trades.
    pub lot: i64,
}

/// The cost models of an asset.
#[derive(Debug, Clone, Copy)]
pub struct Costs<'a> {
    /// What decides price and amount.
    pub slippage: &'a Slippage,
    /// What is charged for it.
    pub commission: &'a Commission,
}

/// What becomes of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing more of the asset fills in the bar.
    Dry,
    /// Nothing of this order.
    Nothing,
    /// So much of it.
    Fill {
        /// Price per unit.
        price: i64,
        /// Signed amount.
        amount: i64,
        /// What the commission model says, below zero where the order has paid too much.
        charge: i128,
    },
}

/// Fill an order as far as the models let it.
///
/// # Errors
/// Overflow when a number has no room, and for an amount that is no multiple of the lot; the
/// reference then has to be asked.
pub fn execute(
    order: &Working,
    market: &Market,
    costs: Costs<'_>,
    scales: &Scales,
) -> Result<Decision> {
    let no_room = || Error::overflow("amount of a fill");
    let open = order.amount.checked_sub(order.filled).ok_or_else(no_room)?;
    let quote = Quote {
        base: market.base,
        volume: market.volume,
        open,
        used: market.used,
        lot: market.lot,
    };
    let Outcome::Fill { price, amount } = costs.slippage.execute(&quote, scales)? else {
        return Ok(Decision::Dry);
    };
    if amount % market.lot != 0 && amount != open {
        return Err(no_room());
    }
    let beyond = match order.limit {
        None => false,
        Some(limit) if open > 0 => price > limit,
        Some(limit) => price < limit,
    };
    if amount == 0 || beyond {
        return Ok(Decision::Nothing);
    }
    let fill = Paid {
        amount,
        price,
        filled: order.filled,
        commission: order.commission,
    };
    let charge = costs.commission.charge(&fill, scales)?;
    Ok(Decision::Fill {
        price,
        amount,
        charge,
    })
}
