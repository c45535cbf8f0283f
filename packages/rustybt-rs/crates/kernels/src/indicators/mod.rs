//! Indicators: statistics of columns of floats, row by row with carried state.
//!
//! What each computes is written down once, in the reference in Python
//! (`rustybt.indicators.kernels`): this is the same sequence of IEEE operations, so that values are
//! equal to the last bit. Nothing is fused or reordered.

mod averages;
mod oscillators;
mod ranges;
mod rolling;
mod statistics;
mod table;
#[cfg(test)]
mod tests;
mod trends;
mod volumes;
mod windows;

pub use table::{definition, definitions, Definition, Parameter};

use crate::error::{Error, Result};

/// The inputs of a row: one float, or several.
pub(crate) trait Row: Copy {
    /// How many there are.
    const WIDTH: usize;

    /// The row of these columns.
    fn read(columns: &[&[f64]], row: usize) -> Self;

    /// Whether each is a number: a row that has others does not count.
    fn is_finite(&self) -> bool;
}

impl Row for f64 {
    const WIDTH: usize = 1;

    #[inline]
    fn read(columns: &[&[f64]], row: usize) -> Self {
        columns[0][row]
    }

    #[inline]
    fn is_finite(&self) -> bool {
        f64::is_finite(*self)
    }
}

impl<const WIDTH: usize> Row for [f64; WIDTH] {
    const WIDTH: usize = WIDTH;

    #[inline]
    fn read(columns: &[&[f64]], row: usize) -> Self {
        std::array::from_fn(|column| columns[column][row])
    }

    #[inline]
    fn is_finite(&self) -> bool {
        self.iter().all(|value| value.is_finite())
    }
}

/// The outputs of a row: one float, or several.
pub(crate) trait Values: Copy {
    /// How many there are.
    const WIDTH: usize;

    /// Where there is no value.
    const NONE: Self;

    /// Write them into the row of these columns.
    fn write(self, columns: &mut [Vec<f64>], row: usize);
}

impl Values for f64 {
    const WIDTH: usize = 1;
    const NONE: Self = f64::NAN;

    #[inline]
    fn write(self, columns: &mut [Vec<f64>], row: usize) {
        columns[0][row] = self;
    }
}

impl<const WIDTH: usize> Values for [f64; WIDTH] {
    const WIDTH: usize = WIDTH;
    const NONE: Self = [f64::NAN; WIDTH];

    #[inline]
    fn write(self, columns: &mut [Vec<f64>], row: usize) {
        for (column, value) in columns.iter_mut().zip(self) {
            column[row] = value;
        }
    }
}

/// The state of an indicator, and what a row does to it.
pub(crate) trait Steps: Clone + Send + Sync + 'static {
    /// What it takes.
    type Row: Row;
    /// What it gives.
    type Values: Values;

    /// How many rows that count come before the first row with values.
    fn warm_up(&self) -> usize;

    /// Take a row.
    fn step(&mut self, row: Self::Row) -> Self::Values;
}

/// An indicator at work, whichever it is.
pub trait Indicator: Send + Sync {
    /// How many rows that count come before the first row with values.
    fn warm_up(&self) -> usize;

    /// Take the next rows of each input, give as many rows of each output.
    ///
    /// A row in which an input is no finite number gives NaN and does not enter the state.
    ///
    /// # Errors
    /// The number of columns is wrong, or their lengths differ.
    fn update(&mut self, columns: &[&[f64]]) -> Result<Vec<Vec<f64>>>;

    /// An independent one in the same state.
    fn duplicate(&self) -> Box<dyn Indicator>;
}

/// Runs steps over columns.
#[derive(Clone)]
struct Driven<S>(S);

impl<S: Steps> Indicator for Driven<S> {
    fn warm_up(&self) -> usize {
        self.0.warm_up()
    }

    fn update(&mut self, columns: &[&[f64]]) -> Result<Vec<Vec<f64>>> {
        let rows = rows_of(columns, S::Row::WIDTH)?;
        let mut results = vec![vec![0.0; rows]; S::Values::WIDTH];
        for row in 0..rows {
            let given = S::Row::read(columns, row);
            let values = if given.is_finite() {
                self.0.step(given)
            } else {
                S::Values::NONE
            };
            values.write(&mut results, row);
        }
        Ok(results)
    }

    fn duplicate(&self) -> Box<dyn Indicator> {
        Box::new(self.clone())
    }
}

/// The indicator of these steps.
fn driven<S: Steps>(steps: S) -> Box<dyn Indicator> {
    Box::new(Driven(steps))
}

fn rows_of(columns: &[&[f64]], width: usize) -> Result<usize> {
    if columns.len() != width {
        let reason = format!("give {width}, one for each input");
        return Err(Error::invalid("columns", columns.len(), reason));
    }
    let rows = columns[0].len();
    match columns.iter().find(|column| column.len() != rows) {
        None => Ok(rows),
        Some(other) => Err(Error::invalid(
            "length of a column",
            other.len(),
            format!("give columns of one length, {rows} as the first"),
        )),
    }
}

/// The lesser of two, the first of equals, as Python's `min` has it.
#[inline]
fn lesser(value: f64, other: f64) -> f64 {
    if other < value {
        other
    } else {
        value
    }
}

/// The greater of two, the first of equals, as Python's `max` has it.
#[inline]
fn greater(value: f64, other: f64) -> f64 {
    if other > value {
        other
    } else {
        value
    }
}
