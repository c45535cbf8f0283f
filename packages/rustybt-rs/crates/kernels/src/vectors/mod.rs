//! Statistics of decimal columns: exact where the mathematics is finite, else rounded once.
//!
//! A column is coefficients at one scale, some of them missing. Aggregates pass over what is
//! missing; cumulative functions leave it missing and go on behind it; a window counts what is
//! there and gives nothing where that is less than it needs. Moments are made of exact whole
//! sums, n sum(x^2) - sum(x)^2, in 256 bits and where these do not suffice in 1,024; floats have
//! no part in any result.

mod aggregates;
mod cumulative;
mod elementwise;
mod extremes;
mod moments;
mod quantiles;
mod rolling;

pub use aggregates::{dot, maximum, mean, minimum, sum};
pub use cumulative::{
    cumulative_maximum, cumulative_minimum, cumulative_product, cumulative_sum, difference,
    ewm_mean, percentage_change,
};
pub use elementwise::{coefficients, divide, multiply, round};
pub use extremes::{rolling_maximum, rolling_minimum};
pub use moments::{correlation, covariance, standard_deviation, variance};
pub use quantiles::{quantile, rolling_quantile, Interpolation};
pub use rolling::{
    rolling_correlation, rolling_covariance, rolling_mean, rolling_standard_deviation, rolling_sum,
    rolling_variance, rolling_zscore, Window,
};

use crate::error::{Error, Result};
use crate::fixed::{power_of_ten, WIDEST_SCALE};

/// Scale of a rounded result where none is asked for, unless its column has a wider one.
pub const DEFAULT_SCALE: u32 = 18;

/// A number of 38 digits is below this.
const LIMIT: i128 = 10_i128.pow(WIDEST_SCALE);

/// Limbs of moments, where they suffice, and where they always do.
///
/// With coefficients below 2^127 and 2^40 rows, n sum(x^2) - sum(x)^2 is below 2^334, and what a
/// correlation compares, times 10^76, below 2^930.
const NARROW: usize = 4;
const ENOUGH: usize = 16;

/// A decimal column that is read.
#[derive(Debug, Clone, Copy)]
pub struct Decimals<'a> {
    /// Coefficients; whatever stands where one is missing.
    pub values: &'a [i128],
    /// Whether each is there; None where all are.
    pub valid: Option<&'a [bool]>,
    /// Digits after the point.
    pub scale: u32,
}

impl Decimals<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The coefficient of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<i128> {
        match self.valid {
            Some(valid) if !valid[row] => None,
            _ => Some(self.values[row]),
        }
    }

    /// All rows.
    #[inline]
    fn rows(&self) -> impl Iterator<Item = Option<i128>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The coefficients that are there.
    #[inline]
    fn known(&self) -> impl Iterator<Item = i128> + '_ {
        self.rows().flatten()
    }

    fn default_scale(&self, scale: Option<u32>) -> u32 {
        scale.unwrap_or(self.scale.max(DEFAULT_SCALE))
    }
}

/// A decimal column that was computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Coefficients of at most 38 digits; zero where one is missing.
    pub values: Vec<i128>,
    /// Whether each is there; None where all are.
    pub valid: Option<Vec<bool>>,
    /// Digits after the point.
    pub scale: u32,
}

/// A coefficient and its scale; None where there is nothing to compute it of.
pub type Scalar = Option<(i128, u32)>;

/// The largest scale that a column can have is 38.
fn checked_scale(scale: u32) -> Result<u32> {
    if scale > WIDEST_SCALE {
        return Err(Error::invalid("scale", scale, "give at most 38 digits"));
    }
    Ok(scale)
}

fn same_length(a: &Decimals<'_>, b: &Decimals<'_>) -> Result<()> {
    if a.len() != b.len() {
        let lengths = format!("{} and {} rows", a.len(), b.len());
        return Err(Error::invalid(
            "other",
            lengths,
            "give columns of one length",
        ));
    }
    Ok(())
}

/// A value that 38 digits hold.
#[inline]
fn bounded(value: i128) -> Option<i128> {
    (value.unsigned_abs() < LIMIT.unsigned_abs()).then_some(value)
}

/// What has no room; the binding says of which function and column.
fn no_room() -> Error {
    Error::overflow("the result")
}

/// What has no room in a row.
fn no_room_at(row: usize) -> Error {
    Error::overflow(format!("row {row}"))
}

/// A column of `length` rows, each computed; the outer None of a row says that it has no room.
#[inline]
fn computed(
    length: usize,
    scale: u32,
    mut of_row: impl FnMut(usize) -> Option<Option<i128>>,
) -> Result<Computed> {
    let mut values = Vec::with_capacity(length);
    let mut missing = Vec::new();
    for row in 0..length {
        match of_row(row).ok_or_else(|| no_room_at(row))? {
            Some(value) => values.push(bounded(value).ok_or_else(|| no_room_at(row))?),
            None => {
                missing.push(row);
                values.push(0);
            }
        }
    }
    let valid = (!missing.is_empty()).then(|| {
        let mut valid = vec![true; length];
        missing.iter().for_each(|&row| valid[row] = false);
        valid
    });
    Ok(Computed {
        values,
        valid,
        scale,
    })
}

/// The scalar of a coefficient that may have no room.
fn scalar(value: Option<i128>, scale: u32) -> Result<Scalar> {
    let value = value.and_then(bounded).ok_or_else(no_room)?;
    Ok(Some((value, scale)))
}

/// Numerator and denominator of a change of scale.
fn unit(from: u32, to: u32) -> Result<(i128, i128)> {
    Ok((
        power_of_ten(to.saturating_sub(from))?,
        power_of_ten(from.saturating_sub(to))?,
    ))
}

#[cfg(test)]
mod tests;
