//! What an execution does to a holding.

use super::Scales;
use crate::error::{Error, Result};

/// An amount of an asset and what it cost, of the amount's sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holding {
    /// Signed amount.
    pub amount: i64,
    /// Money paid for it, commissions included.
    pub cost: i128,
}

/// What an execution moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Money that came (positive) or went.
    pub money: i128,
    /// What was paid over the market's price.
    pub slippage: i128,
}

impl Holding {
    /// Take in an execution: on the same side it adds to the cost, a reduction takes its share
    /// away, crossing zero starts afresh.
    ///
    /// # Errors
    /// Overflow when a number has no room; nothing has changed then.
    pub fn execute(
        &mut self,
        amount: i64,
        price: i64,
        reference: Option<i64>,
        scales: &Scales,
    ) -> Result<Exchange> {
        let no_room = || Error::overflow("position");
        let notional = scales.notional(amount, price)?;
        let slippage = match reference {
            None => 0,
            Some(base) => {
                let worse = price.checked_sub(base).ok_or_else(no_room)?;
                scales.notional(amount, worse)?
            }
        };
        let held = self.amount.checked_add(amount).ok_or_else(no_room)?;
        let cost = if self.amount == 0 || (self.amount > 0) == (amount > 0) {
            self.cost.checked_add(notional)
        } else if amount.unsigned_abs() <= self.amount.unsigned_abs() {
            let part = amount.checked_neg().ok_or_else(no_room)?;
            let gone = scales.portion(self.cost, part, self.amount)?;
            self.cost.checked_sub(gone)
        } else {
            Some(scales.notional(held, price)?)
        };
        self.cost = cost.ok_or_else(no_room)?;
        self.amount = held;
        Ok(Exchange {
            money: -notional,
            slippage,
        })
    }
}
