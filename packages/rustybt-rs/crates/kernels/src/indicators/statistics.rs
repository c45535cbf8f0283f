//! Statistics of a window of one column.

use super::averages::Sma;
use super::rolling::{RollingLine, RollingSquares};
use super::windows::SortedWindow;
use super::Steps;

/// `squares of the distances from the mean / (window - ddof)`.
#[derive(Debug, Clone)]
pub(crate) struct Variance {
    squares: RollingSquares,
    divisor: f64,
}

impl Variance {
    pub(crate) fn new(window: usize, ddof: usize) -> Self {
        Variance {
            squares: RollingSquares::new(window),
            divisor: window as f64 - ddof as f64,
        }
    }
}

impl Steps for Variance {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.squares.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.squares.step(value) / self.divisor
    }
}

/// Square root of the variance.
#[derive(Debug, Clone)]
pub(crate) struct StandardDeviation(Variance);

impl StandardDeviation {
    pub(crate) fn new(window: usize, ddof: usize) -> Self {
        StandardDeviation(Variance::new(window, ddof))
    }
}

impl Steps for StandardDeviation {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.0.step(value).sqrt()
    }
}

/// `(value - mean) / standard deviation`; NaN where the deviation is 0.
#[derive(Debug, Clone)]
pub(crate) struct ZScore {
    squares: RollingSquares,
    divisor: f64,
}

impl ZScore {
    pub(crate) fn new(window: usize, ddof: usize) -> Self {
        ZScore {
            squares: RollingSquares::new(window),
            divisor: window as f64 - ddof as f64,
        }
    }
}

impl Steps for ZScore {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.squares.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let deviation = (self.squares.step(value) / self.divisor).sqrt();
        if deviation != 0.0 {
            (value - self.squares.mean) / deviation
        } else {
            f64::NAN
        }
    }
}

/// SMA and the lines `width` standard deviations above and below, their distance and the place.
#[derive(Debug, Clone)]
pub(crate) struct Bollinger {
    mean: Sma,
    deviation: StandardDeviation,
    width: f64,
}

impl Bollinger {
    pub(crate) fn new(window: usize, width: f64) -> Self {
        Bollinger {
            mean: Sma::new(window),
            deviation: StandardDeviation::new(window, 0),
            width,
        }
    }
}

impl Steps for Bollinger {
    type Row = f64;
    type Values = [f64; 5];

    fn warm_up(&self) -> usize {
        self.mean.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> [f64; 5] {
        let middle = self.mean.step(value);
        let reach = self.width * self.deviation.step(value);
        if middle.is_nan() {
            return [f64::NAN; 5];
        }
        let upper = middle + reach;
        let lower = middle - reach;
        let band = upper - lower;
        let bandwidth = if middle != 0.0 {
            band / middle
        } else {
            f64::NAN
        };
        let percent_b = if band != 0.0 {
            (value - lower) / band
        } else {
            f64::NAN
        };
        [upper, middle, lower, bandwidth, percent_b]
    }
}

/// The middle of the window in order, or the mean of the middle two.
#[derive(Debug, Clone)]
pub(crate) struct RollingMedian {
    sorted: SortedWindow,
    window: usize,
}

impl RollingMedian {
    pub(crate) fn new(window: usize) -> Self {
        RollingMedian {
            sorted: SortedWindow::new(window),
            window,
        }
    }
}

impl Steps for RollingMedian {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if !self.sorted.step(value) {
            return f64::NAN;
        }
        let ordered = &self.sorted.ordered;
        (ordered[(self.window - 1) / 2] + ordered[self.window / 2]) * 0.5
    }
}

/// What `percent` of the window lie below, between two values in proportion.
#[derive(Debug, Clone)]
pub(crate) struct RollingPercentile {
    sorted: SortedWindow,
    window: usize,
    whole: usize,
    part: f64,
}

impl RollingPercentile {
    pub(crate) fn new(window: usize, percent: f64) -> Self {
        let place = percent / 100.0 * (window as f64 - 1.0);
        let whole = place as usize;
        RollingPercentile {
            sorted: SortedWindow::new(window),
            window,
            whole,
            part: place - whole as f64,
        }
    }
}

impl Steps for RollingPercentile {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if !self.sorted.step(value) {
            return f64::NAN;
        }
        let ordered = &self.sorted.ordered;
        let low = ordered[self.whole];
        let next = ordered[(self.whole + 1).min(self.window - 1)];
        low + (next - low) * self.part
    }
}

/// Place of the value in the window in order; equals share theirs.
#[derive(Debug, Clone)]
pub(crate) struct RollingRank {
    sorted: SortedWindow,
    window: usize,
}

impl RollingRank {
    pub(crate) fn new(window: usize) -> Self {
        RollingRank {
            sorted: SortedWindow::new(window),
            window,
        }
    }
}

impl Steps for RollingRank {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if !self.sorted.step(value) {
            return f64::NAN;
        }
        self.sorted.rank(value) / self.window as f64
    }
}

/// The straight line of least squares through the window: its end, slope and beginning.
#[derive(Debug, Clone)]
pub(crate) struct LinearRegression {
    line: RollingLine,
    window: f64,
    middle: f64,
    reach: f64,
    spread: f64,
}

impl LinearRegression {
    pub(crate) fn new(window: usize) -> Self {
        let rows = window as f64;
        LinearRegression {
            line: RollingLine::new(window),
            window: rows,
            middle: (rows + 1.0) / 2.0,
            reach: (rows - 1.0) / 2.0,
            spread: rows * (rows * rows - 1.0) / 12.0,
        }
    }
}

impl Steps for LinearRegression {
    type Row = f64;
    type Values = [f64; 3];

    fn warm_up(&self) -> usize {
        self.line.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> [f64; 3] {
        let weighted = self.line.step(value);
        if weighted.is_nan() {
            return [f64::NAN; 3];
        }
        let total = self.line.total;
        let slope = (weighted - self.middle * total) / self.spread;
        let mean = total / self.window;
        let reach = slope * self.reach;
        [mean + reach, slope, mean - reach]
    }
}
