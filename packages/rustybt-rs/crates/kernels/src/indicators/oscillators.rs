//! Oscillators of one column.

use super::averages::{Ema, Sma, Wilder};
use super::windows::{Lag, RollingMax, RollingMin};
use super::Steps;

/// A range of the RSI that is a rounding.
const STILL: f64 = 1e-10;

/// `value - value of window rows ago`.
#[derive(Debug, Clone)]
pub(crate) struct Momentum {
    lag: Lag,
    window: usize,
}

impl Momentum {
    pub(crate) fn new(window: usize) -> Self {
        Momentum {
            lag: Lag::new(window),
            window,
        }
    }
}

impl Steps for Momentum {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        value - self.lag.step(value)
    }
}

/// `(value / value of window rows ago - 1) * 100`; 0 where that value is 0.
#[derive(Debug, Clone)]
pub(crate) struct Roc {
    lag: Lag,
    window: usize,
}

impl Roc {
    pub(crate) fn new(window: usize) -> Self {
        Roc {
            lag: Lag::new(window),
            window,
        }
    }
}

impl Steps for Roc {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let before = self.lag.step(value);
        if before != 0.0 {
            (value / before - 1.0) * 100.0
        } else {
            0.0
        }
    }
}

/// Wilder's averages of rises and of falls.
#[derive(Debug, Clone)]
struct GainsAndLosses {
    gain: Wilder,
    loss: Wilder,
    before: f64,
}

impl GainsAndLosses {
    fn new(window: usize) -> Self {
        GainsAndLosses {
            gain: Wilder::new(window),
            loss: Wilder::new(window),
            before: f64::NAN,
        }
    }

    #[inline]
    fn step(&mut self, value: f64) -> (f64, f64) {
        let change = value - self.before;
        self.before = value;
        if change.is_nan() {
            (f64::NAN, f64::NAN)
        } else if change < 0.0 {
            (self.gain.step(0.0), self.loss.step(-change))
        } else {
            (self.gain.step(change), self.loss.step(0.0))
        }
    }
}

/// `100 * (gain / (gain + loss))`; 0 where nothing moved.
#[derive(Debug, Clone)]
pub(crate) struct Rsi(GainsAndLosses);

impl Rsi {
    pub(crate) fn new(window: usize) -> Self {
        Rsi(GainsAndLosses::new(window))
    }
}

impl Steps for Rsi {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.gain.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let (gain, loss) = self.0.step(value);
        let both = gain + loss;
        if both != 0.0 {
            100.0 * (gain / both)
        } else {
            0.0
        }
    }
}

/// `100 * ((gain - loss) / (gain + loss))`; 0 where nothing moved.
#[derive(Debug, Clone)]
pub(crate) struct Cmo(GainsAndLosses);

impl Cmo {
    pub(crate) fn new(window: usize) -> Self {
        Cmo(GainsAndLosses::new(window))
    }
}

impl Steps for Cmo {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.gain.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let (gain, loss) = self.0.step(value);
        let both = gain + loss;
        if both != 0.0 {
            100.0 * ((gain - loss) / both)
        } else {
            0.0
        }
    }
}

/// `fast EMA - slow EMA`.
#[derive(Debug, Clone)]
pub(crate) struct Apo {
    fast: Ema,
    slow: Ema,
}

impl Apo {
    pub(crate) fn new(fast: usize, slow: usize) -> Self {
        Apo {
            fast: Ema::new(fast),
            slow: Ema::new(slow),
        }
    }
}

impl Steps for Apo {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.slow.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.fast.step(value) - self.slow.step(value)
    }
}

/// `(fast EMA - slow EMA) / slow EMA * 100`; 0 where the slow one is 0.
#[derive(Debug, Clone)]
pub(crate) struct Ppo {
    fast: Ema,
    slow: Ema,
}

impl Ppo {
    pub(crate) fn new(fast: usize, slow: usize) -> Self {
        Ppo {
            fast: Ema::new(fast),
            slow: Ema::new(slow),
        }
    }
}

impl Steps for Ppo {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.slow.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let fast = self.fast.step(value);
        let slow = self.slow.step(value);
        if slow != 0.0 {
            (fast - slow) / slow * 100.0
        } else {
            0.0
        }
    }
}

/// `fast EMA - slow EMA`, its EMA, and the difference of both.
#[derive(Debug, Clone)]
pub(crate) struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    skip: usize,
}

impl Macd {
    pub(crate) fn new(fast: usize, slow: usize, signal: usize) -> Self {
        Macd {
            fast: Ema::new(fast),
            slow: Ema::new(slow),
            signal: Ema::new(signal),
            skip: slow - fast,
        }
    }
}

impl Steps for Macd {
    type Row = f64;
    type Values = [f64; 3];

    fn warm_up(&self) -> usize {
        self.slow.warm_up() + self.signal.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> [f64; 3] {
        let slow = self.slow.step(value);
        if self.skip > 0 {
            self.skip -= 1;
            return [f64::NAN; 3];
        }
        let line = self.fast.step(value) - slow;
        let signal = self.signal.step(line);
        if signal.is_nan() {
            [f64::NAN; 3]
        } else {
            [line, signal, line - signal]
        }
    }
}

/// ROC over one row of an EMA of an EMA of an EMA.
#[derive(Debug, Clone)]
pub(crate) struct Trix {
    first: Ema,
    second: Ema,
    third: Ema,
    roc: Roc,
}

impl Trix {
    pub(crate) fn new(window: usize) -> Self {
        Trix {
            first: Ema::new(window),
            second: Ema::new(window),
            third: Ema::new(window),
            roc: Roc::new(1),
        }
    }
}

impl Steps for Trix {
    type Row = f64;
    type Values = f64;

    fn warm_up(&self) -> usize {
        3 * self.first.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        let third = self.third.step(self.second.step(self.first.step(value)));
        if third.is_nan() {
            f64::NAN
        } else {
            self.roc.step(third)
        }
    }
}

/// Where the RSI is between its extremes, and the SMA of that.
#[derive(Debug, Clone)]
pub(crate) struct StochasticRsi {
    rsi: Rsi,
    greatest: RollingMax,
    least: RollingMin,
    signal: Sma,
}

impl StochasticRsi {
    pub(crate) fn new(window: usize, range_window: usize, signal: usize) -> Self {
        StochasticRsi {
            rsi: Rsi::new(window),
            greatest: RollingMax::new(range_window),
            least: RollingMin::new(range_window),
            signal: Sma::new(signal),
        }
    }
}

impl Steps for StochasticRsi {
    type Row = f64;
    type Values = [f64; 2];

    fn warm_up(&self) -> usize {
        self.rsi.warm_up() + self.least.warm_up() + self.signal.warm_up()
    }

    #[inline]
    fn step(&mut self, value: f64) -> [f64; 2] {
        let rsi = self.rsi.step(value);
        let least = self.least.step(rsi);
        let greatest = self.greatest.step(rsi);
        let k = if greatest - least <= STILL {
            0.0
        } else {
            place_in_range(rsi, greatest, least)
        };
        let d = self.signal.step(k);
        if d.is_nan() {
            [f64::NAN; 2]
        } else {
            [k, d]
        }
    }
}

/// `(value - least) / ((greatest - least) / 100)`, 0 where the extremes are equal.
#[inline]
pub(crate) fn place_in_range(value: f64, greatest: f64, least: f64) -> f64 {
    let hundredth = (greatest - least) / 100.0;
    if hundredth != 0.0 {
        (value - least) / hundredth
    } else {
        0.0
    }
}
