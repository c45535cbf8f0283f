//! Row by row.

use super::{checked_scale, computed, no_room, no_room_at, Computed, Decimals};
use crate::error::{Error, Result};
use crate::fixed::{mul_div, power_of_ten, rescale, Big, Rounding, Shift, Signed};

/// The row of the second operand: one value stands for all rows.
fn broadcast<'a>(a: &Decimals<'_>, b: Decimals<'a>) -> Result<impl Fn(usize) -> Option<i128> + 'a> {
    let length = a.len();
    if b.len() != 1 && b.len() != length {
        let lengths = format!("{length} and {} rows", b.len());
        let reason = "give columns of one length, or one value";
        return Err(Error::invalid("other", lengths, reason));
    }
    let single = b.len() == 1;
    Ok(move |row| b.get(if single { 0 } else { row }))
}

/// `a x b` at a scale, rounded; nothing where either is missing.
///
/// # Errors
/// Invalid for columns of two lengths; overflow where a product needs more than 38 digits.
pub fn multiply(a: Decimals<'_>, b: Decimals<'_>, scale: u32, mode: Rounding) -> Result<Computed> {
    let to = checked_scale(scale)?;
    let exact = a.scale + b.scale;
    let other = broadcast(&a, b)?;
    let (up, down) = (
        power_of_ten(to.saturating_sub(exact))?,
        power_of_ten(exact.saturating_sub(to)).ok(),
    );
    let wide = Shift::<8>::new(exact, to).ok_or_else(no_room)?;
    computed(a.len(), to, |row| {
        let Some((x, y)) = a.get(row).zip(other(row)) else {
            return Some(None);
        };
        let product = match down {
            Some(1) => x.checked_mul(y)?.checked_mul(up),
            Some(down) => mul_div(x, y, down, mode).ok(),
            None => wide.quotient(&Signed::product(x, y)?, &Big::of(1), mode),
        };
        Some(Some(product?))
    })
}

/// `a / b` at a scale, rounded once; nothing where either is missing.
///
/// # Errors
/// Invalid for columns of two lengths and for a zero divisor; overflow where a quotient needs
/// more than 38 digits.
pub fn divide(a: Decimals<'_>, b: Decimals<'_>, scale: u32, mode: Rounding) -> Result<Computed> {
    let to = checked_scale(scale)?;
    let other = broadcast(&a, b)?;
    if let Some(row) = (0..a.len()).find(|&row| a.get(row).is_some() && other(row) == Some(0)) {
        let reason = "nothing is divided by zero; make such rows null";
        return Err(Error::invalid("other", format!("0 in row {row}"), reason));
    }
    let (from, target) = (a.scale, to + b.scale);
    let up = power_of_ten(target.saturating_sub(from)).ok();
    let wide = Shift::<8>::new(from, target).ok_or_else(no_room)?;
    computed(a.len(), to, |row| {
        let Some((x, y)) = a.get(row).zip(other(row)) else {
            return Some(None);
        };
        let quotient = match up {
            Some(up) if target >= from => mul_div(x, up, y, mode).ok(),
            _ => {
                let numerator = Signed {
                    negative: (x < 0) != (y < 0),
                    ..Signed::of(x)
                };
                wide.quotient(&numerator, &Big::of(y.unsigned_abs()), mode)
            }
        };
        Some(Some(quotient?))
    })
}

/// The column at another scale, rounded where it is smaller.
///
/// # Errors
/// Overflow where a value needs more than 38 digits.
pub fn round(column: Decimals<'_>, scale: u32, mode: Rounding) -> Result<Computed> {
    let to = checked_scale(scale)?;
    computed(column.len(), to, |row| match column.get(row) {
        Some(value) => Some(Some(rescale(value, column.scale, to, mode).ok()?)),
        None => Some(None),
    })
}

/// The coefficients in 64 bits, whatever their scale; zero where one is missing.
///
/// # Errors
/// Overflow where one has no room.
pub fn coefficients(column: Decimals<'_>) -> Result<Vec<i64>> {
    let narrow = |(row, value): (usize, Option<i128>)| {
        i64::try_from(value.unwrap_or(0)).map_err(|_| no_room_at(row))
    };
    column.rows().enumerate().map(narrow).collect()
}
