//! Indicators that weigh prices with volume.

use super::averages::WeightedMean;
use super::rolling::{RollingSum, RunningTotal};
use super::Steps;

/// A change that is a rounding, as a share of the price.
const STILL: f64 = 1e-14;

/// `sum of (high + low + close) / 3 * volume / sum of volume` of the window.
#[derive(Debug, Clone)]
pub(crate) struct Vwap(WeightedMean);

impl Vwap {
    pub(crate) fn new(window: usize) -> Self {
        Vwap(WeightedMean::new(window))
    }
}

impl Steps for Vwap {
    type Row = [f64; 4];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close, volume]: [f64; 4]) -> f64 {
        self.0.step([(high + low + close) / 3.0, volume])
    }
}

/// `100 * (flow up / (flow up + flow down))`, sums of the window; 0 where nothing flowed.
#[derive(Debug, Clone)]
pub(crate) struct Mfi {
    up: RollingSum,
    down: RollingSum,
    before: f64,
}

impl Mfi {
    pub(crate) fn new(window: usize) -> Self {
        Mfi {
            up: RollingSum::new(window),
            down: RollingSum::new(window),
            before: f64::NAN,
        }
    }
}

impl Steps for Mfi {
    type Row = [f64; 4];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.up.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, [high, low, close, volume]: [f64; 4]) -> f64 {
        let typical = (high + low + close) / 3.0;
        let change = typical - self.before;
        self.before = typical;
        if change.is_nan() {
            return f64::NAN;
        }
        let flow = typical * volume;
        let still = typical.abs() * STILL;
        let up = self.up.step(if change > still { flow } else { 0.0 });
        let both = up + self.down.step(if change < -still { flow } else { 0.0 });
        if both != 0.0 {
            100.0 * (up / both)
        } else {
            0.0
        }
    }
}

/// Volumes of all bars so far, added where the close rose and subtracted where it fell.
#[derive(Debug, Clone)]
pub(crate) struct Obv {
    total: RunningTotal,
    before: f64,
}

impl Obv {
    pub(crate) fn new() -> Self {
        Obv {
            total: RunningTotal::default(),
            before: f64::NAN,
        }
    }
}

impl Steps for Obv {
    type Row = [f64; 2];
    type Values = f64;

    fn warm_up(&self) -> usize {
        0
    }

    #[inline]
    fn step(&mut self, [close, volume]: [f64; 2]) -> f64 {
        let before = self.before;
        self.before = close;
        self.total.step(if close < before {
            -volume
        } else if close == before {
            0.0
        } else {
            volume
        })
    }
}

/// Sum of `((close - low) - (high - close)) / (high - low) * volume` of all bars so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ad(RunningTotal);

impl Steps for Ad {
    type Row = [f64; 4];
    type Values = f64;

    fn warm_up(&self) -> usize {
        0
    }

    #[inline]
    fn step(&mut self, [high, low, close, volume]: [f64; 4]) -> f64 {
        let spread = high - low;
        self.0.step(if spread > 0.0 {
            ((close - low) - (high - close)) / spread * volume
        } else {
            0.0
        })
    }
}

/// Fast less slow average of AD, both from the first AD.
#[derive(Debug, Clone)]
pub(crate) struct Adosc {
    ad: Ad,
    fast_share: f64,
    slow_share: f64,
    fast: f64,
    slow: f64,
    rows: usize,
    window: usize,
}

impl Adosc {
    pub(crate) fn new(fast: usize, slow: usize) -> Self {
        Adosc {
            ad: Ad::default(),
            fast_share: 2.0 / (fast as f64 + 1.0),
            slow_share: 2.0 / (slow as f64 + 1.0),
            fast: f64::NAN,
            slow: f64::NAN,
            rows: 0,
            window: slow,
        }
    }
}

impl Steps for Adosc {
    type Row = [f64; 4];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.window - 1
    }

    #[inline]
    fn step(&mut self, bar: [f64; 4]) -> f64 {
        let ad = self.ad.step(bar);
        if self.rows == 0 {
            self.fast = ad;
            self.slow = ad;
        } else {
            self.fast = self.fast_share * ad + (1.0 - self.fast_share) * self.fast;
            self.slow = self.slow_share * ad + (1.0 - self.slow_share) * self.slow;
        }
        if self.rows < self.window {
            self.rows += 1;
        }
        if self.rows >= self.window {
            self.fast - self.slow
        } else {
            f64::NAN
        }
    }
}
