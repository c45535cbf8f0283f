//! Windows that remember their values: extremes, order statistics, and a value of some rows ago.

use std::collections::VecDeque;

use super::Steps;

/// The longest window whose values are counted.
const COUNTED: usize = 64;

/// Greatest of the last `window` values; of equals the newest counts.
///
/// The column is cut into blocks of the window's length: the greatest is that of the rest of the
/// old block or that of the new one so far (van Herk). A block ends without a branch that prices
/// decide, which is why this is no deque as in the reference; the values are the same.
#[derive(Debug, Clone)]
pub(crate) struct RollingMax {
    /// How many rows ago it was last met.
    pub(crate) age: u64,
    values: Vec<f64>,
    suffix: Vec<(f64, u64)>,
    at: usize,
    row: u64,
    prefix: (f64, u64),
    full: bool,
}

impl RollingMax {
    pub(crate) fn new(window: usize) -> Self {
        RollingMax {
            age: 0,
            values: vec![0.0; window],
            suffix: vec![(0.0, 0); window],
            at: 0,
            row: 0,
            prefix: (f64::NEG_INFINITY, 0),
            full: false,
        }
    }

    fn end_block(&mut self) {
        let mut row = self.row;
        let mut greatest = (f64::NEG_INFINITY, row);
        for (suffix, value) in self.suffix.iter_mut().zip(&self.values).rev() {
            greatest = if *value > greatest.0 {
                (*value, row)
            } else {
                greatest
            };
            *suffix = greatest;
            row = row.wrapping_sub(1);
        }
        self.at = 0;
        self.prefix = (f64::NEG_INFINITY, 0);
        self.full = true;
    }
}

impl Steps for RollingMax {
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
        let row = self.row;
        let newer = value >= self.prefix.0;
        let mut found = if newer { (value, row) } else { self.prefix };
        self.prefix = found;
        self.values[self.at] = value;
        self.at += 1;
        if self.at == self.values.len() {
            self.end_block();
        } else if self.full {
            let old = self.suffix[self.at];
            found = if found.0 >= old.0 { found } else { old };
        } else {
            found.0 = f64::NAN;
        }
        self.row += 1;
        self.age = row - found.1;
        found.0
    }
}

/// Least of the last `window` values, as the negative of the greatest negative one.
#[derive(Debug, Clone)]
pub(crate) struct RollingMin(RollingMax);

impl RollingMin {
    pub(crate) fn new(window: usize) -> Self {
        RollingMin(RollingMax::new(window))
    }

    /// How many rows ago it was last met.
    pub(crate) fn age(&self) -> u64 {
        self.0.age
    }
}

impl Steps for RollingMin {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        -self.0.step(-value)
    }
}

/// The value of `rows` rows ago.
#[derive(Debug, Clone)]
pub(crate) struct Lag {
    rows: usize,
    values: VecDeque<f64>,
}

impl Lag {
    pub(crate) fn new(rows: usize) -> Self {
        Lag {
            rows,
            values: VecDeque::with_capacity(rows + 1),
        }
    }

    #[inline]
    pub(crate) fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        self.values.push_back(value);
        if self.values.len() > self.rows {
            self.values.pop_front().unwrap_or(f64::NAN)
        } else {
            f64::NAN
        }
    }
}

/// The last `window` values in order.
#[derive(Debug, Clone)]
pub(crate) struct SortedWindow {
    pub(crate) ordered: Vec<f64>,
    arrived: VecDeque<f64>,
    window: usize,
}

impl SortedWindow {
    pub(crate) fn new(window: usize) -> Self {
        SortedWindow {
            ordered: Vec::with_capacity(window),
            arrived: VecDeque::with_capacity(window + 1),
            window,
        }
    }

    /// Take a value; whether the window is full.
    ///
    /// It enters behind its equals, and the first of its equals leaves for it: what lies between
    /// both places moves by one.
    pub(crate) fn step(&mut self, value: f64) -> bool {
        self.arrived.push_back(value);
        let to = self.up_to(value);
        if self.ordered.len() < self.window {
            self.ordered.insert(to, value);
            return self.ordered.len() == self.window;
        }
        if let Some(oldest) = self.arrived.pop_front() {
            let from = self.below(oldest);
            if from < to {
                self.ordered.copy_within(from + 1..to, from);
                self.ordered[to - 1] = value;
            } else {
                self.ordered.copy_within(to..from, to + 1);
                self.ordered[to] = value;
            }
        }
        true
    }

    /// Mean place of a value among its equals, from 1.
    pub(crate) fn rank(&self, value: f64) -> f64 {
        (self.below(value) + self.up_to(value) + 1) as f64 * 0.5
    }

    fn below(&self, value: f64) -> usize {
        self.place(|each| each < value)
    }

    fn up_to(&self, value: f64) -> usize {
        self.place(|each| each <= value)
    }

    /// How many values, the first of them, fit; few are counted faster than halved.
    #[inline]
    fn place(&self, fits: impl Fn(f64) -> bool) -> usize {
        if self.ordered.len() <= COUNTED {
            self.ordered
                .iter()
                .map(|each| usize::from(fits(*each)))
                .sum()
        } else {
            self.ordered.partition_point(|each| fits(*each))
        }
    }
}
