//! How large an order is: the amount that brings a position to a target.

use super::signals::Event;
use super::{AMOUNT_SCALE, PRICE_SCALE};
use crate::error::{Error, Result};
use crate::fixed::{divide, mul_div, narrow, power_of_ten, rescale, Rounding, MONEY_SCALE};

/// Digits that a strategy's arithmetic keeps: the default context of Python's `decimal`.
const PRECISION: u32 = 28;

/// Scale of a quotient of money and price.
const QUOTIENT_SCALE: u32 = 18;

/// The largest order: 100 billion units.
const MOST: i128 = 10_i128.pow(11 + AMOUNT_SCALE);

/// What to order so that `held` becomes the units that an event wants, in whole lots.
///
/// # Errors
/// Overflow above 100 billion units.
#[inline]
pub(super) fn to_units(event: &Event, held: i64, lot: i64) -> Result<i64> {
    if event.scale == AMOUNT_SCALE {
        let amount = i128::from(event.coefficient) - i128::from(held);
        return in_lots(amount, AMOUNT_SCALE, lot);
    }
    let (target, scale) = (i128::from(event.coefficient), event.scale);
    less_held(target, scale, held).and_then(|amount| in_lots(amount, scale, lot))
}

/// What to order so that `held` becomes a share of a portfolio, in whole lots.
///
/// `worth` is the portfolio's value at the scale of money, `price` at that of prices. The product
/// of share and value keeps 28 digits, the quotient by the price 18 after the point, as in the
/// engine.
///
/// # Errors
/// Overflow above 100 billion units.
pub(super) fn to_weight(
    event: &Event,
    worth: i128,
    price: i128,
    held: i64,
    lot: i64,
) -> Result<i64> {
    let amount = if price == 0 {
        0
    } else {
        let (money, scale) = share(worth, i128::from(event.coefficient), event.scale)?;
        quotient(money, scale, price)?
    };
    in_lots(
        less_held(amount, QUOTIENT_SCALE, held)?,
        QUOTIENT_SCALE,
        lot,
    )
}

/// The product of a value and a share with 28 digits, and its scale.
fn share(worth: i128, weight: i128, weight_scale: u32) -> Result<(i128, u32)> {
    let scale = MONEY_SCALE + weight_scale;
    if worth == 0 || weight == 0 {
        return Ok((0, 0));
    }
    let digits = digits_of(worth) + digits_of(weight);
    let mut cut = digits.saturating_sub(PRECISION);
    if cut == 0 {
        let product = worth.checked_mul(weight);
        return Ok((
            product.ok_or_else(|| Error::overflow("share of the portfolio"))?,
            scale,
        ));
    }
    // A product has one digit less than its factors together, or all of them.
    let truncated = mul_div(worth, weight, power_of_ten(cut)?, Rounding::Down)?;
    if digits_of(truncated) < PRECISION {
        cut -= 1;
    }
    let unit = power_of_ten(cut)?;
    let rounded = mul_div(worth, weight, unit, Rounding::HalfEven)?;
    if cut <= scale {
        return Ok((rounded, scale - cut));
    }
    let wide = rounded.checked_mul(power_of_ten(cut - scale)?);
    wide.map(|wide| (wide, 0))
        .ok_or_else(|| Error::overflow("share of the portfolio"))
}

/// money / price at the scale of quotients.
fn quotient(money: i128, scale: u32, price: i128) -> Result<i128> {
    let up = QUOTIENT_SCALE + PRICE_SCALE;
    if scale <= up {
        return mul_div(money, power_of_ten(up - scale)?, price, Rounding::HalfEven);
    }
    let wider = price
        .checked_mul(power_of_ten(scale - up)?)
        .ok_or_else(|| Error::overflow("amount of a share of the portfolio"))?;
    divide(money, wider, Rounding::HalfEven)
}

/// An amount less what is held, with 28 digits.
fn less_held(amount: i128, scale: u32, held: i64) -> Result<i128> {
    let held = rescale(i128::from(held), AMOUNT_SCALE, scale, Rounding::HalfEven)?;
    let rest = amount
        .checked_sub(held)
        .ok_or_else(|| Error::overflow("amount of an order"))?;
    let digits = digits_of(rest);
    if digits <= PRECISION {
        return Ok(rest);
    }
    let unit = power_of_ten(digits - PRECISION)?;
    let rounded = divide(rest, unit, Rounding::HalfEven)?;
    rounded
        .checked_mul(unit)
        .ok_or_else(|| Error::overflow("amount of an order"))
}

/// An amount in whole lots: the nearest when within 1e-4 of it, else toward zero.
#[inline]
fn in_lots(amount: i128, scale: u32, lot: i64) -> Result<i64> {
    if scale == AMOUNT_SCALE {
        if let Ok(short) = i64::try_from(amount) {
            if short % lot == 0 && amount.abs() <= MOST {
                return Ok(short);
            }
        }
    }
    let unit = i128::from(lot)
        .checked_mul(power_of_ten(scale - AMOUNT_SCALE)?)
        .ok_or_else(|| Error::overflow("lot"))?;
    let (mut lots, rest) = (amount / unit, amount % unit);
    // |rest| >= 0.9999 lots, without a product that might have no room.
    if rest != 0 && (unit - rest.abs()) <= unit / 10_000 {
        lots += rest.signum();
    }
    let whole = lots * i128::from(lot);
    if whole.abs() > MOST {
        let reason = "order at most 100,000,000,000 units at once";
        return Err(Error::invalid("amount of an order", whole, reason));
    }
    narrow(whole, "amount of an order")
}

/// How many digits a number has; one for zero.
fn digits_of(value: i128) -> u32 {
    value
        .unsigned_abs()
        .checked_ilog10()
        .map_or(1, |log| log + 1)
}
