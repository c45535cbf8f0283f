//! Indicators of the range of bars: high, low, close.

use super::averages::{Ema, Sma, Wilder};
use super::oscillators::place_in_range;
use super::rolling::{RollingSquares, RollingSum};
use super::windows::{Lag, RollingMax, RollingMin};
use super::{greater, lesser, Steps};

/// Greatest of `high - low`, `abs(close before - high)`, `abs(close before - low)`.
#[derive(Debug, Clone)]
pub(crate) struct TrueRange {
    close: f64,
}

impl TrueRange {
    pub(crate) fn new() -> Self {
        TrueRange { close: f64::NAN }
    }
}

impl Steps for TrueRange {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        1
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> f64 {
        let before = self.close;
        self.close = close;
        if before.is_nan() {
            return f64::NAN;
        }
        let greatest = greater(high - low, (before - high).abs());
        greater(greatest, (before - low).abs())
    }
}

/// Wilder's average of the true range.
#[derive(Debug, Clone)]
pub(crate) struct Atr {
    range: TrueRange,
    mean: Wilder,
}

impl Atr {
    pub(crate) fn new(window: usize) -> Self {
        Atr {
            range: TrueRange::new(),
            mean: Wilder::new(window),
        }
    }
}

impl Steps for Atr {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.mean.warm_up() + 1
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        let range = self.range.step(bar);
        self.mean.step(range)
    }
}

/// `ATR / close * 100`; 0 where the close is 0.
#[derive(Debug, Clone)]
pub(crate) struct Natr(Atr);

impl Natr {
    pub(crate) fn new(window: usize) -> Self {
        Natr(Atr::new(window))
    }
}

impl Steps for Natr {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.warm_up()
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        let atr = self.0.step(bar);
        let close = bar[2];
        if atr.is_nan() {
            f64::NAN
        } else if close != 0.0 {
            atr / close * 100.0
        } else {
            0.0
        }
    }
}

/// `k`: where the close is between the extremes of the window; `d`: its SMA.
#[derive(Debug, Clone)]
pub(crate) struct StochasticFast {
    greatest: RollingMax,
    least: RollingMin,
    signal: Sma,
}

impl StochasticFast {
    pub(crate) fn new(window: usize, signal: usize) -> Self {
        StochasticFast {
            greatest: RollingMax::new(window),
            least: RollingMin::new(window),
            signal: Sma::new(signal),
        }
    }
}

impl Steps for StochasticFast {
    type Row = [f64; 3];
    type Values = [f64; 2];

    fn warm_up(&self) -> usize {
        self.least.warm_up() + self.signal.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let least = self.least.step(low);
        let k = place_in_range(close, self.greatest.step(high), least);
        let d = self.signal.step(k);
        if d.is_nan() {
            [f64::NAN; 2]
        } else {
            [k, d]
        }
    }
}

/// `k`: SMA over `smoothing` rows of the fast one; `d`: the SMA of `k`.
#[derive(Debug, Clone)]
pub(crate) struct Stochastic {
    greatest: RollingMax,
    least: RollingMin,
    smoothed: Sma,
    signal: Sma,
}

impl Stochastic {
    pub(crate) fn new(window: usize, smoothing: usize, signal: usize) -> Self {
        Stochastic {
            greatest: RollingMax::new(window),
            least: RollingMin::new(window),
            smoothed: Sma::new(smoothing),
            signal: Sma::new(signal),
        }
    }
}

impl Steps for Stochastic {
    type Row = [f64; 3];
    type Values = [f64; 2];

    fn warm_up(&self) -> usize {
        self.least.warm_up() + self.smoothed.warm_up() + self.signal.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let least = self.least.step(low);
        let place = place_in_range(close, self.greatest.step(high), least);
        let k = self.smoothed.step(place);
        let d = self.signal.step(k);
        if d.is_nan() {
            [f64::NAN; 2]
        } else {
            [k, d]
        }
    }
}

/// `(greatest - close) / ((greatest - least) / -100)`; 0 where the extremes are equal.
#[derive(Debug, Clone)]
pub(crate) struct WilliamsR {
    greatest: RollingMax,
    least: RollingMin,
}

impl WilliamsR {
    pub(crate) fn new(window: usize) -> Self {
        WilliamsR {
            greatest: RollingMax::new(window),
            least: RollingMin::new(window),
        }
    }
}

impl Steps for WilliamsR {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.least.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> f64 {
        let greatest = self.greatest.step(high);
        let hundredth = (greatest - self.least.step(low)) / -100.0;
        if hundredth != 0.0 {
            (greatest - close) / hundredth
        } else {
            0.0
        }
    }
}

/// `(typical - mean) / (0.015 * mean distance from the mean)`; 0 where that is 0.
#[derive(Debug, Clone)]
pub(crate) struct Cci {
    squares: RollingSquares,
    ring: Vec<f64>,
    at: usize,
}

impl Cci {
    pub(crate) fn new(window: usize) -> Self {
        Cci {
            squares: RollingSquares::new(window),
            ring: vec![0.0; window],
            at: 0,
        }
    }
}

impl Steps for Cci {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.squares.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> f64 {
        let typical = (high + low + close) / 3.0;
        self.ring[self.at] = typical;
        self.at = (self.at + 1) % self.ring.len();
        if self.squares.step(typical).is_nan() {
            return f64::NAN;
        }
        let mean = self.squares.mean;
        let mut spread = 0.0;
        for value in &self.ring {
            spread += (value - mean).abs();
        }
        let unit = 0.015 * (spread / self.ring.len() as f64);
        if unit != 0.0 {
            (typical - mean) / unit
        } else {
            0.0
        }
    }
}

/// `100 * ((4 * a(short) + 2 * a(medium) + a(long)) / 7)`.
#[derive(Debug, Clone)]
pub(crate) struct UltimateOscillator {
    pressures: [RollingSum; 3],
    ranges: [RollingSum; 3],
    range: TrueRange,
    close: f64,
}

impl UltimateOscillator {
    pub(crate) fn new(windows: [usize; 3]) -> Self {
        UltimateOscillator {
            pressures: windows.map(RollingSum::new),
            ranges: windows.map(RollingSum::new),
            range: TrueRange::new(),
            close: f64::NAN,
        }
    }
}

impl Steps for UltimateOscillator {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.ranges[2].warm_up() + 1
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> f64 {
        let before = self.close;
        self.close = close;
        let range = self.range.step([high, low, close]);
        if range.is_nan() {
            return f64::NAN;
        }
        let pressure = close - lesser(low, before);
        let mut weight = 4.0;
        let mut total = 0.0;
        for (pressures, ranges) in self.pressures.iter_mut().zip(&mut self.ranges) {
            let above = pressures.step(pressure);
            let below = ranges.step(range);
            if below != 0.0 {
                total += weight * (above / below);
            }
            weight *= 0.5;
        }
        100.0 * (total / 7.0)
    }
}

/// `100 / window * (window - age of the extreme)` of the last `window + 1` bars.
#[derive(Debug, Clone)]
pub(crate) struct Aroon {
    greatest: RollingMax,
    least: RollingMin,
    window: f64,
    factor: f64,
}

impl Aroon {
    pub(crate) fn new(window: usize) -> Self {
        Aroon {
            greatest: RollingMax::new(window + 1),
            least: RollingMin::new(window + 1),
            window: window as f64,
            factor: 100.0 / window as f64,
        }
    }
}

impl Steps for Aroon {
    type Row = [f64; 2];
    type Values = [f64; 3];

    fn warm_up(&self) -> usize {
        self.least.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low]: [f64; 2]) -> [f64; 3] {
        let greatest = self.greatest.step(high);
        self.least.step(low);
        if greatest.is_nan() {
            return [f64::NAN; 3];
        }
        let since_high = self.greatest.age as f64;
        let since_low = self.least.age() as f64;
        let up = self.factor * (self.window - since_high);
        let down = self.factor * (self.window - since_low);
        [up, down, self.factor * (since_low - since_high)]
    }
}

/// Greatest high and least low of the window, and their middle.
#[derive(Debug, Clone)]
pub(crate) struct Donchian {
    greatest: RollingMax,
    least: RollingMin,
}

impl Donchian {
    pub(crate) fn new(window: usize) -> Self {
        Donchian {
            greatest: RollingMax::new(window),
            least: RollingMin::new(window),
        }
    }
}

impl Steps for Donchian {
    type Row = [f64; 2];
    type Values = [f64; 3];

    fn warm_up(&self) -> usize {
        self.least.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low]: [f64; 2]) -> [f64; 3] {
        let upper = self.greatest.step(high);
        let lower = self.least.step(low);
        [upper, (upper + lower) * 0.5, lower]
    }
}

/// EMA of the close, and the lines `multiplier` ATRs above and below.
#[derive(Debug, Clone)]
pub(crate) struct Keltner {
    mean: Ema,
    atr: Atr,
    multiplier: f64,
}

impl Keltner {
    pub(crate) fn new(window: usize, range_window: usize, multiplier: f64) -> Self {
        Keltner {
            mean: Ema::new(window),
            atr: Atr::new(range_window),
            multiplier,
        }
    }
}

impl Steps for Keltner {
    type Row = [f64; 3];
    type Values = [f64; 3];

    fn warm_up(&self) -> usize {
        self.mean.warm_up().max(self.atr.warm_up())
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> [f64; 3] {
        let middle = self.mean.step(bar[2]);
        let reach = self.multiplier * self.atr.step(bar);
        if middle.is_nan() || reach.is_nan() {
            [f64::NAN; 3]
        } else {
            [middle + reach, middle, middle - reach]
        }
    }
}

/// Middles of the ranges of three windows, and the cloud as it stands over this bar.
#[derive(Debug, Clone)]
pub(crate) struct Ichimoku {
    conversion: Donchian,
    base: Donchian,
    span: Donchian,
    lag_a: Lag,
    lag_b: Lag,
    displacement: usize,
}

impl Ichimoku {
    pub(crate) fn new(conversion: usize, base: usize, span: usize, displacement: usize) -> Self {
        Ichimoku {
            conversion: Donchian::new(conversion),
            base: Donchian::new(base),
            span: Donchian::new(span),
            lag_a: Lag::new(displacement),
            lag_b: Lag::new(displacement),
            displacement,
        }
    }
}

impl Steps for Ichimoku {
    type Row = [f64; 2];
    type Values = [f64; 6];

    fn warm_up(&self) -> usize {
        self.span.warm_up() + self.displacement
    }

    #[inline]
    fn step(&mut self, bar: [f64; 2]) -> [f64; 6] {
        let [_, conversion, _] = self.conversion.step(bar);
        let [_, base, _] = self.base.step(bar);
        let [_, lead_b, _] = self.span.step(bar);
        let lead_a = (conversion + base) * 0.5;
        let span_a = self.lag_a.step(lead_a);
        let span_b = self.lag_b.step(lead_b);
        if span_b.is_nan() {
            [f64::NAN; 6]
        } else {
            [conversion, base, span_a, span_b, lead_a, lead_b]
        }
    }
}
