//! Fixed-point numbers: a coefficient `c` at scale `s` is the number `c / 10^s`.
//!
//! The rounding modes are those of Python's `decimal`; the functions agree with
//! `rustybt.values` to the last digit.

mod big;
mod divisor;
mod rounding;
mod wide;

pub use big::{Big, Shift, Signed};
pub use divisor::Divisor;
pub use rounding::{divide, Rounding};
pub(crate) use wide::{full_product, long_division};
pub use wide::{isqrt, mul_div, sqrt};

use crate::error::{Error, Result};

/// Scale of money in a posting.
pub const MONEY_SCALE: u32 = 16;

/// Scale of public ratios: returns, leverage, averages.
pub const RATIO_SCALE: u32 = 16;

/// The largest power of ten that an `i128` holds has this exponent.
pub const WIDEST_SCALE: u32 = 38;

/// `10^exponent`.
///
/// # Errors
/// Overflow above 10^38.
pub fn power_of_ten(exponent: u32) -> Result<i128> {
    10_i128
        .checked_pow(exponent)
        .ok_or_else(|| Error::overflow(format!("10^{exponent}")))
}

/// The coefficient at another scale: exact when widening, rounded when narrowing.
///
/// # Errors
/// Overflow when the wider coefficient has no room.
pub fn rescale(coefficient: i128, from: u32, to: u32, mode: Rounding) -> Result<i128> {
    if to >= from {
        let unit = match power_of_ten(to - from) {
            Ok(unit) => unit,
            Err(_) if coefficient == 0 => return Ok(0),
            Err(error) => return Err(error),
        };
        return coefficient
            .checked_mul(unit)
            .ok_or_else(|| Error::overflow(format!("{coefficient} at scale {to}")));
    }
    match power_of_ten(from - to) {
        Ok(unit) => divide(coefficient, unit, mode),
        Err(_) => Ok(rounding::nearly_nothing(coefficient, mode)),
    }
}

/// `a x b`, where `a` has scale `p`, `b` scale `q` and the product scale `to`.
///
/// # Errors
/// Overflow when the result has no room; the product itself may have up to 256 bits.
pub fn multiply(a: i128, p: u32, b: i128, q: u32, to: u32, mode: Rounding) -> Result<i128> {
    let exact = p + q;
    if exact >= to {
        return mul_div(a, b, power_of_ten(exact - to)?, mode);
    }
    let product = a
        .checked_mul(b)
        .ok_or_else(|| Error::overflow(format!("{a} x {b}")))?;
    rescale(product, exact, to, mode)
}

/// A 64-bit coefficient, or an error that names what has no room in it.
///
/// # Errors
/// Overflow outside of 64 bits.
pub fn narrow(value: i128, what: &str) -> Result<i64> {
    i64::try_from(value).map_err(|_| Error::overflow(format!("{what} {value}")))
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod big_tests;
