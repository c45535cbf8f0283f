//! Averages that follow a column.

use super::rolling::{RollingLine, RollingSum};
use super::windows::Lag;
use super::Steps;

/// `sum of the window / window`.
#[derive(Debug, Clone)]
pub(crate) struct Sma {
    sum: RollingSum,
    window: f64,
}

impl Sma {
    pub(crate) fn new(window: usize) -> Self {
        Sma {
            sum: RollingSum::new(window),
            window: window as f64,
        }
    }
}

impl Steps for Sma {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.sum.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.sum.step(value) / self.window
    }
}

/// Mean of the first values, from which an average starts.
#[derive(Debug, Clone)]
struct Start {
    window: usize,
    left: usize,
    mean: f64,
}

impl Start {
    fn new(window: usize) -> Self {
        Start {
            window,
            left: window,
            mean: 0.0,
        }
    }

    /// Take one of the first values; NaN but for the last of them.
    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.mean += value;
        self.left -= 1;
        if self.left > 0 {
            return f64::NAN;
        }
        self.mean /= self.window as f64;
        self.mean
    }
}

/// `(value - mean) * share + mean` with `share = 2 / (window + 1)`, from the first SMA.
#[derive(Debug, Clone)]
pub(crate) struct Ema {
    start: Start,
    share: f64,
}

impl Ema {
    pub(crate) fn new(window: usize) -> Self {
        Ema {
            start: Start::new(window),
            share: 2.0 / (window as f64 + 1.0),
        }
    }
}

impl Steps for Ema {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.start.window - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        if self.start.left > 0 {
            return self.start.step(value);
        }
        let mean = self.start.mean;
        self.start.mean = (value - mean) * self.share + mean;
        self.start.mean
    }
}

/// `(mean * (window - 1) + value) / window`, from the first SMA.
#[derive(Debug, Clone)]
pub(crate) struct Wilder {
    start: Start,
    window: f64,
    rest: f64,
}

impl Wilder {
    pub(crate) fn new(window: usize) -> Self {
        Wilder {
            start: Start::new(window),
            window: window as f64,
            rest: window as f64 - 1.0,
        }
    }
}

impl Steps for Wilder {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.start.window - 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if value.is_nan() {
            return f64::NAN;
        }
        if self.start.left > 0 {
            return self.start.step(value);
        }
        self.start.mean = (self.start.mean * self.rest + value) / self.window;
        self.start.mean
    }
}

/// `sum of place * value / sum of places`.
#[derive(Debug, Clone)]
pub(crate) struct Wma {
    line: RollingLine,
    places: f64,
}

impl Wma {
    pub(crate) fn new(window: usize) -> Self {
        let rows = window as f64;
        Wma {
            line: RollingLine::new(window),
            places: rows * (rows + 1.0) / 2.0,
        }
    }
}

impl Steps for Wma {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.line.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.line.step(value) / self.places
    }
}

/// `2 * EMA - EMA of EMA`.
#[derive(Debug, Clone)]
pub(crate) struct Dema {
    first: Ema,
    second: Ema,
}

impl Dema {
    pub(crate) fn new(window: usize) -> Self {
        Dema {
            first: Ema::new(window),
            second: Ema::new(window),
        }
    }
}

impl Steps for Dema {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        2 * self.first.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let first = self.first.step(value);
        2.0 * first - self.second.step(first)
    }
}

/// `(3 * EMA - 3 * EMA of EMA) + EMA of EMA of EMA`.
#[derive(Debug, Clone)]
pub(crate) struct Tema {
    first: Ema,
    second: Ema,
    third: Ema,
}

impl Tema {
    pub(crate) fn new(window: usize) -> Self {
        Tema {
            first: Ema::new(window),
            second: Ema::new(window),
            third: Ema::new(window),
        }
    }
}

impl Steps for Tema {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        3 * self.first.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let first = self.first.step(value);
        let second = self.second.step(first);
        (3.0 * first - 3.0 * second) + self.third.step(second)
    }
}

/// SMA of an SMA, over `window / 2 + 1` and `(window + 1) / 2` rows.
#[derive(Debug, Clone)]
pub(crate) struct Trima {
    first: Sma,
    second: Sma,
}

impl Trima {
    pub(crate) fn new(window: usize) -> Self {
        Trima {
            first: Sma::new(window.div_ceil(2)),
            second: Sma::new(window / 2 + 1),
        }
    }
}

impl Steps for Trima {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.first.warm_up() + self.second.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let first = self.first.step(value);
        self.second.step(first)
    }
}

/// WMA over `isqrt(window)` rows of `2 * WMA(window / 2) - WMA(window)`.
#[derive(Debug, Clone)]
pub(crate) struct Hma {
    half: Wma,
    whole: Wma,
    smooth: Wma,
}

impl Hma {
    pub(crate) fn new(window: usize) -> Self {
        Hma {
            half: Wma::new(window / 2),
            whole: Wma::new(window),
            smooth: Wma::new(root(window)),
        }
    }
}

/// The greatest number whose square is at most the given one.
fn root(number: usize) -> usize {
    let guess = (number as f64).sqrt() as usize;
    if guess * guess > number {
        guess - 1
    } else {
        guess
    }
}

impl Steps for Hma {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.whole.warm_up() + self.smooth.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let half = self.half.step(value);
        self.smooth.step(2.0 * half - self.whole.step(value))
    }
}

/// Tillson's average of six EMAs one upon the other.
#[derive(Debug, Clone)]
pub(crate) struct T3 {
    averages: [Ema; 6],
    factors: [f64; 4],
}

impl T3 {
    pub(crate) fn new(window: usize, factor: f64) -> Self {
        let square = factor * factor;
        let first = -(square * factor);
        let second = 3.0 * (square - first);
        let third = -6.0 * square - 3.0 * (factor - first);
        let fourth = 1.0 + 3.0 * factor - first + 3.0 * square;
        T3 {
            averages: std::array::from_fn(|_| Ema::new(window)),
            factors: [first, second, third, fourth],
        }
    }
}

impl Steps for T3 {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        6 * self.averages[0].warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let [e1, e2, e3, e4, e5, e6] = &mut self.averages;
        let third = e3.step(e2.step(e1.step(value)));
        let fourth = e4.step(third);
        let fifth = e5.step(fourth);
        let [c1, c2, c3, c4] = self.factors;
        c1 * e6.step(fifth) + c2 * fifth + c3 * fourth + c4 * third
    }
}

/// Kaufman's average, which follows fast where the column goes straight.
#[derive(Debug, Clone)]
pub(crate) struct Kama {
    lag: Lag,
    path: RollingSum,
    slowest: f64,
    spread: f64,
    before: f64,
    mean: f64,
}

impl Kama {
    pub(crate) fn new(window: usize, fast: usize, slow: usize) -> Self {
        let slowest = 2.0 / (slow as f64 + 1.0);
        Kama {
            lag: Lag::new(window),
            path: RollingSum::new(window),
            slowest,
            spread: 2.0 / (fast as f64 + 1.0) - slowest,
            before: f64::NAN,
            mean: f64::NAN,
        }
    }
}

impl Steps for Kama {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.path.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let path = self.path.step((value - self.before).abs());
        let net = (value - self.lag.step(value)).abs();
        self.before = value;
        if path.is_nan() {
            self.mean = value;
            return f64::NAN;
        }
        let efficiency = if path <= net { 1.0 } else { net / path };
        let share = efficiency * self.spread + self.slowest;
        self.mean = (value - self.mean) * (share * share) + self.mean;
        self.mean
    }
}

/// `sum of value * weight / sum of weight` over the window; NaN where the weights are 0.
#[derive(Debug, Clone)]
pub(crate) struct WeightedMean {
    products: RollingSum,
    weights: RollingSum,
}

impl WeightedMean {
    pub(crate) fn new(window: usize) -> Self {
        WeightedMean {
            products: RollingSum::new(window),
            weights: RollingSum::new(window),
        }
    }
}

impl Steps for WeightedMean {
    type Row = [f64; 2];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.products.warm_up()
    }

    #[inline]
    fn step(&mut self, [value, weight]: [f64; 2]) -> f64 {
        let products = self.products.step(value * weight);
        let weights = self.weights.step(weight);
        if weights != 0.0 {
            products / weights
        } else {
            f64::NAN
        }
    }
}
