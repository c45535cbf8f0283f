//! Variances, covariances and what is made of them, by exact whole sums.

use super::aggregates::product;
use super::{checked_scale, no_room, same_length, scalar, Decimals, Scalar, ENOUGH, NARROW};
use crate::error::Result;
use crate::fixed::{Big, Rounding, Shift, Signed};

/// Count, sum and sum of squares.
#[derive(Clone, Copy)]
pub(super) struct Moments<const L: usize> {
    pub(super) count: usize,
    sum: Signed<L>,
    squares: Signed<L>,
}

impl<const L: usize> Moments<L> {
    pub(super) const EMPTY: Self = Moments {
        count: 0,
        sum: Signed::ZERO,
        squares: Signed::ZERO,
    };

    /// Those of a column, in 128 bits where these suffice.
    fn of(column: Decimals<'_>) -> Option<Self> {
        let add = |(count, sum, squares): (usize, i128, i128), x: i128| {
            let square = product(x, x)?;
            Some((count + 1, sum.checked_add(x)?, squares.checked_add(square)?))
        };
        match column.known().try_fold((0, 0, 0), add) {
            Some((count, sum, squares)) => Some(Moments {
                count,
                sum: Signed::of(sum),
                squares: Signed::of(squares),
            }),
            None => column
                .known()
                .try_fold(Self::EMPTY, |so_far, x| so_far.with(x)),
        }
    }

    /// With one more value; None where it has no room, as below.
    #[inline]
    pub(super) fn with(&self, x: i128) -> Option<Self> {
        Some(Moments {
            count: self.count + 1,
            sum: self.sum.plus(&Signed::of(x))?,
            squares: self.squares.plus(&Signed::product(x, x)?)?,
        })
    }

    /// Without a value that is in it.
    #[inline]
    pub(super) fn without(&self, x: i128) -> Option<Self> {
        Some(Moments {
            count: self.count - 1,
            sum: self.sum.minus(&Signed::of(x))?,
            squares: self.squares.minus(&Signed::product(x, x)?)?,
        })
    }

    /// `n sum(x^2) - sum(x)^2`, which is never negative.
    #[inline]
    pub(super) fn spread(&self) -> Option<Big<L>> {
        let counted = self.squares.size.times(&Big::of(self.count as u128))?;
        counted.minus(&self.sum.size.times(&self.sum.size)?)
    }

    /// `n x - sum(x)`: how far a value is from the mean, n times.
    #[inline]
    pub(super) fn offset(&self, x: i128) -> Option<Signed<L>> {
        Signed::product(x, self.count as i128)?.minus(&self.sum)
    }
}

/// Count, sums and sum of products of two columns.
#[derive(Clone, Copy)]
pub(super) struct Pairs<const L: usize> {
    pub(super) x: Moments<L>,
    pub(super) y: Moments<L>,
    products: Signed<L>,
}

impl<const L: usize> Pairs<L> {
    pub(super) const EMPTY: Self = Pairs {
        x: Moments::EMPTY,
        y: Moments::EMPTY,
        products: Signed::ZERO,
    };

    /// With one more pair; None where it has no room, as below.
    #[inline]
    pub(super) fn with(&self, x: i128, y: i128) -> Option<Self> {
        Some(Pairs {
            x: self.x.with(x)?,
            y: self.y.with(y)?,
            products: self.products.plus(&Signed::product(x, y)?)?,
        })
    }

    /// Without a pair that is in it.
    #[inline]
    pub(super) fn without(&self, x: i128, y: i128) -> Option<Self> {
        Some(Pairs {
            x: self.x.without(x)?,
            y: self.y.without(y)?,
            products: self.products.minus(&Signed::product(x, y)?)?,
        })
    }

    /// `n sum(xy) - sum(x) sum(y)`.
    #[inline]
    pub(super) fn together(&self) -> Option<Signed<L>> {
        let count = Signed::of(self.x.count as i128);
        let counted = self.products.times(&count)?;
        counted.minus(&self.x.sum.times(&self.y.sum)?)
    }

    /// The correlation at a scale; the inner None where one of the columns does not vary.
    ///
    /// It is the root of its square: N(xy)^2 / (N(xx) N(yy)), with the sign of N(xy).
    pub(super) fn correlation(&self, shift: &Shift<L>) -> Option<Option<i128>> {
        let whole = self.x.spread()?.times(&self.y.spread()?)?;
        if whole.is_zero() {
            return Some(None);
        }
        let together = self.together()?;
        let root = shift.root(&together.size.times(&together.size)?, &whole)?;
        Some(Some(if together.negative { -root } else { root }))
    }
}

/// `n (n - ddof)`; None where it is not above zero.
#[inline]
pub(super) fn degrees<const L: usize>(count: usize, ddof: usize) -> Option<Big<L>> {
    let rest = count.checked_sub(ddof).filter(|&rest| rest > 0)?;
    Some(Big::of(count as u128 * rest as u128))
}

/// The variance at a scale, half even; None of fewer than `ddof + 1` values.
///
/// # Errors
/// Overflow where it needs more than 38 digits.
pub fn variance(column: Decimals<'_>, ddof: usize, scale: Option<u32>) -> Result<Scalar> {
    spread_of(column, ddof, scale, Kind::Variance)
}

/// The standard deviation at a scale: the exact root of the exact variance, rounded half even.
///
/// # Errors
/// As [`variance`].
pub fn standard_deviation(column: Decimals<'_>, ddof: usize, scale: Option<u32>) -> Result<Scalar> {
    spread_of(column, ddof, scale, Kind::Root)
}

/// What is made of a spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Variance,
    Root,
}

impl Kind {
    /// The change of scale from squares of coefficients to the result.
    pub(super) fn shift<const L: usize>(self, from: u32, to: u32) -> Option<Shift<L>> {
        match self {
            Kind::Variance => Shift::new(2 * from, to),
            Kind::Root => Shift::new(2 * from, 2 * to),
        }
    }

    /// The result at its scale.
    #[inline]
    pub(super) fn finished<const L: usize>(
        self,
        spread: Big<L>,
        whole: &Big<L>,
        shift: &Shift<L>,
    ) -> Option<i128> {
        match self {
            Kind::Root => shift.root(&spread, whole),
            Kind::Variance => {
                let size = Signed {
                    negative: false,
                    size: spread,
                };
                shift.quotient(&size, whole, Rounding::HalfEven)
            }
        }
    }
}

fn spread_of(column: Decimals<'_>, ddof: usize, scale: Option<u32>, kind: Kind) -> Result<Scalar> {
    let to = checked_scale(column.default_scale(scale))?;
    if column.known().nth(ddof).is_none() {
        return Ok(None);
    }
    let value = spread_in::<NARROW>(column, ddof, to, kind)
        .or_else(|| spread_in::<ENOUGH>(column, ddof, to, kind));
    scalar(value, to)
}

fn spread_in<const L: usize>(
    column: Decimals<'_>,
    ddof: usize,
    to: u32,
    kind: Kind,
) -> Option<i128> {
    let moments = Moments::<L>::of(column)?;
    let whole = degrees(moments.count, ddof)?;
    kind.finished(moments.spread()?, &whole, &kind.shift(column.scale, to)?)
}

/// The covariance of the rows in which both are there, at a scale, half even.
///
/// None of fewer than `ddof + 1` rows.
///
/// # Errors
/// Invalid for columns of two lengths; overflow where it needs more than 38 digits.
pub fn covariance(
    a: Decimals<'_>,
    b: Decimals<'_>,
    ddof: usize,
    scale: Option<u32>,
) -> Result<Scalar> {
    same_length(&a, &b)?;
    let to = checked_scale(pair_scale(&a, &b, scale))?;
    let found =
        covariance_in::<NARROW>(a, b, ddof, to).or_else(|| covariance_in::<ENOUGH>(a, b, ddof, to));
    match found.ok_or_else(no_room)? {
        Some(value) => scalar(Some(value), to),
        None => Ok(None),
    }
}

pub(super) fn pair_scale(a: &Decimals<'_>, b: &Decimals<'_>, scale: Option<u32>) -> u32 {
    a.default_scale(scale).max(b.default_scale(scale))
}

/// Those of two columns, in 128 bits where these suffice.
fn pairs_of<const L: usize>(a: Decimals<'_>, b: Decimals<'_>) -> Option<Pairs<L>> {
    let mut rows = (0..a.len()).filter_map(|row| a.get(row).zip(b.get(row)));
    narrow_pairs(rows.clone())
        .or_else(|| rows.try_fold(Pairs::EMPTY, |so_far: Pairs<L>, (x, y)| so_far.with(x, y)))
}

fn narrow_pairs<const L: usize>(mut rows: impl Iterator<Item = (i128, i128)>) -> Option<Pairs<L>> {
    let (count, sums) = rows.try_fold((0, [0_i128; 5]), |(count, mut sums), (x, y)| {
        let parts = [x, y, product(x, x)?, product(y, y)?, product(x, y)?];
        for (sum, part) in sums.iter_mut().zip(parts) {
            *sum = sum.checked_add(part)?;
        }
        Some((count + 1, sums))
    })?;
    let [x, y, xx, yy, xy] = sums.map(Signed::of);
    let moments = |sum, squares| Moments {
        count,
        sum,
        squares,
    };
    Some(Pairs {
        x: moments(x, xx),
        y: moments(y, yy),
        products: xy,
    })
}

fn covariance_in<const L: usize>(
    a: Decimals<'_>,
    b: Decimals<'_>,
    ddof: usize,
    to: u32,
) -> Option<Option<i128>> {
    let pairs = pairs_of::<L>(a, b)?;
    let Some(whole) = degrees(pairs.x.count, ddof) else {
        return Some(None);
    };
    let shift = Shift::new(a.scale + b.scale, to)?;
    Some(Some(shift.quotient(
        &pairs.together()?,
        &whole,
        Rounding::HalfEven,
    )?))
}

/// Pearson's correlation of the rows in which both are there, at a scale, half even.
///
/// None where one of the columns does not vary. Source: Pearson, "Notes on regression and
/// inheritance in the case of two parents", 1895.
///
/// # Errors
/// As [`covariance`].
pub fn correlation(a: Decimals<'_>, b: Decimals<'_>, scale: Option<u32>) -> Result<Scalar> {
    same_length(&a, &b)?;
    let to = checked_scale(scale.unwrap_or(super::DEFAULT_SCALE))?;
    let found = correlation_in::<NARROW>(a, b, to).or_else(|| correlation_in::<ENOUGH>(a, b, to));
    match found.ok_or_else(no_room)? {
        Some(value) => scalar(Some(value), to),
        None => Ok(None),
    }
}

fn correlation_in<const L: usize>(
    a: Decimals<'_>,
    b: Decimals<'_>,
    to: u32,
) -> Option<Option<i128>> {
    pairs_of::<L>(a, b)?.correlation(&Shift::new(0, 2 * to)?)
}
