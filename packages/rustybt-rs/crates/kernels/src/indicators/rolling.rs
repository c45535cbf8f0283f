//! Sums and moments over windows that depend on the window's rows alone.
//!
//! The column is cut into blocks of the window's length; a value is the suffix of the old block
//! joined with the sum of the new one so far (van Herk's scheme), in constant time a row and
//! without the drift of a sum that adds and subtracts.

use super::Steps;

/// Sum of the last `window` values.
#[derive(Debug, Clone)]
pub(crate) struct RollingSum {
    values: Vec<f64>,
    suffix: Vec<f64>,
    at: usize,
    prefix: f64,
    full: bool,
}

impl RollingSum {
    pub(crate) fn new(window: usize) -> Self {
        RollingSum {
            values: vec![0.0; window],
            suffix: vec![0.0; window],
            at: 0,
            prefix: 0.0,
            full: false,
        }
    }

    fn end_block(&mut self) {
        let mut total = 0.0;
        for (suffix, value) in self.suffix.iter_mut().zip(&self.values).rev() {
            total += value;
            *suffix = total;
        }
        self.at = 0;
        self.prefix = 0.0;
        self.full = true;
    }
}

impl Steps for RollingSum {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.values.len() - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        let prefix = self.prefix + value;
        self.values[self.at] = value;
        self.at += 1;
        if self.at == self.values.len() {
            self.end_block();
            return prefix;
        }
        self.prefix = prefix;
        if self.full {
            self.suffix[self.at] + prefix
        } else {
            f64::NAN
        }
    }
}

/// Sum of the last values, each times its place: 1 for the oldest, `window` for the newest.
#[derive(Debug, Clone)]
pub(crate) struct RollingLine {
    /// The plain sum of the values.
    pub(crate) total: f64,
    values: Vec<f64>,
    sum_suffix: Vec<f64>,
    weighted_suffix: Vec<f64>,
    at: usize,
    sum: f64,
    weighted: f64,
    full: bool,
}

impl RollingLine {
    pub(crate) fn new(window: usize) -> Self {
        RollingLine {
            total: f64::NAN,
            values: vec![0.0; window],
            sum_suffix: vec![0.0; window],
            weighted_suffix: vec![0.0; window],
            at: 0,
            sum: 0.0,
            weighted: 0.0,
            full: false,
        }
    }

    fn end_block(&mut self) {
        let mut total = 0.0;
        let mut weighted = 0.0;
        for at in (0..self.values.len()).rev() {
            total += self.values[at];
            weighted += total;
            self.sum_suffix[at] = total;
            self.weighted_suffix[at] = weighted;
        }
        self.at = 0;
        self.sum = 0.0;
        self.weighted = 0.0;
        self.full = true;
    }
}

impl Steps for RollingLine {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.values.len() - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        self.values[self.at] = value;
        self.at += 1;
        self.sum += value;
        self.weighted += self.at as f64 * value;
        let window = self.values.len();
        if self.at == window {
            self.total = self.sum;
            let weighted = self.weighted;
            self.end_block();
            return weighted;
        }
        if !self.full {
            return f64::NAN;
        }
        self.total = self.sum_suffix[self.at] + self.sum;
        let old = (window - self.at) as f64;
        self.weighted_suffix[self.at] + (self.weighted + old * self.sum)
    }
}

/// Sum of the squares of the last values' distances from their mean.
///
/// Within a block by Welford, blocks joined by Chan, Golub and LeVeque.
#[derive(Debug, Clone)]
pub(crate) struct RollingSquares {
    /// The mean of the values.
    pub(crate) mean: f64,
    values: Vec<f64>,
    mean_suffix: Vec<f64>,
    squares_suffix: Vec<f64>,
    at: usize,
    new_mean: f64,
    squares: f64,
    full: bool,
}

impl RollingSquares {
    pub(crate) fn new(window: usize) -> Self {
        RollingSquares {
            mean: f64::NAN,
            values: vec![0.0; window],
            mean_suffix: vec![0.0; window],
            squares_suffix: vec![0.0; window],
            at: 0,
            new_mean: 0.0,
            squares: 0.0,
            full: false,
        }
    }

    fn end_block(&mut self) {
        let mut mean = 0.0;
        let mut squares = 0.0;
        let window = self.values.len();
        for at in (0..window).rev() {
            let value = self.values[at];
            let distance = value - mean;
            mean += distance / (window - at) as f64;
            squares += distance * (value - mean);
            self.mean_suffix[at] = mean;
            self.squares_suffix[at] = squares;
        }
        self.at = 0;
        self.new_mean = 0.0;
        self.squares = 0.0;
        self.full = true;
    }
}

impl Steps for RollingSquares {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.values.len() - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        self.values[self.at] = value;
        self.at += 1;
        let new = self.at as f64;
        let distance = value - self.new_mean;
        self.new_mean += distance / new;
        self.squares += distance * (value - self.new_mean);
        let window = self.values.len();
        if self.at == window {
            self.mean = self.new_mean;
            let squares = self.squares;
            self.end_block();
            return squares;
        }
        if !self.full {
            return f64::NAN;
        }
        let old_mean = self.mean_suffix[self.at];
        let distance = self.new_mean - old_mean;
        self.mean = old_mean + distance * (new / window as f64);
        let both = self.squares_suffix[self.at] + self.squares;
        let old = (window - self.at) as f64;
        both + distance * distance * (old * new / window as f64)
    }
}

/// Sum of all values so far, with what roundings lost carried beside it (Neumaier).
#[derive(Debug, Clone, Default)]
pub(crate) struct RunningTotal {
    total: f64,
    lost: f64,
}

impl RunningTotal {
    #[inline]
    pub(crate) fn step(&mut self, value: f64) -> f64 {
        let before = self.total;
        let total = before + value;
        if before.abs() >= value.abs() {
            self.lost += (before - total) + value;
        } else {
            self.lost += (value - total) + before;
        }
        self.total = total;
        total + self.lost
    }
}
