//! Slippage and commission as the engine's models compute them, in integers.

use std::cmp::Ordering;

use super::decimal::Dec;
use super::market::{Asset, Market};
use super::{AMOUNT_SCALE, PRICE_SCALE};
use crate::error::{Error, Result};
use crate::fixed::{
    divide, full_product, long_division, mul_div, power_of_ten, rescale, Rounding, MONEY_SCALE,
    RATIO_SCALE,
};

/// Scale of shares of volume.
const SHARE_SCALE: u32 = 18;

/// What a product of amount and price is divided by to be money.
const NOTIONAL_UNIT: i128 = 10_i128.pow(AMOUNT_SCALE + PRICE_SCALE - MONEY_SCALE);

/// At what price an order fills, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slippage {
    /// All at the price.
    None,
    /// All at half a spread from the price.
    Fixed {
        /// Distance between bid and ask.
        spread: Dec,
    },
    /// A share of the price away from it, no more than a share of the volume.
    BasisPoints {
        /// Hundredths of a percent.
        basis_points: Dec,
        /// Share of the volume.
        volume_limit: Dec,
    },
    /// An impact that grows with the square of the share of the volume.
    VolumeShare {
        /// Share of the volume.
        volume_limit: Dec,
        /// Relative change of the price if all of the volume were taken.
        price_impact: Dec,
    },
}

/// What a fill costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commission {
    /// Nothing.
    None,
    /// Money per unit, no less than a minimum per order.
    PerShare {
        /// Money per unit.
        cost: Dec,
        /// Money per order.
        minimum: Dec,
    },
    /// Money with the first fill of an order.
    PerTrade {
        /// Money per order.
        cost: Dec,
    },
    /// A share of the value.
    PerDollar {
        /// Money per unit of money.
        rate: Dec,
    },
    /// A share of the value between bounds per order.
    Percentage {
        /// Money per unit of money.
        rate: Dec,
        /// Least commission of an order.
        minimum: Dec,
        /// Most that an order pays.
        maximum: Option<Dec>,
    },
}

/// amount x price as money, half even.
///
/// # Errors
/// Overflow.
#[inline]
pub(super) fn notional(amount: i64, price: i128) -> Result<i128> {
    let no_room = || Error::overflow("amount x price");
    const UNIT: i64 = NOTIONAL_UNIT as i64;
    if amount % UNIT == 0 {
        return price
            .checked_mul(i128::from(amount / UNIT))
            .ok_or_else(no_room);
    }
    let product = price.checked_mul(i128::from(amount)).ok_or_else(no_room)?;
    divide(product, NOTIONAL_UNIT, Rounding::HalfEven)
}

/// What a slippage model says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing more of the asset fills in the bar.
    Dry,
    /// The order does not fill.
    Nothing,
    /// A price and a size without sign.
    Filled(i128, i64),
}

/// The parameters of a slippage model, made ready for an asset.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pricing {
    Plain,
    Spread {
        /// Half of it, and the unit of its scale beyond that of prices.
        half: i128,
        unit: i128,
    },
    Points {
        /// The share and the unit of its scale.
        share: i128,
        unit: i128,
        /// The base multiplied exactly: what a coefficient is multiplied with and zero otherwise.
        exact: i128,
        room: Room,
    },
    Impact {
        factor: Dec,
        limit: Dec,
        room: Room,
        volume_scale: u32,
    },
}

/// How many lots a volume has room for: volume x numerator / denominator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    numerator: i128,
    denominator: i128,
}

impl Room {
    fn new(limit: Dec, asset: &Asset) -> Result<Self> {
        let no_room = || Error::overflow("volume_limit");
        let numerator = limit
            .coefficient
            .checked_mul(power_of_ten(AMOUNT_SCALE)?)
            .ok_or_else(no_room)?;
        let unit = power_of_ten(limit.scale + asset.columns.volume_scale)?;
        let denominator = unit
            .checked_mul(i128::from(asset.lot))
            .ok_or_else(no_room)?;
        let common = divisor(numerator, denominator);
        Ok(Room {
            numerator: numerator / common,
            denominator: denominator / common,
        })
    }

    /// Whole lots that fit into what `done` lots leave of a volume, and the amount of a lot.
    fn lots(self, volume: i64) -> Result<i64> {
        let product = i128::from(volume).checked_mul(self.numerator);
        let product = product.ok_or_else(|| Error::overflow("volume_limit x volume"))?;
        // What has no room is more than any order.
        Ok(i64::try_from(product / self.denominator).unwrap_or(i64::MAX))
    }
}

fn divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs().max(1)
}

impl Slippage {
    /// The model made ready for an asset.
    pub(super) fn ready(self, asset: &Asset) -> Result<Pricing> {
        Ok(match self {
            Slippage::None => Pricing::Plain,
            Slippage::Fixed { spread } => {
                let half = Dec::new(spread.coefficient * 5, spread.scale + 1);
                let scale = half.scale.max(PRICE_SCALE);
                Pricing::Spread {
                    half: half.exactly_at(scale, "spread")?,
                    unit: power_of_ten(scale - PRICE_SCALE)?,
                }
            }
            Slippage::BasisPoints {
                basis_points,
                volume_limit,
            } => {
                let share = Dec::new(basis_points.coefficient, basis_points.scale + 4);
                let unit = share.unit()?;
                let is_exact = asset.up % unit == 0;
                Pricing::Points {
                    share: share.coefficient,
                    unit,
                    exact: if is_exact { asset.up / unit } else { 0 },
                    room: Room::new(volume_limit, asset)?,
                }
            }
            Slippage::VolumeShare {
                volume_limit,
                price_impact,
            } => {
                if volume_limit.scale > SHARE_SCALE {
                    let reason = "give at most 18 digits after the point";
                    return Err(Error::invalid("volume_limit", volume_limit, reason));
                }
                Pricing::Impact {
                    factor: price_impact,
                    limit: volume_limit,
                    room: Room::new(volume_limit, asset)?,
                    volume_scale: asset.columns.volume_scale,
                }
            }
        })
    }
}

/// What a slippage model is asked about.
pub(super) struct Question<'a> {
    pub(super) asset: &'a Asset,
    /// The base price as a coefficient of the columns.
    pub(super) base: i64,
    pub(super) volume: i64,
    /// What is open of the order, signed.
    pub(super) open: i64,
    /// What filled of the asset in the bar so far, without sign.
    pub(super) done: i64,
}

impl Pricing {
    /// Price and size of a fill.
    ///
    /// # Errors
    /// Overflow.
    #[inline]
    pub(super) fn ask(&self, order: &Question<'_>) -> Result<Outcome> {
        let base = order.asset.price(order.base);
        let size = order.open.abs();
        match *self {
            Pricing::Plain => Ok(Outcome::Filled(base, size)),
            Pricing::Spread { half, unit } => {
                let signed = if order.open > 0 { half } else { -half };
                let price = divide(base * unit + signed, unit, Rounding::HalfEven)?;
                Ok(Outcome::Filled(price, size))
            }
            Pricing::Points {
                share,
                unit,
                exact,
                room,
            } => {
                let lots = room.lots(order.volume)?;
                let most = lots.saturating_mul(order.asset.lot);
                let size = size.min(most.saturating_sub(order.done));
                if size <= 0 {
                    return Ok(Outcome::Dry);
                }
                let factor = if order.open > 0 {
                    unit + share
                } else {
                    unit - share
                };
                let price = if exact != 0 {
                    i128::from(order.base) * exact * factor
                } else {
                    mul_div(base, factor, unit, Rounding::HalfEven)?
                };
                Ok(Outcome::Filled(price, size))
            }
            Pricing::Impact {
                factor,
                limit,
                room,
                volume_scale,
            } => impact(order, base, factor, limit, room, volume_scale),
        }
    }
}

/// The answer of the model whose impact grows with the square of the share of the volume.
fn impact(
    order: &Question<'_>,
    base: i128,
    factor: Dec,
    limit: Dec,
    room: Room,
    volume_scale: u32,
) -> Result<Outcome> {
    let lot = order.asset.lot;
    // What is done is in whole lots, so that whole lots of the difference are a difference of lots.
    let left = room.lots(order.volume)?.saturating_sub(order.done / lot);
    if left <= 0 {
        return Ok(Outcome::Dry);
    }
    let size = left.min(order.open.abs() / lot) * lot;
    if size == 0 {
        return Ok(Outcome::Nothing);
    }
    let taken = i128::from(order.done) + i128::from(size);
    let volume = i128::from(order.volume) * power_of_ten(AMOUNT_SCALE - volume_scale)?;
    let share = mul_div(
        taken,
        power_of_ten(SHARE_SCALE)?,
        volume,
        Rounding::HalfEven,
    )?;
    let share = share.min(rescale(
        limit.coefficient,
        limit.scale,
        SHARE_SCALE,
        Rounding::HalfEven,
    )?);
    let price = moved(base, share, factor, order.open > 0)?;
    Ok(Outcome::Filled(price, size))
}

/// price ± share^2 x factor x price, half even at the scale of prices.
fn moved(base: i128, share: i128, factor: Dec, is_buy: bool) -> Result<i128> {
    let no_room = || Error::overflow("impact on the price");
    let square = share.checked_mul(share).ok_or_else(no_room)?;
    let worth = base.checked_mul(factor.coefficient).ok_or_else(no_room)?;
    let upwards = is_buy == (worth >= 0);
    let unit = power_of_ten(2 * SHARE_SCALE)?.unsigned_abs();
    let (high, low) = full_product(square.unsigned_abs(), worth.unsigned_abs());
    if high >= unit {
        return Err(no_room());
    }
    let (whole, finest) = long_division(high, low, unit);
    let step = factor.unit()?.unsigned_abs();
    let (whole, rest) = (whole / step, whole % step);
    // Which side of a half: the digits behind the first division break a tie of the second.
    let half = if step == 1 {
        finest.cmp(&(unit / 2))
    } else {
        rest.cmp(&(step / 2)).then(finest.cmp(&0))
    };
    let whole = i128::try_from(whole).map_err(|_| no_room())?;
    let signed = if upwards { whole } else { -whole };
    let price = base.checked_add(signed).ok_or_else(no_room)?;
    let away = match half {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => price & 1 == 1,
    };
    let last = if upwards { 1 } else { -1 };
    Ok(if away { price + last } else { price })
}

/// What a commission model knows of an order.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paid {
    /// What the order paid so far.
    pub(super) commission: i128,
    /// What it would have paid without bounds, at the scale of the model.
    sum: i128,
}

/// A commission model made ready.
#[derive(Debug, Clone, Copy)]
pub(super) enum Charging {
    Free,
    Units {
        /// Money for the smallest amount.
        unit: i128,
        minimum: i128,
    },
    Once {
        cost: i128,
    },
    Value {
        rate: i128,
        unit: i128,
    },
    Bounded {
        rate: i128,
        /// What money is multiplied with to have the scale of amount x price x rate.
        up: i128,
        minimum: i128,
        maximum: Option<i128>,
    },
}

impl Commission {
    /// The model made ready.
    pub(super) fn ready(self) -> Result<Charging> {
        Ok(match self {
            Commission::None => Charging::Free,
            Commission::PerShare { cost, minimum } => Charging::Units {
                unit: cost.exactly_at(MONEY_SCALE - AMOUNT_SCALE, "cost")?,
                minimum: minimum.exactly_at(MONEY_SCALE, "min_trade_cost")?,
            },
            Commission::PerTrade { cost } => Charging::Once {
                cost: rescale(
                    cost.coefficient,
                    cost.scale,
                    RATIO_SCALE,
                    Rounding::HalfEven,
                )?,
            },
            Commission::PerDollar { rate } => Charging::Value {
                rate: rate.coefficient,
                unit: rate.unit()?,
            },
            Commission::Percentage {
                rate,
                minimum,
                maximum,
            } if minimum.coefficient != 0 || maximum.is_some() => bounded(rate, minimum, maximum)?,
            Commission::Percentage { rate, .. } => Commission::PerDollar { rate }.ready()?,
        })
    }
}

fn bounded(rate: Dec, minimum: Dec, maximum: Option<Dec>) -> Result<Charging> {
    let scale = AMOUNT_SCALE + PRICE_SCALE + rate.scale;
    let most = maximum.map(|most| most.exactly_at(scale, "max_trade_cost"));
    Ok(Charging::Bounded {
        rate: rate.coefficient,
        up: power_of_ten(scale - MONEY_SCALE)?,
        minimum: minimum.exactly_at(scale, "min_trade_cost")?,
        maximum: most.transpose()?,
    })
}

impl Charging {
    /// What a fill costs; the order is as it was before it.
    ///
    /// # Errors
    /// Overflow.
    #[inline]
    pub(super) fn charge(
        &self,
        paid: &mut Paid,
        filled: i64,
        amount: i64,
        price: i128,
    ) -> Result<i128> {
        let no_room = || Error::overflow("commission");
        match *self {
            Charging::Free => Ok(0),
            Charging::Units { unit, minimum } => {
                let cost = |size: i64| unit.checked_mul(i128::from(size.abs())).ok_or_else(no_room);
                let units = cost(amount)?;
                if paid.commission == 0 {
                    return Ok(units.max(minimum));
                }
                let total = cost(filled)? + units;
                Ok(if total >= minimum {
                    total - paid.commission
                } else {
                    0
                })
            }
            Charging::Once { cost } => Ok(if paid.commission == 0 { cost } else { 0 }),
            Charging::Value { rate, unit } => of_value(amount.abs(), price, rate, unit),
            Charging::Bounded {
                rate,
                up,
                minimum,
                maximum,
            } => {
                let cost = i128::from(amount.abs())
                    .checked_mul(price)
                    .and_then(|value| value.checked_mul(rate))
                    .ok_or_else(no_room)?;
                paid.sum = paid.sum.checked_add(cost).ok_or_else(no_room)?;
                let owed = paid.sum.max(minimum);
                let owed = maximum.map_or(owed, |most| owed.min(most));
                let before = paid.commission.checked_mul(up).ok_or_else(no_room)?;
                divide((owed - before).max(0), up, Rounding::HalfEven)
            }
        }
    }
}

/// |amount| x price x rate as money, rounded once.
#[inline]
fn of_value(size: i64, price: i128, rate: i128, unit: i128) -> Result<i128> {
    const UNIT: i64 = NOTIONAL_UNIT as i64;
    let no_room = || Error::overflow("commission");
    if size % UNIT == 0 {
        let value = price
            .checked_mul(i128::from(size / UNIT))
            .ok_or_else(no_room)?;
        return mul_div(value, rate, unit, Rounding::HalfEven);
    }
    let value = price.checked_mul(i128::from(size)).ok_or_else(no_room)?;
    let wide = unit.checked_mul(NOTIONAL_UNIT).ok_or_else(no_room)?;
    mul_div(value, rate, wide, Rounding::HalfEven)
}

/// What a market's assets need of a slippage model.
pub(super) fn pricings(slippage: Slippage, market: &Market) -> Result<Vec<Pricing>> {
    market
        .assets
        .iter()
        .map(|asset| slippage.ready(asset))
        .collect()
}
