//! Ticks and lots: the step that every price or size is a multiple of.

use crate::error::{Error, Result};
use crate::fixed::{narrow, power_of_ten, WIDEST_SCALE};

/// A step: a coefficient above zero at a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    name: &'static str,
    coefficient: i64,
    scale: u32,
}

impl Unit {
    /// The step `coefficient / 10^scale`, called "tick" or "lot".
    ///
    /// # Errors
    /// Invalid for a step that is none.
    pub fn new(name: &'static str, coefficient: i64, scale: u32) -> Result<Self> {
        if coefficient <= 0 || scale > WIDEST_SCALE {
            let reason = "a step is above zero and has at most 38 digits after the point";
            return Err(Error::invalid(
                name,
                plain(coefficient.into(), scale),
                reason,
            ));
        }
        Ok(Unit {
            name,
            coefficient,
            scale,
        })
    }

    /// Digits after the point.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// How many steps `coefficient / 10^scale` is.
    ///
    /// # Errors
    /// Invalid for what is no multiple; overflow beyond 64 bits.
    pub fn steps(&self, field: &str, coefficient: i128, scale: u32) -> Result<i64> {
        if scale == self.scale && self.coefficient == 1 {
            return narrow(coefficient, field);
        }
        let no_room = || Error::overflow(format!("{field} {}", plain(coefficient, scale)));
        let common = scale.max(self.scale);
        let scaled = |value: i128, from: u32| {
            let unit = power_of_ten(common - from)?;
            value.checked_mul(unit).ok_or_else(no_room)
        };
        let value = scaled(coefficient, scale)?;
        let step = scaled(self.coefficient.into(), self.scale)?;
        if value % step != 0 {
            return Err(self.off(field, plain(coefficient, scale)));
        }
        i64::try_from(value / step).map_err(|_| no_room())
    }

    /// The error for a value that is no multiple of the step.
    pub fn off(&self, field: &str, value: impl std::fmt::Display) -> Error {
        let step = plain(self.coefficient.into(), self.scale);
        let reason = format!("off the {} of {step}; round it to a multiple", self.name);
        Error::invalid(field, value, reason)
    }

    /// The coefficient of so many steps, at the step's scale.
    ///
    /// # Errors
    /// Overflow beyond 128 bits.
    pub fn value(&self, steps: i128) -> Result<i128> {
        let value = steps.checked_mul(self.coefficient.into());
        value.ok_or_else(|| Error::overflow(format!("{steps} {}s", self.name)))
    }
}

/// A number as people write it.
fn plain(coefficient: i128, scale: u32) -> String {
    let digits = coefficient.unsigned_abs().to_string();
    let sign = if coefficient < 0 { "-" } else { "" };
    let scale = scale as usize;
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{rest}")
}
