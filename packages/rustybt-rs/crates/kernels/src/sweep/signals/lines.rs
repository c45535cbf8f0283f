//! Lines over the columns, computed once for each distinct parameter.

use crate::error::{Error, Result};
use crate::sweep::market::MISSING;

/// A line: a value for each bar from the first on that has one.
#[derive(Debug, Clone)]
pub struct Line {
    /// The values; of no meaning before `first`.
    pub values: Vec<f64>,
    /// The first bar with a value; the number of bars where there is none.
    pub first: usize,
    /// Of a simple mean the sums that it is made of; else empty.
    pub(super) sums: Vec<i64>,
    /// How many values a sum has.
    pub(super) window: i64,
}

impl Line {
    fn plain(values: Vec<f64>, first: usize) -> Self {
        let first = first.min(values.len());
        Line {
            values,
            first,
            sums: Vec::new(),
            window: 1,
        }
    }

    /// Whether this line is above another in a bar in which both floats are equal.
    #[cold]
    pub(super) fn is_above(&self, other: &Line, bar: usize) -> bool {
        if self.sums.is_empty() || other.sums.is_empty() {
            return false;
        }
        let left = i128::from(self.sums[bar]) * i128::from(other.window);
        left > i128::from(other.sums[bar]) * i128::from(self.window)
    }
}

/// Sums up to this are exact as floats.
const EXACT: i64 = 1 << 53;

fn first_known(known: &[i64]) -> usize {
    let found = known.iter().position(|&price| price != MISSING);
    found.unwrap_or(known.len())
}

fn checked(window: usize) -> Result<usize> {
    if window == 0 {
        return Err(Error::invalid("window", 0, "give one or more"));
    }
    Ok(window)
}

/// Simple means of the last known prices, from the first bar on that has `window` of them.
///
/// The values are the floats next to the means, so that of two means that are not equal the larger
/// never has the smaller float; where the floats are equal the sums decide.
///
/// # Errors
/// Invalid for a window of zero; overflow for sums that a float cannot hold.
pub fn sma(known: &[i64], window: usize) -> Result<Line> {
    let window = checked(window)?;
    let begin = first_known(known);
    let first = (begin + window - 1).min(known.len());
    let mut values = vec![f64::NAN; known.len()];
    let mut sums = vec![0; known.len()];
    let mut sum = 0_i64;
    let no_room = || Error::overflow(format!("sum of {window} prices"));
    for bar in begin..known.len() {
        sum = sum.checked_add(known[bar]).ok_or_else(no_room)?;
        if bar >= begin + window {
            sum -= known[bar - window];
        }
        if sum.abs() > EXACT {
            return Err(no_room());
        }
        sums[bar] = sum;
        values[bar] = sum as f64 / window as f64;
    }
    Ok(Line {
        values,
        first,
        sums,
        window: window as i64,
    })
}

/// Exponential means of the last known prices: the first is the simple mean of `window` prices,
/// each further one is the last one plus 2 / (window + 1) of the distance to the price.
///
/// # Errors
/// Invalid for a window of zero.
pub fn ema(known: &[i64], window: usize, price_scale: u32) -> Result<Line> {
    let window = checked(window)?;
    let begin = first_known(known);
    let first = begin + window - 1;
    let unit = 10_f64.powi(price_scale as i32);
    let mut values = vec![f64::NAN; known.len()];
    if first >= known.len() {
        return Ok(Line::plain(values, first));
    }
    let weight = 2.0 / (window as f64 + 1.0);
    let price = |bar: usize| known[bar] as f64 / unit;
    let mut mean = (begin..=first).map(price).sum::<f64>() / window as f64;
    values[first] = mean;
    for (bar, value) in values.iter_mut().enumerate().skip(first + 1) {
        mean += (price(bar) - mean) * weight;
        *value = mean;
    }
    Ok(Line::plain(values, first))
}

/// Wilder's relative strength index of the last known prices, 50 where nothing moved at all.
///
/// The first value averages `window` changes; each further one takes the new change in with
/// 1 / window.
///
/// # Errors
/// Invalid for a window of zero.
pub fn rsi(known: &[i64], window: usize) -> Result<Line> {
    let window = checked(window)?;
    let begin = first_known(known);
    let first = begin + window;
    let mut values = vec![f64::NAN; known.len()];
    let (mut gain, mut loss) = (0.0, 0.0);
    for bar in begin + 1..known.len() {
        let change = known[bar] as f64 - known[bar - 1] as f64;
        if bar <= first {
            gain += change.max(0.0);
            loss += (-change).max(0.0);
            if bar < first {
                continue;
            }
            gain /= window as f64;
            loss /= window as f64;
        } else {
            let others = (window - 1) as f64;
            gain = (gain * others + change.max(0.0)) / window as f64;
            loss = (loss * others + (-change).max(0.0)) / window as f64;
        }
        let both = gain + loss;
        values[bar] = if both == 0.0 {
            50.0
        } else {
            100.0 * gain / both
        };
    }
    Ok(Line::plain(values, first))
}

/// Extremes of the bars before each bar.
#[derive(Debug, Clone)]
pub struct Extremes {
    /// The values; [`MISSING`] where no bar of the window has one.
    pub values: Vec<i64>,
    /// The first bar with a whole window before it.
    pub first: usize,
}

/// The highest (or lowest) of the `window` values before each bar; what is missing is left out.
///
/// # Errors
/// Invalid for a window of zero.
pub fn extremes(values: &[i64], window: usize, highest: bool) -> Result<Extremes> {
    let window = checked(window)?;
    let key = |bar: usize| if highest { values[bar] } else { -values[bar] };
    let mut best: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut found = vec![MISSING; values.len()];
    for (bar, place) in found.iter_mut().enumerate() {
        while best.front().is_some_and(|&old| old + window < bar) {
            best.pop_front();
        }
        if let Some(&front) = best.front() {
            *place = values[front];
        }
        if values[bar] == MISSING {
            continue;
        }
        while best.back().is_some_and(|&old| key(old) <= key(bar)) {
            best.pop_back();
        }
        best.push_back(bar);
    }
    Ok(Extremes {
        values: found,
        first: (first_known(values) + window).min(values.len()),
    })
}
