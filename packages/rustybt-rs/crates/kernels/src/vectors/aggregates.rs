//! One number of a column.

use super::{bounded, checked_scale, no_room, same_length, scalar, Decimals, Scalar, ENOUGH};
use crate::error::Result;
use crate::fixed::{Big, Rounding, Shift, Signed};

/// The sum at the column's scale; zero of nothing.
///
/// # Errors
/// Overflow where it needs more than 38 digits.
pub fn sum(column: Decimals<'_>) -> Result<Scalar> {
    let total = match narrow_sum(column.known()) {
        Some(total) => Some(total),
        None => wide_sum(column.known()).and_then(|total| whole(&total)),
    };
    scalar(total, column.scale)
}

fn narrow_sum(mut values: impl Iterator<Item = i128>) -> Option<i128> {
    values.try_fold(0_i128, i128::checked_add)
}

fn wide_sum(mut values: impl Iterator<Item = i128>) -> Option<Signed<ENOUGH>> {
    values.try_fold(Signed::ZERO, |total, value| total.plus(&Signed::of(value)))
}

fn whole(total: &Signed<ENOUGH>) -> Option<i128> {
    Shift::new(0, 0)?.quotient(total, &Big::of(1), Rounding::HalfEven)
}

/// The mean at a scale, half even; None of nothing.
///
/// # Errors
/// Overflow where it needs more than 38 digits.
pub fn mean(column: Decimals<'_>, scale: Option<u32>) -> Result<Scalar> {
    let to = checked_scale(column.default_scale(scale))?;
    let count = column.known().count();
    if count == 0 {
        return Ok(None);
    }
    let exact = match narrow_sum(column.known()) {
        Some(total) => Some(Signed::of(total)),
        None => wide_sum(column.known()),
    };
    let shift = Shift::<ENOUGH>::new(column.scale, to);
    let of = |(total, shift): (Signed<ENOUGH>, Shift<ENOUGH>)| {
        shift.quotient(&total, &Big::of(count as u128), Rounding::HalfEven)
    };
    scalar(exact.zip(shift).and_then(of), to)
}

/// The smallest number; None of nothing.
///
/// # Errors
/// Overflow where it has more than 38 digits.
pub fn minimum(column: Decimals<'_>) -> Result<Scalar> {
    chosen(column.known().min(), column.scale)
}

/// The largest number; None of nothing.
///
/// # Errors
/// As [`minimum`].
pub fn maximum(column: Decimals<'_>) -> Result<Scalar> {
    chosen(column.known().max(), column.scale)
}

fn chosen(value: Option<i128>, scale: u32) -> Result<Scalar> {
    value.map_or(Ok(None), |value| scalar(bounded(value), scale))
}

/// The sum of products at a scale, rounded once at the end; zero of nothing.
///
/// A row in which either is missing is passed over.
///
/// # Errors
/// Invalid for columns of two lengths; overflow where it needs more than 38 digits.
pub fn dot(a: Decimals<'_>, b: Decimals<'_>, scale: u32, mode: Rounding) -> Result<Scalar> {
    same_length(&a, &b)?;
    let to = checked_scale(scale)?;
    let exact = match narrow_dot(a, b) {
        Some(total) => Some(Signed::of(total)),
        None => wide_dot(a, b),
    };
    let total = exact.ok_or_else(no_room)?;
    let shift = Shift::<ENOUGH>::new(a.scale + b.scale, to).ok_or_else(no_room)?;
    scalar(shift.quotient(&total, &Big::of(1), mode), to)
}

fn pairs<'a>(a: Decimals<'a>, b: Decimals<'a>) -> impl Iterator<Item = (i128, i128)> + 'a {
    (0..a.len()).filter_map(move |row| a.get(row).zip(b.get(row)))
}

fn narrow_dot(a: Decimals<'_>, b: Decimals<'_>) -> Option<i128> {
    pairs(a, b).try_fold(0_i128, |total, (x, y)| total.checked_add(product(x, y)?))
}

/// The product, quickly where both have 64 bits.
#[inline]
pub(super) fn product(x: i128, y: i128) -> Option<i128> {
    match (i64::try_from(x), i64::try_from(y)) {
        (Ok(x), Ok(y)) => Some(i128::from(x) * i128::from(y)),
        _ => x.checked_mul(y),
    }
}

fn wide_dot(a: Decimals<'_>, b: Decimals<'_>) -> Option<Signed<ENOUGH>> {
    pairs(a, b).try_fold(Signed::ZERO, |total, (x, y)| {
        total.plus(&Signed::product(x, y)?)
    })
}
