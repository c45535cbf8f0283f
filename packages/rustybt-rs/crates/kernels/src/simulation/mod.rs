//! What a bar does to an order and to a book, in integers.
//!
//! The functions repeat the reference kernel in Python to the last digit: prices and amounts are
//! coefficients of 64 bits at a run's scales, money has 128 bits at scale 16. What does not fit is
//! an error, and the caller lets the reference compute it.

mod book;
mod costs;
mod matching;

pub use book::{Exchange, Holding};
pub use costs::{Commission, Outcome, Paid, Quote, Scaled, Slippage};
pub use matching::{execute, Costs, Decision, Market, Working};

use crate::error::Result;
use crate::fixed::{mul_div, power_of_ten, Rounding, MONEY_SCALE};

/// The scales of a run's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scales {
    /// Decimals of prices, 12 or more.
    pub price: u32,
    /// Decimals of amounts, 8 or more.
    pub amount: u32,
    /// What a product of price and amount is divided by to be money.
    unit: i128,
}

impl Scales {
    /// The scales of a run.
    ///
    /// # Errors
    /// Overflow where a product has more decimals than there is room for.
    pub fn new(price: u32, amount: u32) -> Result<Self> {
        let unit = power_of_ten((price + amount).saturating_sub(MONEY_SCALE))?;
        Ok(Scales {
            price,
            amount,
            unit,
        })
    }

    /// amount x price as money, half even.
    ///
    /// # Errors
    /// Overflow when the money has no room.
    #[inline]
    pub fn notional(&self, amount: i64, price: i64) -> Result<i128> {
        // Two numbers of 64 bits always have a product of 128.
        crate::fixed::divide(
            i128::from(amount) * i128::from(price),
            self.unit,
            Rounding::HalfEven,
        )
    }

    /// money x part / whole, half even.
    ///
    /// # Errors
    /// Overflow when the result has no room; invalid for a whole of zero.
    #[inline]
    pub fn portion(&self, money: i128, part: i64, whole: i64) -> Result<i128> {
        mul_div(
            money,
            i128::from(part),
            i128::from(whole),
            Rounding::HalfEven,
        )
    }
}

#[cfg(test)]
mod tests;
