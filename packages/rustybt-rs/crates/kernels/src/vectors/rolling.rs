//! Windows of rows: sums, means, variances, covariances, z-scores.

use super::moments::{degrees, pair_scale, Kind, Moments, Pairs};
use super::{
    checked_scale, computed, same_length, Computed, Decimals, DEFAULT_SCALE, ENOUGH, NARROW,
};
use crate::error::{Error, Result};
use crate::fixed::{Big, Rounding, Shift, Signed};

/// How many rows are looked at, and how many of them must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Rows, this one and those before it.
    pub rows: usize,
    /// Values below which there is no result; at least one.
    pub min_periods: usize,
}

impl Window {
    /// A window; all its values must be there unless it is said how many.
    ///
    /// # Errors
    /// Invalid for a window without rows, and for a minimum outside of 1 to that many.
    pub fn new(rows: usize, min_periods: Option<usize>) -> Result<Self> {
        let min_periods = min_periods.unwrap_or(rows);
        if rows == 0 {
            return Err(Error::invalid("window", rows, "give at least one row"));
        }
        if min_periods == 0 || min_periods > rows {
            let reason = format!("give 1 to {rows}, the rows of the window");
            return Err(Error::invalid("min_periods", min_periods, reason));
        }
        Ok(Window { rows, min_periods })
    }

    /// The row that leaves when `row` comes.
    #[inline]
    pub(super) fn leaving(&self, row: usize) -> Option<usize> {
        row.checked_sub(self.rows)
    }
}

/// A sum that values come to and leave.
trait Total<const L: usize>: Copy {
    const NOTHING: Self;
    fn plus(self, value: i128) -> Option<Self>;
    fn minus(self, value: i128) -> Option<Self>;
    fn whole(self) -> Option<i128>;
    fn signed(self) -> Signed<L>;
}

impl Total<NARROW> for i128 {
    const NOTHING: Self = 0;

    #[inline]
    fn plus(self, value: i128) -> Option<Self> {
        self.checked_add(value)
    }

    #[inline]
    fn minus(self, value: i128) -> Option<Self> {
        self.checked_sub(value)
    }

    #[inline]
    fn whole(self) -> Option<i128> {
        Some(self)
    }

    #[inline]
    fn signed(self) -> Signed<NARROW> {
        Signed::of(self)
    }
}

impl Total<ENOUGH> for Signed<ENOUGH> {
    const NOTHING: Self = Signed::ZERO;

    fn plus(self, value: i128) -> Option<Self> {
        Signed::plus(&self, &Signed::of(value))
    }

    fn minus(self, value: i128) -> Option<Self> {
        Signed::minus(&self, &Signed::of(value))
    }

    fn whole(self) -> Option<i128> {
        Shift::new(0, 0)?.quotient(&self, &Big::of(1), Rounding::HalfEven)
    }

    fn signed(self) -> Signed<ENOUGH> {
        self
    }
}

/// A window's total for each row, made into a value where enough is there.
fn totals<const L: usize, T: Total<L>>(
    column: Decimals<'_>,
    window: Window,
    to: u32,
    finished: impl Fn(T, usize) -> Option<i128>,
) -> Result<Computed> {
    let (mut total, mut count) = (T::NOTHING, 0_usize);
    computed(column.len(), to, |row| {
        if let Some(old) = window.leaving(row).and_then(|old| column.get(old)) {
            (total, count) = (total.minus(old)?, count - 1);
        }
        if let Some(new) = column.get(row) {
            (total, count) = (total.plus(new)?, count + 1);
        }
        match count >= window.min_periods {
            true => Some(Some(finished(total, count)?)),
            false => Some(None),
        }
    })
}

/// The sum of each window at the column's scale.
///
/// # Errors
/// Overflow where one needs more than 38 digits.
pub fn rolling_sum(column: Decimals<'_>, window: Window) -> Result<Computed> {
    let quickly = totals(column, window, column.scale, |total: i128, _| total.whole());
    quickly.or_else(|_| {
        totals(column, window, column.scale, |total: Signed<ENOUGH>, _| {
            total.whole()
        })
    })
}

/// The mean of each window at a scale, half even.
///
/// # Errors
/// As [`rolling_sum`].
pub fn rolling_mean(column: Decimals<'_>, window: Window, scale: Option<u32>) -> Result<Computed> {
    let to = checked_scale(column.default_scale(scale))?;
    let quickly = means::<NARROW, i128>(column, window, to);
    quickly.or_else(|_| means::<ENOUGH, Signed<ENOUGH>>(column, window, to))
}

fn means<const L: usize, T: Total<L>>(
    column: Decimals<'_>,
    window: Window,
    to: u32,
) -> Result<Computed> {
    let shift = Shift::<L>::new(column.scale, to).ok_or_else(super::no_room)?;
    totals(column, window, to, |total: T, count| {
        shift.quotient(&total.signed(), &Big::of(count as u128), Rounding::HalfEven)
    })
}

/// Moments of each window; None of a row where they have no room.
fn over_moments<const L: usize>(
    column: Decimals<'_>,
    window: Window,
    to: u32,
    finished: impl Fn(&Moments<L>, usize) -> Option<Option<i128>>,
) -> Result<Computed> {
    let mut moments = Moments::<L>::EMPTY;
    computed(column.len(), to, |row| {
        if let Some(old) = window.leaving(row).and_then(|old| column.get(old)) {
            moments = moments.without(old)?;
        }
        if let Some(new) = column.get(row) {
            moments = moments.with(new)?;
        }
        match moments.count >= window.min_periods {
            true => finished(&moments, row),
            false => Some(None),
        }
    })
}

/// The variance of each window at a scale, half even; nothing of fewer than `ddof + 1` values.
///
/// # Errors
/// Overflow where one needs more than 38 digits.
pub fn rolling_variance(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    scale: Option<u32>,
) -> Result<Computed> {
    spreads(column, window, ddof, scale, Kind::Variance)
}

/// The standard deviation of each window, as [`super::standard_deviation`] makes it.
///
/// # Errors
/// As [`rolling_variance`].
pub fn rolling_standard_deviation(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    scale: Option<u32>,
) -> Result<Computed> {
    spreads(column, window, ddof, scale, Kind::Root)
}

fn spreads(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    scale: Option<u32>,
    kind: Kind,
) -> Result<Computed> {
    let to = checked_scale(column.default_scale(scale))?;
    spreads_in::<NARROW>(column, window, ddof, to, kind)
        .or_else(|_| spreads_in::<ENOUGH>(column, window, ddof, to, kind))
}

fn spreads_in<const L: usize>(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    to: u32,
    kind: Kind,
) -> Result<Computed> {
    let shift = kind
        .shift::<L>(column.scale, to)
        .ok_or_else(super::no_room)?;
    over_moments(column, window, to, |moments, _| {
        let Some(whole) = degrees(moments.count, ddof) else {
            return Some(None);
        };
        Some(Some(kind.finished(moments.spread()?, &whole, &shift)?))
    })
}

/// How many standard deviations each value is from the mean of its window, half even.
///
/// Nothing where the value is missing, the window does not vary, or holds fewer than `ddof + 1`.
///
/// # Errors
/// As [`rolling_variance`].
pub fn rolling_zscore(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    scale: Option<u32>,
) -> Result<Computed> {
    let to = checked_scale(scale.unwrap_or(DEFAULT_SCALE))?;
    zscores_in::<NARROW>(column, window, ddof, to)
        .or_else(|_| zscores_in::<ENOUGH>(column, window, ddof, to))
}

/// (x - mean) / deviation is the root of (n x - sum)^2 (n - ddof) / (n N), with its sign.
fn zscores_in<const L: usize>(
    column: Decimals<'_>,
    window: Window,
    ddof: usize,
    to: u32,
) -> Result<Computed> {
    let shift = Shift::<L>::new(0, 2 * to).ok_or_else(super::no_room)?;
    over_moments(column, window, to, |moments, row| {
        let (Some(value), true) = (column.get(row), moments.count > ddof) else {
            return Some(None);
        };
        let spread = moments.spread()?;
        if spread.is_zero() {
            return Some(None);
        }
        let offset = moments.offset(value)?;
        let rest = Big::of((moments.count - ddof) as u128);
        let size = offset.size.times(&offset.size)?.times(&rest)?;
        let root = shift.root(&size, &spread.times(&Big::of(moments.count as u128))?)?;
        Some(Some(if offset.negative { -root } else { root }))
    })
}

/// Moments of each window of pairs.
fn over_pairs<const L: usize>(
    (a, b): (Decimals<'_>, Decimals<'_>),
    window: Window,
    to: u32,
    finished: impl Fn(&Pairs<L>) -> Option<Option<i128>>,
) -> Result<Computed> {
    let pair = |row: usize| a.get(row).zip(b.get(row));
    let mut pairs = Pairs::<L>::EMPTY;
    computed(a.len(), to, |row| {
        if let Some((x, y)) = window.leaving(row).and_then(pair) {
            pairs = pairs.without(x, y)?;
        }
        if let Some((x, y)) = pair(row) {
            pairs = pairs.with(x, y)?;
        }
        match pairs.x.count >= window.min_periods {
            true => finished(&pairs),
            false => Some(None),
        }
    })
}

/// The covariance of each window at a scale, half even, over rows in which both are there.
///
/// # Errors
/// Invalid for columns of two lengths; overflow where one needs more than 38 digits.
pub fn rolling_covariance(
    a: Decimals<'_>,
    b: Decimals<'_>,
    window: Window,
    ddof: usize,
    scale: Option<u32>,
) -> Result<Computed> {
    same_length(&a, &b)?;
    let to = checked_scale(pair_scale(&a, &b, scale))?;
    covariances_in::<NARROW>((a, b), window, ddof, to)
        .or_else(|_| covariances_in::<ENOUGH>((a, b), window, ddof, to))
}

fn covariances_in<const L: usize>(
    (a, b): (Decimals<'_>, Decimals<'_>),
    window: Window,
    ddof: usize,
    to: u32,
) -> Result<Computed> {
    let shift = Shift::<L>::new(a.scale + b.scale, to).ok_or_else(super::no_room)?;
    over_pairs((a, b), window, to, |pairs: &Pairs<L>| {
        let Some(whole) = degrees(pairs.x.count, ddof) else {
            return Some(None);
        };
        let together = pairs.together()?;
        Some(Some(shift.quotient(
            &together,
            &whole,
            Rounding::HalfEven,
        )?))
    })
}

/// Pearson's correlation of each window at a scale, half even; nothing where one does not vary.
///
/// # Errors
/// As [`rolling_covariance`].
pub fn rolling_correlation(
    a: Decimals<'_>,
    b: Decimals<'_>,
    window: Window,
    scale: Option<u32>,
) -> Result<Computed> {
    same_length(&a, &b)?;
    let to = checked_scale(scale.unwrap_or(DEFAULT_SCALE))?;
    correlations_in::<NARROW>((a, b), window, to)
        .or_else(|_| correlations_in::<ENOUGH>((a, b), window, to))
}

fn correlations_in<const L: usize>(
    columns: (Decimals<'_>, Decimals<'_>),
    window: Window,
    to: u32,
) -> Result<Computed> {
    let shift = Shift::<L>::new(0, 2 * to).ok_or_else(super::no_room)?;
    over_pairs(columns, window, to, |pairs: &Pairs<L>| {
        pairs.correlation(&shift)
    })
}
