//! Quantiles at a rational place between the smallest and the largest value.

use std::str::FromStr;

use super::rolling::Window;
use super::{checked_scale, computed, scalar, Computed, Decimals, Scalar};
use crate::error::{Error, Result};
use crate::fixed::{Big, Rounding, Shift, Signed};

/// What stands between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    /// As far on the way from one to the next as the place is.
    Linear,
    /// The one below.
    Lower,
    /// The one above.
    Higher,
    /// The middle of both.
    Midpoint,
}

impl FromStr for Interpolation {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "linear" => Interpolation::Linear,
            "lower" => Interpolation::Lower,
            "higher" => Interpolation::Higher,
            "midpoint" => Interpolation::Midpoint,
            _ => {
                return Err(Error::invalid(
                    "interpolation",
                    name,
                    "give linear, lower, higher or midpoint",
                ))
            }
        })
    }
}

/// A place between the smallest value, 0, and the largest, 1.
#[derive(Debug, Clone, Copy)]
struct Place {
    numerator: u64,
    denominator: u64,
    interpolation: Interpolation,
    shift: Shift<8>,
}

impl Place {
    fn new(
        (numerator, denominator): (i64, i64),
        interpolation: Interpolation,
        from: u32,
        to: u32,
    ) -> Result<Self> {
        if numerator < 0 || denominator <= 0 || numerator > denominator {
            let value = format!("{numerator}/{denominator}");
            return Err(Error::invalid("q", value, "give a ratio from 0 to 1"));
        }
        Ok(Place {
            numerator: numerator.unsigned_abs(),
            denominator: denominator.unsigned_abs(),
            interpolation,
            shift: Shift::new(from, to).ok_or_else(super::no_room)?,
        })
    }

    /// The quantile of ordered values, of which there is one at least.
    ///
    /// It lies at q (n - 1): definition 7 of Hyndman and Fan, "Sample quantiles in statistical
    /// packages", 1996.
    fn of(&self, ordered: &[i128]) -> Option<i128> {
        let place = u128::from(self.numerator) * (ordered.len() - 1) as u128;
        let whole = u128::from(self.denominator);
        let (below, rest) = ((place / whole) as usize, place % whole);
        let above = below + usize::from(rest > 0);
        let (low, high) = (ordered[below], ordered[above]);
        let (way, whole) = match self.interpolation {
            Interpolation::Linear => (rest, whole),
            Interpolation::Lower => (0, 1),
            Interpolation::Higher => (1, 1),
            Interpolation::Midpoint => (1, 2),
        };
        let step = Signed::of(high).minus(&Signed::of(low))?;
        let part = step.times(&Signed {
            negative: false,
            size: Big::of(way),
        })?;
        let start = Signed::of(low).times(&Signed {
            negative: false,
            size: Big::of(whole),
        })?;
        let sum = start.plus(&part)?;
        self.shift
            .quotient(&sum, &Big::of(whole), Rounding::HalfEven)
    }
}

/// The quantile of a column at a scale, half even; None of nothing.
///
/// # Errors
/// Invalid for a place outside of 0 to 1; overflow where it needs more than 38 digits.
pub fn quantile(
    column: Decimals<'_>,
    q: (i64, i64),
    interpolation: Interpolation,
    scale: Option<u32>,
) -> Result<Scalar> {
    let to = checked_scale(column.default_scale(scale))?;
    let place = Place::new(q, interpolation, column.scale, to)?;
    let mut ordered: Vec<i128> = column.known().collect();
    if ordered.is_empty() {
        return Ok(None);
    }
    ordered.sort_unstable();
    scalar(place.of(&ordered), to)
}

/// The quantile of each window at a scale, half even.
///
/// # Errors
/// As [`quantile`].
pub fn rolling_quantile(
    column: Decimals<'_>,
    window: Window,
    q: (i64, i64),
    interpolation: Interpolation,
    scale: Option<u32>,
) -> Result<Computed> {
    let to = checked_scale(column.default_scale(scale))?;
    let place = Place::new(q, interpolation, column.scale, to)?;
    let mut ordered: Vec<i128> = Vec::with_capacity(window.rows.min(column.len()));
    computed(column.len(), to, |row| {
        if let Some(old) = window.leaving(row).and_then(|old| column.get(old)) {
            ordered.remove(ordered.partition_point(|&value| value < old));
        }
        if let Some(new) = column.get(row) {
            ordered.insert(ordered.partition_point(|&value| value < new), new);
        }
        match ordered.len() >= window.min_periods {
            true => Some(Some(place.of(&ordered)?)),
            false => Some(None),
        }
    })
}
