//! Division by one number many times.

use super::rounding::{divide, steps_away, Rounding};
use crate::error::{Error, Result};

/// A number above zero by which many are divided.
///
/// Where it has 64 bits, its reciprocal is computed once and each quotient takes two products:
/// Moller and Granlund, "Improved division by invariant integers", 2011, algorithm 4.
#[derive(Debug, Clone, Copy)]
pub struct Divisor {
    whole: i128,
    /// The divisor with its highest bit set; zero where it has more than 64 bits.
    raised: u64,
    shift: u32,
    reciprocal: u64,
}

impl Divisor {
    /// Prepare a divisor.
    ///
    /// # Errors
    /// Invalid for one that is not above zero.
    pub fn new(whole: i128) -> Result<Self> {
        if whole <= 0 {
            let reason = "give a number above zero";
            return Err(Error::invalid("denominator", whole, reason));
        }
        let Ok(narrow) = u64::try_from(whole) else {
            return Ok(Divisor {
                whole,
                raised: 0,
                shift: 0,
                reciprocal: 0,
            });
        };
        let shift = narrow.leading_zeros();
        let raised = narrow << shift;
        Ok(Divisor {
            whole,
            raised,
            shift,
            // floor((2^128 - 1) / raised) - 2^64
            reciprocal: (u128::MAX / u128::from(raised)) as u64,
        })
    }

    /// The quotient, rounded.
    ///
    /// # Errors
    /// Overflow for the one quotient that has no room.
    #[inline]
    pub fn divide(&self, numerator: i128, mode: Rounding) -> Result<i128> {
        if self.raised == 0 {
            return divide(numerator, self.whole, mode);
        }
        let size = numerator.unsigned_abs();
        let top = match self.shift {
            0 => 0,
            shift => (size >> (128 - shift)) as u64,
        };
        let rest = size << self.shift;
        let (high, rest_high) = self.digit(top, (rest >> 64) as u64);
        let (low, rest_low) = self.digit(rest_high, rest as u64);
        let mut quotient = u128::from(high) << 64 | u128::from(low);
        let negative = numerator < 0;
        if rest_low != 0 {
            let half = rest_low.cmp(&(self.raised - rest_low));
            quotient += u128::from(steps_away(mode, negative, half, quotient));
        }
        let no_room = || Error::overflow(format!("{numerator} / {}", self.whole));
        if negative {
            0_i128.checked_sub_unsigned(quotient).ok_or_else(no_room)
        } else {
            i128::try_from(quotient).map_err(|_| no_room())
        }
    }

    /// A digit and what is left of two digits, of which the upper one is below the divisor.
    #[inline]
    fn digit(&self, upper: u64, lower: u64) -> (u64, u64) {
        let guess = (u128::from(self.reciprocal) * u128::from(upper))
            .wrapping_add(u128::from(upper) << 64 | u128::from(lower));
        let mut digit = ((guess >> 64) as u64).wrapping_add(1);
        let mut rest = lower.wrapping_sub(digit.wrapping_mul(self.raised));
        if rest > guess as u64 {
            digit = digit.wrapping_sub(1);
            rest = rest.wrapping_add(self.raised);
        }
        if rest >= self.raised {
            digit = digit.wrapping_add(1);
            rest -= self.raised;
        }
        (digit, rest)
    }
}
