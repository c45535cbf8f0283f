//! Parameters as decimals, and floats as the decimals that their shortest text means.

use crate::error::{Error, Result};
use crate::fixed::{power_of_ten, rescale, Rounding};

/// A decimal: `coefficient / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dec {
    /// The digits.
    pub coefficient: i128,
    /// Digits after the point.
    pub scale: u32,
}

impl Dec {
    /// Zero.
    pub const ZERO: Dec = Dec {
        coefficient: 0,
        scale: 0,
    };

    /// A decimal without needless zeros at its end.
    pub fn new(coefficient: i128, scale: u32) -> Self {
        let (mut coefficient, mut scale) = (coefficient, scale);
        if coefficient == 0 {
            return Dec::ZERO;
        }
        while scale > 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            scale -= 1;
        }
        Dec { coefficient, scale }
    }

    /// The coefficient at another scale.
    ///
    /// # Errors
    /// Invalid where a digit would be lost; overflow where it has no room.
    pub fn exactly_at(self, scale: u32, field: &str) -> Result<i128> {
        if self.scale > scale {
            let reason = format!("give at most {scale} digits after the point");
            return Err(Error::invalid(field, self, reason));
        }
        rescale(self.coefficient, self.scale, scale, Rounding::HalfEven)
    }

    /// `10^scale`.
    pub(super) fn unit(self) -> Result<i128> {
        power_of_ten(self.scale)
    }
}

impl std::fmt::Display for Dec {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}E-{}", self.coefficient, self.scale)
    }
}

/// Coefficients below this are told apart by a float of the same digits, and by no shorter one.
const SURE: f64 = 1e15;

/// How many digits after the point are tried before the text of a float is made.
const TRIED: usize = 12;

const POWERS: [f64; TRIED + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
];

/// The decimal that the shortest text of a float means.
///
/// # Errors
/// Invalid for what is no finite number, or has more digits after the point than 38.
pub fn shortest(value: f64, field: &str) -> Result<Dec> {
    if !value.is_finite() {
        return Err(Error::invalid(field, value, "give a finite number"));
    }
    for (scale, power) in POWERS.iter().enumerate() {
        // A quotient is rounded correctly, and a decimal of 15 digits is the shortest text of
        // the float next to it: the first that comes back is the one.
        let digits = (value * power).round();
        if digits.abs() < SURE && digits / power == value {
            return Ok(Dec {
                coefficient: digits as i128,
                scale: scale as u32,
            });
        }
    }
    written(value, field)
}

/// The same by way of the text.
fn written(value: f64, field: &str) -> Result<Dec> {
    let text = format!("{value:e}");
    let no_room = || Error::invalid(field, value, "give at most 38 digits after the point");
    let (digits, exponent) = text.split_once('e').ok_or_else(no_room)?;
    let exponent: i64 = exponent.parse().map_err(|_| no_room())?;
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let joined = format!("{whole}{rest}");
    let coefficient: i128 = joined.parse().map_err(|_| no_room())?;
    let scale = rest.len() as i64 - exponent;
    if scale < 0 {
        let unit = power_of_ten(u32::try_from(-scale).map_err(|_| no_room())?)?;
        let wide = coefficient.checked_mul(unit).ok_or_else(no_room)?;
        return Ok(Dec::new(wide, 0));
    }
    let scale = u32::try_from(scale).map_err(|_| no_room())?;
    if scale > crate::fixed::WIDEST_SCALE {
        return Err(no_room());
    }
    Ok(Dec::new(coefficient, scale))
}

/// Floats as coefficients at the scale of the finest one; `i64::MIN` for NaN and what is not there.
///
/// # Errors
/// Invalid for infinities; overflow where a coefficient has no room in 64 bits.
pub fn coefficients(
    values: &[f64],
    valid: Option<&[bool]>,
    field: &str,
) -> Result<(Vec<i64>, u32)> {
    let is_there = |row: usize| valid.is_none_or(|valid| valid[row]) && !values[row].is_nan();
    let mut found = Vec::with_capacity(values.len());
    let mut widest = 0;
    for (row, &value) in values.iter().enumerate() {
        let decimal = if is_there(row) {
            shortest(value, field)?
        } else {
            Dec::ZERO
        };
        widest = widest.max(decimal.scale);
        found.push(decimal);
    }
    let narrowed = found.into_iter().enumerate().map(|(row, decimal)| {
        if !is_there(row) {
            return Ok(i64::MIN);
        }
        crate::fixed::narrow(decimal.exactly_at(widest, field)?, field)
    });
    Ok((narrowed.collect::<Result<_>>()?, widest))
}
