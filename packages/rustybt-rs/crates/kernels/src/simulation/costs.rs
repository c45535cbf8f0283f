//! The built-in models of slippage and commission whose answers are finite decimals.

use super::Scales;
use crate::error::{Error, Result};
use crate::fixed::{mul_div, narrow, power_of_ten, rescale, Rounding, MONEY_SCALE};

/// A model's parameter: the number `coefficient / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaled {
    /// The number times 10^scale.
    pub coefficient: i128,
    /// Its decimals.
    pub scale: u32,
}

/// A slippage model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slippage {
    /// The whole order at the market's price.
    None,
    /// The whole order at a constant distance from it, in money per unit.
    Fixed {
        /// The distance.
        half_spread: Scaled,
    },
    /// A share of the price away, no more than a share of the bar's volume.
    BasisPoints {
        /// The distance as a share of the price.
        share: Scaled,
        /// The part of the volume that may fill.
        volume_limit: Scaled,
    },
}

/// What a slippage model is asked: an order, and the bar that it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// The market's price, before slippage.
    pub base: i64,
    /// What traded in the bar.
    pub volume: i64,
    /// What is open of the order, signed.
    pub open: i64,
    /// What orders of the asset have filled in the bar so far, without sign.
    pub used: i64,
    /// The least amount that trades.
    pub lot: i64,
}

/// What a slippage model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing more of the asset fills in the bar.
    Dry,
    /// So much fills at a price.
    Fill {
        /// Price per unit.
        price: i64,
        /// Signed amount.
        amount: i64,
    },
}

impl Slippage {
    /// Whether the answer depends on the volume of the bar.
    pub fn asks_volume(&self) -> bool {
        matches!(self, Slippage::BasisPoints { .. })
    }

    /// Price and amount of a fill.
    ///
    /// # Errors
    /// Overflow when a number has no room; the reference then has to be asked.
    pub fn execute(&self, quote: &Quote, scales: &Scales) -> Result<Outcome> {
        let direction = if quote.open > 0 { 1 } else { -1 };
        match self {
            Slippage::None => Ok(Outcome::Fill {
                price: quote.base,
                amount: quote.open,
            }),
            Slippage::Fixed { half_spread } => Ok(Outcome::Fill {
                price: moved(quote.base, *half_spread, direction, scales.price)?,
                amount: quote.open,
            }),
            Slippage::BasisPoints {
                share,
                volume_limit,
            } => {
                let size = within_volume(quote, *volume_limit)?;
                if size <= 0 {
                    return Ok(Outcome::Dry);
                }
                Ok(Outcome::Fill {
                    price: slipped(quote.base, *share, direction)?,
                    amount: size * direction as i64,
                })
            }
        }
    }
}

/// A price and a distance in money, rounded once to the scale of prices.
fn moved(base: i64, distance: Scaled, direction: i128, scale: u32) -> Result<i64> {
    let fine = scale.max(distance.scale);
    let from = rescale(i128::from(base), scale, fine, Rounding::HalfEven)?;
    let by = rescale(
        distance.coefficient,
        distance.scale,
        fine,
        Rounding::HalfEven,
    )?;
    let sum = from
        .checked_add(by * direction)
        .ok_or_else(|| Error::overflow("price"))?;
    narrow(rescale(sum, fine, scale, Rounding::HalfEven)?, "price")
}

/// A price x (1 + share x direction), rounded once.
fn slipped(base: i64, share: Scaled, direction: i128) -> Result<i64> {
    let one = power_of_ten(share.scale)?;
    let factor = one
        .checked_add(share.coefficient * direction)
        .ok_or_else(|| Error::overflow("price"))?;
    let price = mul_div(i128::from(base), factor, one, Rounding::HalfEven)?;
    narrow(price, "price")
}

/// What the volume limit leaves of an order, without sign; zero or less for nothing.
fn within_volume(quote: &Quote, limit: Scaled) -> Result<i64> {
    let per_lot = power_of_ten(limit.scale)?
        .checked_mul(i128::from(quote.lot))
        .ok_or_else(|| Error::overflow("volume limit"))?;
    let volume = i128::from(quote.volume);
    let lots = mul_div(limit.coefficient, volume, per_lot, Rounding::Down)?;
    let most = lots
        .checked_mul(i128::from(quote.lot))
        .ok_or_else(|| Error::overflow("volume limit"))?;
    let size = i128::from(quote.open.unsigned_abs()).min(most - i128::from(quote.used));
    narrow(size, "amount of a fill")
}

/// A commission model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commission {
    /// Trading is free.
    None,
    /// A price per unit with a minimum per order.
    PerShare {
        /// Money per unit.
        cost: Scaled,
        /// Least commission of an order.
        minimum: Scaled,
    },
    /// A price per order, charged with its first fill.
    PerTrade {
        /// Money per order.
        cost: Scaled,
    },
    /// A share of the value traded.
    PerDollar {
        /// Money per unit of money.
        cost: Scaled,
    },
}

/// A fill that is to be charged for, and what its order had before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid {
    /// Signed amount of the fill.
    pub amount: i64,
    /// Its price.
    pub price: i64,
    /// Signed amount that had filled before.
    pub filled: i64,
    /// Commission charged before.
    pub commission: i128,
}

impl Commission {
    /// Money for one fill, half even at scale 16; below zero where an order has paid too much.
    ///
    /// # Errors
    /// Overflow when a number has no room; the reference then has to be asked.
    pub fn charge(&self, fill: &Paid, scales: &Scales) -> Result<i128> {
        match self {
            Commission::None => Ok(0),
            Commission::PerTrade { cost } if fill.commission == 0 => money(*cost),
            Commission::PerTrade { .. } => Ok(0),
            Commission::PerDollar { cost } => per_dollar(fill, *cost, scales),
            Commission::PerShare { cost, minimum } => per_share(fill, *cost, *minimum, scales),
        }
    }
}

fn money(value: Scaled) -> Result<i128> {
    rescale(
        value.coefficient,
        value.scale,
        MONEY_SCALE,
        Rounding::HalfEven,
    )
}

fn per_dollar(fill: &Paid, cost: Scaled, scales: &Scales) -> Result<i128> {
    let value = i128::from(fill.amount.unsigned_abs()) * i128::from(fill.price);
    let digits = scales.amount + scales.price + cost.scale;
    let unit = power_of_ten(digits - MONEY_SCALE)?;
    mul_div(value, cost.coefficient, unit, Rounding::HalfEven)
}

fn per_share(fill: &Paid, cost: Scaled, minimum: Scaled, scales: &Scales) -> Result<i128> {
    let no_room = || Error::overflow("commission");
    let exact = scales.amount + cost.scale;
    let fine = exact.max(minimum.scale).max(MONEY_SCALE);
    let priced = |size: u64| {
        let units = i128::from(size)
            .checked_mul(cost.coefficient)
            .ok_or_else(no_room)?;
        rescale(units, exact, fine, Rounding::HalfEven)
    };
    let least = rescale(minimum.coefficient, minimum.scale, fine, Rounding::HalfEven)?;
    let units = priced(fill.amount.unsigned_abs())?;
    let due = if fill.commission == 0 {
        units.max(least)
    } else {
        let total = priced(fill.filled.unsigned_abs())?
            .checked_add(units)
            .ok_or_else(no_room)?;
        if total < least {
            return Ok(0);
        }
        total - rescale(fill.commission, MONEY_SCALE, fine, Rounding::HalfEven)?
    };
    rescale(due, fine, MONEY_SCALE, Rounding::HalfEven)
}
