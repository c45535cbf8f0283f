//! Indicators of a trend's strength and direction.

use super::ranges::{Atr, TrueRange};
use super::windows::Lag;
use super::{lesser, Steps};

/// `total - total / window + value`, from the sum of the first `window - 1` values.
#[derive(Debug, Clone)]
struct WilderSum {
    window: f64,
    left: usize,
    total: f64,
}

impl WilderSum {
    fn new(window: usize) -> Self {
        WilderSum {
            window: window as f64,
            left: window - 1,
            total: 0.0,
        }
    }

    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        if self.left > 0 {
            self.left -= 1;
            self.total += value;
            return f64::NAN;
        }
        self.total = self.total - self.total / self.window + value;
        self.total
    }
}

/// Plus and minus DI: `100 * (sum of moves / sum of true ranges)`, 0 where that is 0.
#[derive(Debug, Clone)]
struct Directional {
    plus: WilderSum,
    minus: WilderSum,
    sum: WilderSum,
    range: TrueRange,
    high: f64,
    low: f64,
    window: usize,
}

impl Directional {
    fn new(window: usize) -> Self {
        Directional {
            plus: WilderSum::new(window),
            minus: WilderSum::new(window),
            sum: WilderSum::new(window),
            range: TrueRange::new(),
            high: f64::NAN,
            low: f64::NAN,
            window,
        }
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> (f64, f64) {
        let up = high - self.high;
        let down = self.low - low;
        self.high = high;
        self.low = low;
        let range = self.range.step([high, low, close]);
        if range.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        let plus = self.plus.step(if up > 0.0 && up > down { up } else { 0.0 });
        let minus = self
            .minus
            .step(if down > 0.0 && down > up { down } else { 0.0 });
        let ranges = self.sum.step(range);
        if ranges == 0.0 {
            (0.0, 0.0)
        } else {
            (100.0 * (plus / ranges), 100.0 * (minus / ranges))
        }
    }
}

/// The first of both.
#[derive(Debug, Clone)]
pub(crate) struct PlusDi(Directional);

impl PlusDi {
    pub(crate) fn new(window: usize) -> Self {
        PlusDi(Directional::new(window))
    }
}

impl Steps for PlusDi {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.window
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        self.0.step(bar).0
    }
}

/// The second of both.
#[derive(Debug, Clone)]
pub(crate) struct MinusDi(Directional);

impl MinusDi {
    pub(crate) fn new(window: usize) -> Self {
        MinusDi(Directional::new(window))
    }
}

impl Steps for MinusDi {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.0.window
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        self.0.step(bar).1
    }
}

/// `100 * (abs(minus DI - plus DI) / (plus DI + minus DI))`; as before where both are 0.
#[derive(Debug, Clone)]
pub(crate) struct Dx {
    both: Directional,
    last: f64,
}

impl Dx {
    pub(crate) fn new(window: usize) -> Self {
        Dx {
            both: Directional::new(window),
            last: 0.0,
        }
    }
}

impl Steps for Dx {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.both.window
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        let (plus, minus) = self.both.step(bar);
        let both = plus + minus;
        if both.is_nan() {
            return f64::NAN;
        }
        if both != 0.0 {
            self.last = 100.0 * ((minus - plus).abs() / both);
        }
        self.last
    }
}

/// Wilder's average of DX; a bar at which both DIs are 0 leaves it alone.
#[derive(Debug, Clone)]
pub(crate) struct Adx {
    both: Directional,
    left: usize,
    mean: f64,
}

impl Adx {
    pub(crate) fn new(window: usize) -> Self {
        Adx {
            both: Directional::new(window),
            left: window,
            mean: 0.0,
        }
    }
}

impl Steps for Adx {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        2 * self.both.window - 1
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        let (plus, minus) = self.both.step(bar);
        let both = plus + minus;
        if both.is_nan() {
            return f64::NAN;
        }
        let window = self.both.window as f64;
        if self.left == 0 {
            if both != 0.0 {
                let dx = 100.0 * ((minus - plus).abs() / both);
                self.mean = (self.mean * (window - 1.0) + dx) / window;
            }
            return self.mean;
        }
        if both != 0.0 {
            self.mean += 100.0 * ((minus - plus).abs() / both);
        }
        self.left -= 1;
        if self.left > 0 {
            return f64::NAN;
        }
        self.mean /= window;
        self.mean
    }
}

/// `(ADX + ADX of window - 1 rows ago) / 2`.
#[derive(Debug, Clone)]
pub(crate) struct Adxr {
    adx: Adx,
    lag: Lag,
}

impl Adxr {
    pub(crate) fn new(window: usize) -> Self {
        Adxr {
            adx: Adx::new(window),
            lag: Lag::new(window - 1),
        }
    }
}

impl Steps for Adxr {
    type Row = [f64; 3];
    type Values = f64;

    fn warm_up(&self) -> usize {
        self.adx.warm_up() + self.adx.both.window - 1
    }

    #[inline]
    fn step(&mut self, bar: [f64; 3]) -> f64 {
        let adx = self.adx.step(bar);
        (adx + self.lag.step(adx)) * 0.5
    }
}

/// The line that a trend does not cross: below the bars while it rises, above while it falls.
#[derive(Debug, Clone)]
pub(crate) struct Supertrend {
    atr: Atr,
    multiplier: f64,
    close: f64,
    upper: f64,
    lower: f64,
    direction: f64,
}

impl Supertrend {
    pub(crate) fn new(window: usize, multiplier: f64) -> Self {
        Supertrend {
            atr: Atr::new(window),
            multiplier,
            close: f64::NAN,
            upper: f64::NAN,
            lower: f64::NAN,
            direction: -1.0,
        }
    }
}

impl Steps for Supertrend {
    type Row = [f64; 3];
    type Values = [f64; 2];

    fn warm_up(&self) -> usize {
        self.atr.warm_up()
    }

    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let reach = self.multiplier * self.atr.step([high, low, close]);
        let before = self.close;
        self.close = close;
        if reach.is_nan() {
            return [f64::NAN; 2];
        }
        let middle = (high + low) * 0.5;
        self.upper = tightened(middle + reach, self.upper, before - self.upper);
        self.lower = -tightened(reach - middle, -self.lower, self.lower - before);
        let rises = if self.direction < 0.0 {
            close > self.upper
        } else {
            // Not `close >= self.lower`: as the reference has it.
            let falls = close < self.lower;
            !falls
        };
        self.direction = if rises { 1.0 } else { -1.0 };
        [if rises { self.lower } else { self.upper }, self.direction]
    }
}

/// The new line, unless the one before is nearer to the bars and was not crossed.
#[inline]
fn tightened(line: f64, before: f64, beyond: f64) -> f64 {
    if line >= before && beyond <= 0.0 {
        before
    } else {
        line
    }
}

/// Wilder's parabolic stop: the line that turns the position when a bar touches it.
///
/// Computed for a long position; a short one sees the negatives of prices, which is exact.
#[derive(Debug, Clone)]
pub(crate) struct Psar {
    acceleration: f64,
    maximum: f64,
    speed: f64,
    high: f64,
    low: f64,
    sign: f64,
    stop: f64,
    extreme: f64,
}

impl Psar {
    pub(crate) fn new(acceleration: f64, maximum: f64) -> Self {
        let acceleration = lesser(maximum, acceleration);
        Psar {
            acceleration,
            maximum,
            speed: acceleration,
            high: f64::NAN,
            low: f64::NAN,
            sign: 0.0,
            stop: 0.0,
            extreme: 0.0,
        }
    }

    fn begin(&mut self, [high, low]: [f64; 2], [high_before, low_before]: [f64; 2]) {
        let down = low_before - low;
        let short = down > 0.0 && down > high - high_before;
        self.sign = if short { -1.0 } else { 1.0 };
        self.stop = if short { -high_before } else { low_before };
        self.extreme = if short { -low } else { high };
    }

    /// Given and answered in prices of a long position, mirrored for a short one.
    #[inline]
    fn follow(&mut self, bar: [f64; 2], before: [f64; 2]) -> f64 {
        let [high, low] = bar;
        if low <= self.stop {
            return self.turn(bar, before);
        }
        let stop = self.stop;
        if high > self.extreme {
            self.extreme = high;
            self.speed = lesser(self.speed + self.acceleration, self.maximum);
        }
        self.go(low, before[1]);
        stop
    }

    /// The new position is seen in the mirror.
    fn turn(&mut self, [high, low]: [f64; 2], [high_before, _]: [f64; 2]) -> f64 {
        self.sign = -self.sign;
        let stop = lesser(lesser(-self.extreme, -high_before), -high);
        self.stop = stop;
        self.speed = self.acceleration;
        self.extreme = -low;
        self.go(-high, -high_before);
        -stop
    }

    #[inline]
    fn go(&mut self, low: f64, low_before: f64) {
        let stop = self.stop + self.speed * (self.extreme - self.stop);
        self.stop = lesser(lesser(stop, low_before), low);
    }
}

impl Steps for Psar {
    type Row = [f64; 2];
    type Values = f64;

    fn warm_up(&self) -> usize {
        1
    }

    #[inline]
    fn step(&mut self, [high, low]: [f64; 2]) -> f64 {
        let mut before = [self.high, self.low];
        self.high = high;
        self.low = low;
        if before[0].is_nan() {
            return f64::NAN;
        }
        if self.sign == 0.0 {
            self.begin([high, low], before);
            before = [high, low];
        }
        if self.sign > 0.0 {
            self.follow([high, low], before)
        } else {
            -self.follow([-low, -high], [-before[1], -before[0]])
        }
    }
}
