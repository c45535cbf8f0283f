//! Products of 256 bits, and roots.

use super::rounding::{steps_away, Rounding};
use super::{divide, power_of_ten, WIDEST_SCALE};
use crate::error::{Error, Result};

const GUARD_DIGITS: u32 = 2;

/// `a x b / c`, rounded once; the product may have 256 bits.
///
/// # Errors
/// Invalid for a zero `c`; overflow when the result has no room.
#[inline]
pub fn mul_div(a: i128, b: i128, c: i128, mode: Rounding) -> Result<i128> {
    if let Some(product) = a.checked_mul(b) {
        return divide(product, c, mode);
    }
    wide_mul_div(a, b, c, mode)
}

#[cold]
fn wide_mul_div(a: i128, b: i128, c: i128, mode: Rounding) -> Result<i128> {
    if c == 0 {
        return Err(Error::invalid(
            "denominator",
            0,
            "nothing is divided by zero",
        ));
    }
    let no_room = || Error::overflow(format!("{a} x {b} / {c}"));
    let negative = (a < 0) ^ (b < 0) ^ (c < 0);
    let whole = c.unsigned_abs();
    let (high, low) = full_product(a.unsigned_abs(), b.unsigned_abs());
    if high >= whole {
        return Err(no_room());
    }
    let (mut quotient, rest) = long_division(high, low, whole);
    if rest != 0 && steps_away(mode, negative, rest.cmp(&(whole - rest)), quotient) {
        quotient = quotient.checked_add(1).ok_or_else(no_room)?;
    }
    signed(quotient, negative).ok_or_else(no_room)
}

fn signed(size: u128, negative: bool) -> Option<i128> {
    if negative {
        0_i128.checked_sub_unsigned(size)
    } else {
        i128::try_from(size).ok()
    }
}

/// The 256 bits of a product, as its upper and its lower half.
pub(crate) fn full_product(a: u128, b: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let lowest = a0 * b0;
    let (middle, carried) = (a1 * b0).overflowing_add(a0 * b1);
    let (low, carry) = lowest.overflowing_add(middle << 64);
    let high = a1 * b1 + (middle >> 64) + (u128::from(carried) << 64) + u128::from(carry);
    (high, low)
}

/// Quotient and rest of a 256-bit number whose upper half is below the divisor, bit by bit.
pub(crate) fn long_division(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    let (mut rest, mut quotient) = (high, 0_u128);
    for bit in (0..128).rev() {
        let carry = rest >> 127 == 1;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if carry || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    (quotient, rest)
}

/// The largest integer whose square is at most `value`.
#[inline]
pub fn isqrt(value: u128) -> u128 {
    // A float knows 53 bits of the root: they lead Newton's method, which then goes one step.
    // Every number above the root leads to it from above; the float may be a bit below.
    let near = (value as f64).sqrt() as u128;
    if near == 0 {
        return value;
    }
    let mut root = (near + value / near) >> 1;
    loop {
        let next = (root + value / root) >> 1;
        if next >= root {
            return root;
        }
        root = next;
    }
}

/// The largest integer whose square is at most a number of 256 bits, given as its two halves.
fn wide_isqrt(high: u128, low: u128) -> u128 {
    if high == 0 {
        return isqrt(low);
    }
    (0..128).rev().fold(0, |root, bit| {
        let candidate = root | (1 << bit);
        if full_product(candidate, candidate) <= (high, low) {
            candidate
        } else {
            root
        }
    })
}

/// The square root of a coefficient, as a coefficient at another scale.
///
/// The integer root is floored two digits further out, then rounded half even.
///
/// # Errors
/// Invalid below zero; overflow when the root has no room.
pub fn sqrt(coefficient: i128, scale: u32, to: u32) -> Result<i128> {
    let size = u128::try_from(coefficient).map_err(|_| {
        Error::invalid(
            "radicand",
            coefficient,
            "give a number that is not negative",
        )
    })?;
    let no_room = || Error::overflow(format!("square root of {coefficient}"));
    let wide = 2 * (to + GUARD_DIGITS);
    let (high, low) = if wide >= scale {
        let digits = wide - scale;
        let first = digits.min(WIDEST_SCALE);
        let rest = 10_u128.checked_pow(digits - first).ok_or_else(no_room)?;
        let widened = size.checked_mul(rest).ok_or_else(no_room)?;
        full_product(widened, 10_u128.pow(first))
    } else {
        let unit = 10_u128.checked_pow(scale - wide);
        (0, unit.map_or(0, |unit| size / unit))
    };
    let root = i128::try_from(wide_isqrt(high, low)).map_err(|_| no_room())?;
    divide(root, power_of_ten(GUARD_DIGITS)?, Rounding::HalfEven)
}
