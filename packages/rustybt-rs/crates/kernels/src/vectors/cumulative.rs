//! From the first row on, or from one row to a later one.

use super::{checked_scale, computed, unit, Computed, Decimals};
use crate::error::{Error, Result};
use crate::fixed::{mul_div, Big, Rounding, Shift, Signed};

/// The sum up to each value.
///
/// # Errors
/// Overflow where one needs more than 38 digits.
pub fn cumulative_sum(column: Decimals<'_>) -> Result<Computed> {
    running(column, |so_far, value| so_far.checked_add(value))
}

/// The smallest value up to each.
///
/// # Errors
/// Overflow for a value of more than 38 digits.
pub fn cumulative_minimum(column: Decimals<'_>) -> Result<Computed> {
    running(column, |so_far, value| Some(so_far.min(value)))
}

/// The largest value up to each.
///
/// # Errors
/// As [`cumulative_minimum`].
pub fn cumulative_maximum(column: Decimals<'_>) -> Result<Computed> {
    running(column, |so_far, value| Some(so_far.max(value)))
}

fn running(column: Decimals<'_>, next: impl Fn(i128, i128) -> Option<i128>) -> Result<Computed> {
    let mut so_far = None;
    computed(column.len(), column.scale, |row| match column.get(row) {
        None => Some(None),
        Some(value) => {
            so_far = Some(match so_far {
                None => value,
                Some(before) => next(before, value)?,
            });
            Some(so_far)
        }
    })
}

/// The product up to each value, each step rounded half even at a scale.
///
/// # Errors
/// Overflow where one needs more than 38 digits.
pub fn cumulative_product(column: Decimals<'_>, scale: Option<u32>) -> Result<Computed> {
    let to = checked_scale(column.default_scale(scale))?;
    let (up, down) = unit(column.scale, to)?;
    let whole = unit(0, column.scale)?.0;
    let mut so_far = None;
    computed(column.len(), to, |row| match column.get(row) {
        None => Some(None),
        Some(value) => {
            let product = match so_far {
                None if down == 1 => value.checked_mul(up),
                None => mul_div(value, 1, down, Rounding::HalfEven).ok(),
                Some(before) => mul_div(before, value, whole, Rounding::HalfEven).ok(),
            };
            so_far = Some(product?);
            Some(so_far)
        }
    })
}

/// Each value less that of `periods` rows before; nothing where either is missing.
///
/// # Errors
/// Invalid for no periods; overflow where one needs more than 38 digits.
pub fn difference(column: Decimals<'_>, periods: usize) -> Result<Computed> {
    let periods = at_least_one(periods)?;
    computed(column.len(), column.scale, |row| {
        let before = row.checked_sub(periods).and_then(|old| column.get(old));
        match column.get(row).zip(before) {
            Some((now, before)) => Some(Some(now.checked_sub(before)?)),
            None => Some(None),
        }
    })
}

fn at_least_one(periods: usize) -> Result<usize> {
    match periods {
        0 => Err(Error::invalid("periods", periods, "give at least one row")),
        _ => Ok(periods),
    }
}

/// The change against the value of `periods` rows before, as a part of it, half even at a scale.
///
/// Nothing where either is missing, or where the earlier value is zero.
///
/// # Errors
/// As [`difference`].
pub fn percentage_change(
    column: Decimals<'_>,
    periods: usize,
    scale: Option<u32>,
) -> Result<Computed> {
    let periods = at_least_one(periods)?;
    let to = checked_scale(scale.unwrap_or(super::DEFAULT_SCALE))?;
    let up = unit(0, to)?.0;
    computed(column.len(), to, |row| {
        let before = row.checked_sub(periods).and_then(|old| column.get(old));
        match column.get(row).zip(before.filter(|&before| before != 0)) {
            Some((now, before)) => Some(Some(change(now, before, up)?)),
            None => Some(None),
        }
    })
}

/// `(now - before) / before` times a unit.
#[inline]
fn change(now: i128, before: i128, up: i128) -> Option<i128> {
    match now.checked_sub(before) {
        Some(step) => mul_div(step, up, before, Rounding::HalfEven).ok(),
        None => {
            let step = Signed::<8>::of(now).minus(&Signed::of(before))?;
            let whole = Big::of(before.unsigned_abs());
            let signed = step.times(&Signed::of(up.checked_mul(before.signum())?))?;
            Shift::new(0, 0)?.quotient(&signed, &whole, Rounding::HalfEven)
        }
    }
}

/// The exponentially weighted mean, y = alpha x + (1 - alpha) y', which the first value begins.
///
/// Every step is rounded half even at the scale, and the next one made of what was rounded: the
/// values are less than half a last digit over alpha away from those of the unrounded recursion.
/// A missing value gives nothing and changes nothing.
///
/// # Errors
/// Invalid for an alpha that is not above zero and at most one; overflow where a value needs more
/// than 38 digits.
pub fn ewm_mean(
    column: Decimals<'_>,
    (numerator, denominator): (i64, i64),
    scale: Option<u32>,
) -> Result<Computed> {
    if numerator <= 0 || numerator > denominator {
        let alpha = format!("{numerator}/{denominator}");
        let reason = "give a ratio above zero and at most one";
        return Err(Error::invalid("alpha", alpha, reason));
    }
    let to = checked_scale(column.default_scale(scale))?;
    let (up, down) = unit(column.scale, to)?;
    let weights = (i128::from(numerator), i128::from(denominator - numerator));
    let mut so_far = None;
    computed(column.len(), to, |row| match column.get(row) {
        None => Some(None),
        Some(value) => {
            let mean = match so_far {
                None => mul_div(value, up, down, Rounding::HalfEven).ok(),
                Some(before) => blended(value, (up, down), before, weights),
            };
            so_far = Some(mean?);
            Some(so_far)
        }
    })
}

/// (p value up / down + r before) / (p + r), rounded once.
#[inline]
fn blended(
    value: i128,
    (up, down): (i128, i128),
    before: i128,
    (new, old): (i128, i128),
) -> Option<i128> {
    let narrow = || {
        let weighted = value.checked_mul(up)?.checked_mul(new)?;
        let kept = before.checked_mul(old)?.checked_mul(down)?;
        let whole = (new + old).checked_mul(down)?;
        crate::fixed::divide(weighted.checked_add(kept)?, whole, Rounding::HalfEven).ok()
    };
    narrow().or_else(|| {
        let weighted = Signed::<8>::product(value, up)?.times(&Signed::of(new))?;
        let kept = Signed::product(before, down)?.times(&Signed::of(old))?;
        let whole = Big::product((new + old).unsigned_abs(), down.unsigned_abs())?;
        Shift::new(0, 0)?.quotient(&weighted.plus(&kept)?, &whole, Rounding::HalfEven)
    })
}
