//! Windows that remember their values: extremes, order statistics, and a value of some rows ago.

use std::collections::VecDeque;

use super::Steps;

/// Greatest of the last `window` values.
///
/// The deque holds what may still become the greatest: values that fall, with their rows.
#[derive(Debug, Clone)]
pub(crate) struct RollingMax {
    /// How many rows ago it was last met.
    pub(crate) age: u64,
    candidates: VecDeque<(f64, u64)>,
    rows: u64,
    window: u64,
}

impl RollingMax {
    pub(crate) fn new(window: usize) -> Self {
        RollingMax {
            age: 0,
            candidates: VecDeque::new(),
            rows: 0,
            window: window as u64,
        }
    }
}

impl Steps for RollingMax {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window as usize - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        let row = self.rows;
        self.rows += 1;
        while matches!(self.candidates.back(), Some(last) if last.0 <= value) {
            self.candidates.pop_back();
        }
        self.candidates.push_back((value, row));
        if self.candidates[0].1 + self.window <= row {
            self.candidates.pop_front();
        }
        if self.rows < self.window {
            return f64::NAN;
        }
        let (greatest, met) = self.candidates[0];
        self.age = row - met;
        greatest
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
        self.ordered.partition_point(|each| *each < value)
    }

    fn up_to(&self, value: f64) -> usize {
        self.ordered.partition_point(|each| *each <= value)
    }
}
