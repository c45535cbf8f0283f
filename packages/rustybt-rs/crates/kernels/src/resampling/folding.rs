//! Groups of rows into bars.

use crate::error::{Error, Result};

/// A column of coefficients of which some are missing.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Coefficients; whatever stands where one is missing.
    pub values: &'a [i64],
    /// Whether each is there; None where all are.
    pub valid: Option<&'a [bool]>,
}

impl Known<'_> {
    /// The coefficients of some rows that are there.
    #[inline]
    fn among(&self, rows: std::ops::Range<usize>) -> impl DoubleEndedIterator<Item = i64> + '_ {
        let is_there = |row: &usize| self.valid.is_none_or(|valid| valid[*row]);
        rows.filter(is_there).map(|row| self.values[row])
    }
}

/// The columns of shorter bars; prices of trades stand for the first four of them.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// First prices.
    pub open: Known<'a>,
    /// Highest prices.
    pub high: Known<'a>,
    /// Lowest prices.
    pub low: Known<'a>,
    /// Last prices.
    pub close: Known<'a>,
    /// Volumes.
    pub volume: Known<'a>,
}

/// Bars; nothing where a group has nothing of a field, and no volume is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bars {
    /// First price that is there.
    pub open: Vec<Option<i64>>,
    /// Highest price.
    pub high: Vec<Option<i64>>,
    /// Lowest price.
    pub low: Vec<Option<i64>>,
    /// Last price that is there.
    pub close: Vec<Option<i64>>,
    /// Sum of the volumes.
    pub volume: Vec<i64>,
}

/// Make a bar of each group.
///
/// # Errors
/// Invalid for columns of two lengths, and for starts that do not begin at 0, ascend and end
/// before the last row; overflow where a sum of volumes needs more than 64 bits.
pub fn fold(rows: Rows<'_>, starts: &[i64]) -> Result<Bars> {
    let length = rows.open.values.len();
    for (field, column) in [
        ("high", &rows.high),
        ("low", &rows.low),
        ("close", &rows.close),
        ("volume", &rows.volume),
    ] {
        if column.values.len() != length {
            let reason = format!("give {length} rows, as the others have");
            return Err(Error::invalid(field, column.values.len(), reason));
        }
    }
    check(starts, length)?;
    let mut bars = Bars::default();
    for (number, &start) in starts.iter().enumerate() {
        let stop = starts.get(number + 1).map_or(length, |&next| next as usize);
        let group = start as usize..stop;
        bars.open.push(rows.open.among(group.clone()).next());
        bars.high.push(rows.high.among(group.clone()).max());
        bars.low.push(rows.low.among(group.clone()).min());
        bars.close.push(rows.close.among(group.clone()).next_back());
        let total: i128 = rows.volume.among(group).map(i128::from).sum();
        let no_room = |_| Error::overflow(format!("volume of bar {number}"));
        bars.volume.push(i64::try_from(total).map_err(no_room)?);
    }
    Ok(bars)
}

fn check(starts: &[i64], length: usize) -> Result<()> {
    let reason = "give the first row of each group, ascending from 0, below the number of rows";
    let wrong = |start: i64| Error::invalid("starts", start, reason);
    match (starts.first(), starts.last()) {
        (None, _) if length == 0 => return Ok(()),
        (Some(0), Some(&last)) if last < length as i64 => {}
        (first, last) => return Err(wrong(*last.or(first).unwrap_or(&-1))),
    }
    match starts.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(wrong(pair[1])),
        None => Ok(()),
    }
}
