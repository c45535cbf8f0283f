//! Division with the rounding modes of Python's `decimal`.

use std::str::FromStr;

use crate::error::{Error, Result};

/// How a quotient becomes an integer; the names are Python's without `ROUND_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Toward positive infinity.
    Ceiling,
    /// Toward zero.
    Down,
    /// Toward negative infinity.
    Floor,
    /// To the nearest, ties toward zero.
    HalfDown,
    /// To the nearest, ties to the even one.
    HalfEven,
    /// To the nearest, ties away from zero.
    HalfUp,
    /// Away from zero.
    Up,
    /// Away from zero where the last digit would be 0 or 5, else toward zero.
    ZeroFiveUp,
}

impl FromStr for Rounding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "ROUND_CEILING" => Rounding::Ceiling,
            "ROUND_DOWN" => Rounding::Down,
            "ROUND_FLOOR" => Rounding::Floor,
            "ROUND_HALF_DOWN" => Rounding::HalfDown,
            "ROUND_HALF_EVEN" => Rounding::HalfEven,
            "ROUND_HALF_UP" => Rounding::HalfUp,
            "ROUND_UP" => Rounding::Up,
            "ROUND_05UP" => Rounding::ZeroFiveUp,
            _ => {
                return Err(Error::invalid(
                    "rounding",
                    name,
                    "give a rounding mode of Python's decimal, such as ROUND_HALF_EVEN",
                ))
            }
        })
    }
}

/// The quotient of two integers, rounded.
///
/// # Errors
/// Invalid for a zero denominator; overflow for the one quotient that has no room.
#[inline]
pub fn divide(numerator: i128, denominator: i128, mode: Rounding) -> Result<i128> {
    if denominator == 0 {
        return Err(Error::invalid(
            "denominator",
            0,
            "nothing is divided by zero",
        ));
    }
    let no_room = || Error::overflow(format!("{numerator} / {denominator}"));
    let quotient = numerator.checked_div(denominator).ok_or_else(no_room)?;
    let rest = numerator - quotient * denominator;
    if rest == 0 {
        return Ok(quotient);
    }
    let negative = (numerator < 0) != (denominator < 0);
    let (rest, whole) = (rest.unsigned_abs(), denominator.unsigned_abs());
    // Compared without doubling, which may have no room.
    let half = rest.cmp(&(whole - rest));
    let away = steps_away(mode, negative, half, quotient.unsigned_abs());
    let step = if negative { -1 } else { 1 };
    if away {
        quotient.checked_add(step).ok_or_else(no_room)
    } else {
        Ok(quotient)
    }
}

/// Whether a truncated quotient with something left is moved away from zero.
///
/// `half` compares what is left with the half of a unit.
#[inline]
pub(super) fn steps_away(
    mode: Rounding,
    negative: bool,
    half: std::cmp::Ordering,
    truncated: u128,
) -> bool {
    match mode {
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
        Rounding::Down => false,
        Rounding::Up => true,
        Rounding::HalfDown => half.is_gt(),
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfEven => half.is_gt() || (half.is_eq() && truncated & 1 == 1),
        Rounding::ZeroFiveUp => matches!(truncated % 10, 0 | 5),
    }
}

/// What is left of a coefficient that is divided by more than it can hold.
pub(super) fn nearly_nothing(coefficient: i128, mode: Rounding) -> i128 {
    if coefficient == 0 {
        return 0;
    }
    let negative = coefficient < 0;
    let away = steps_away(mode, negative, std::cmp::Ordering::Less, 0);
    match (away, negative) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => -1,
    }
}
