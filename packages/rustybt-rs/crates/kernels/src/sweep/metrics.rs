//! The path of a portfolio's value, and the figures of risk and return over it.
//!
//! The definitions are those of `rustybt.metrics`: one return per session, rounded half even to 16
//! digits after the point, 252 sessions in a year, deviations with one degree of freedom taken off,
//! no risk-free rate.

use super::market::Market;
use super::rows::Row;
use super::run::worth;
use crate::error::Result;

const SESSIONS_IN_YEAR: f64 = 252.0;
const MONEY: f64 = 1e16;

/// Values up to this may be zero.
const NOTHING: f64 = 1e-6;

/// Added and taken off, it leaves a float without digits after the point.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// Figures of a parameter set; NaN where one is not defined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Growth over the whole run, less one.
    pub total_return: f64,
    /// Compound annual growth rate.
    pub annual_return: f64,
    /// Annualised standard deviation.
    pub annual_volatility: f64,
    /// Annualised mean over deviation.
    pub sharpe_ratio: f64,
    /// Annualised mean over the deviation of the losses.
    pub sortino_ratio: f64,
    /// The deepest fall below an earlier peak, negative.
    pub max_drawdown: f64,
    /// Annual return over the depth of the largest drawdown.
    pub calmar_ratio: f64,
    /// Share of sessions with a gain among those with a gain or a loss.
    pub win_rate: f64,
    /// Sum of the gains over the sum of the losses.
    pub profit_factor: f64,
    /// Value of all fills over the mean value of the portfolio.
    pub turnover: f64,
}

/// What a session with fills began and ended with.
#[derive(Debug, Clone, Copy)]
struct Step {
    session: u32,
    before: i128,
    after: i128,
    cash: i128,
}

/// How a portfolio changed: the sessions with fills, and what was held after each.
#[derive(Debug)]
pub(super) struct Path {
    assets: usize,
    steps: Vec<Step>,
    /// Amounts of all assets after each step.
    amounts: Vec<i64>,
}

impl Path {
    pub(super) fn new(assets: usize) -> Self {
        Path {
            assets,
            steps: Vec::new(),
            amounts: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.steps.clear();
        self.amounts.clear();
    }

    /// Something fills in a session; amounts and cash are those before it.
    #[inline]
    pub(super) fn trade(
        &mut self,
        market: &Market,
        session: u32,
        amounts: &[i64],
        cash: i128,
        capital: i128,
    ) -> Result<()> {
        let last = self.steps.last().map(|step| step.session);
        if last == Some(session) {
            return Ok(());
        }
        self.end(market, amounts, cash)?;
        let eve = (session as usize).checked_sub(1);
        let before = match eve {
            None => capital,
            Some(eve) if last == Some(eve as u32) => self.steps[self.steps.len() - 1].after,
            Some(eve) => worth(&market.assets, amounts, cash, |asset| asset.marks[eve])?,
        };
        self.steps.push(Step {
            session,
            before,
            after: before,
            cash,
        });
        Ok(())
    }

    /// The session of the last fills is over.
    #[inline]
    pub(super) fn end(&mut self, market: &Market, amounts: &[i64], cash: i128) -> Result<()> {
        if let Some(step) = self.steps.last_mut() {
            let session = step.session as usize;
            step.after = worth(&market.assets, amounts, cash, |asset| asset.marks[session])?;
            step.cash = cash;
            self.amounts.extend_from_slice(amounts);
        }
        Ok(())
    }

    /// The sessions after a step and before the next one.
    fn quiet(&self, number: usize, sessions: usize) -> std::ops::Range<usize> {
        let next = self.steps.get(number + 1);
        let end = next.map_or(sessions, |next| next.session as usize);
        self.steps[number].session as usize + 1..end
    }

    fn held(&self, number: usize) -> &[i64] {
        &self.amounts[number * self.assets..(number + 1) * self.assets]
    }

    /// The value at the end of each session.
    pub(super) fn values(&self, market: &Market, capital: i128) -> Result<Vec<i128>> {
        let first = self.steps.first().map(|step| step.session as usize);
        let mut values = vec![capital; first.unwrap_or(market.sessions)];
        for (number, step) in self.steps.iter().enumerate() {
            values.push(step.after);
            let held = self.held(number);
            for session in self.quiet(number, market.sessions) {
                values.push(worth(&market.assets, held, step.cash, |asset| {
                    asset.marks[session]
                })?);
            }
        }
        Ok(values)
    }
}

/// Room for the floats of a set, used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    values: Vec<f64>,
    steps: Vec<f64>,
    returns: Vec<f64>,
}

/// What the values of a set's sessions come to.
#[derive(Debug, Clone, Copy)]
struct Values {
    lowest: f64,
    sum: f64,
}

/// The figures of a set.
pub(super) fn figures(
    market: &Market,
    path: &Path,
    capital: i128,
    row: Row,
    scratch: &mut Scratch,
) -> Result<Figures> {
    let start = capital as f64 / MONEY;
    let first = path.steps.first().map(|step| step.session as usize);
    let mut values = Values {
        lowest: start,
        sum: first.unwrap_or(market.sessions) as f64 * start,
    };
    scratch.returns.clear();
    for (number, step) in path.steps.iter().enumerate() {
        let after = step.after as f64 / MONEY;
        let gain = (step.after - step.before) as f64 / step.before as f64;
        scratch.returns.push(rounded(gain));
        values.lowest = values.lowest.min(after);
        values.sum += after;
        let quiet = path.quiet(number, market.sessions);
        let held = path.held(number);
        if held.iter().all(|&amount| amount == 0) {
            values.sum += after * quiet.len() as f64;
            continue;
        }
        follow(market, held, step.cash, after, quiet, scratch);
        values.sum += sum_of(&scratch.values, |value| value);
        values.lowest = scratch.values.iter().fold(values.lowest, |a, &b| a.min(b));
    }
    // A value of nothing has no return after it; so small a float may stand for it.
    if values.lowest <= NOTHING {
        return Ok(literally(&path.values(market, capital)?, capital, row));
    }
    let zeros = market.sessions - scratch.returns.len();
    Ok(concluded(&scratch.returns, zeros, values.sum, row))
}

/// Growth over all sessions, and the deepest fall below a peak as what is left of it.
fn grown(returns: &[f64]) -> (f64, f64) {
    let (mut growth, mut peak, mut deepest) = (1.0_f64, 1.0_f64, 1.0_f64);
    for gain in returns {
        growth *= 1.0 + gain;
        if growth > peak {
            peak = growth;
        } else if growth < peak * deepest {
            deepest = growth / peak;
        }
    }
    (growth, deepest)
}

/// Values and returns of the sessions in which amounts stay as they are.
fn follow(
    market: &Market,
    held: &[i64],
    cash: i128,
    before: f64,
    sessions: std::ops::Range<usize>,
    scratch: &mut Scratch,
) {
    let length = sessions.len();
    scratch.values.clear();
    scratch.values.resize(length, cash as f64 / MONEY);
    scratch.steps.clear();
    scratch.steps.resize(length, 0.0);
    for (asset, &amount) in market.assets.iter().zip(held) {
        if amount == 0 {
            continue;
        }
        let units = amount as f64 / 1e8;
        let marks = &asset.mark_floats[sessions.clone()];
        let moves = &asset.mark_steps[sessions.clone()];
        for (value, mark) in scratch.values.iter_mut().zip(marks) {
            *value += units * mark;
        }
        for (step, mark) in scratch.steps.iter_mut().zip(moves) {
            *step += units * mark;
        }
    }
    let Some(first) = scratch.steps.first() else {
        return;
    };
    let returns = &mut scratch.returns;
    returns.push(rounded(first / before));
    let later = scratch.steps[1..].iter().zip(&scratch.values);
    returns.extend(later.map(|(step, before)| rounded(step / before)));
}

/// A return with 16 digits after the point, to the nearest float.
#[inline]
fn rounded(value: f64) -> f64 {
    ((value * MONEY + WHOLE) - WHOLE) * (1.0 / MONEY)
}

/// Eight sums side by side, which a processor adds at once.
#[inline]
fn sum_of(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().map(|&value| of(value)).sum();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += of(value);
        }
    }
    lanes.iter().sum::<f64>() + rest
}

/// Sums over the gains and the losses of returns.
struct Sides {
    gains: f64,
    losses: f64,
    rises: f64,
    falls: f64,
    /// The squares of the losses.
    lost: f64,
}

fn sides_of(returns: &[f64]) -> Sides {
    const LANES: usize = 4;
    let mut sums = [[0.0_f64; LANES]; 5];
    let mut add = |lane: usize, value: f64| {
        let (gain, loss) = (value.max(0.0), value.min(0.0));
        sums[0][lane] += gain;
        sums[1][lane] += loss;
        sums[2][lane] += f64::from(value > 0.0);
        sums[3][lane] += f64::from(value < 0.0);
        sums[4][lane] += loss * loss;
    };
    let chunks = returns.chunks_exact(LANES);
    for &value in chunks.remainder() {
        add(0, value);
    }
    for chunk in chunks {
        for (lane, &value) in chunk.iter().enumerate() {
            add(lane, value);
        }
    }
    let [gains, losses, rises, falls, lost] = sums.map(|lanes| lanes.iter().sum());
    Sides {
        gains,
        losses,
        rises,
        falls,
        lost,
    }
}

/// The figures from returns, and a number of sessions without one.
fn concluded(returns: &[f64], zeros: usize, worth: f64, row: Row) -> Figures {
    let count = (returns.len() + zeros) as f64;
    let (growth, left) = grown(returns);
    let gain = growth - 1.0;
    let Sides {
        gains,
        losses,
        rises,
        falls,
        lost,
    } = sides_of(returns);
    let mean = (gains + losses) / count;
    let spread = sum_of(returns, |value| (value - mean) * (value - mean));
    let spread = spread + zeros as f64 * mean * mean;
    let year = SESSIONS_IN_YEAR;
    let deviation = (spread / (count - 1.0)).sqrt();
    let risk = (lost / count).sqrt() * year.sqrt();
    let annual = annual_return(gain, count);
    let drawdown = left - 1.0;
    let is_longer = count > 1.0;
    Figures {
        total_return: if count > 0.0 { gain } else { f64::NAN },
        annual_return: annual,
        annual_volatility: defined(deviation * year.sqrt(), is_longer),
        sharpe_ratio: defined(mean / deviation * year.sqrt(), is_longer),
        sortino_ratio: defined(mean * year / risk, is_longer),
        max_drawdown: if count > 0.0 { drawdown } else { f64::NAN },
        calmar_ratio: defined(annual / -drawdown, drawdown != 0.0),
        win_rate: defined(rises / (rises + falls), rises + falls > 0.0),
        profit_factor: defined(gains / -losses, losses < 0.0),
        turnover: row.traded as f64 / MONEY / (worth / count),
    }
}

fn annual_return(gain: f64, count: f64) -> f64 {
    if gain <= -1.0 || count <= 0.0 {
        return f64::NAN;
    }
    (1.0 + gain).powf(SESSIONS_IN_YEAR / count) - 1.0
}

/// A figure that is finite and has a meaning, else NaN.
fn defined(figure: f64, has_meaning: bool) -> f64 {
    if has_meaning && figure.is_finite() {
        figure
    } else {
        f64::NAN
    }
}

/// The figures of a portfolio that was worth nothing or less at some time, return by return.
fn literally(values: &[i128], capital: i128, row: Row) -> Figures {
    let mut before = capital;
    let mut returns = Vec::with_capacity(values.len());
    for &value in values {
        let gain = (value - before) as f64 / before as f64;
        returns.push(if before == 0 { 0.0 } else { rounded(gain) });
        before = value;
    }
    let sum = values.iter().map(|&value| value as f64 / MONEY).sum();
    concluded(&returns, 0, sum, row)
}

impl Default for Figures {
    fn default() -> Self {
        Figures {
            total_return: f64::NAN,
            annual_return: f64::NAN,
            annual_volatility: f64::NAN,
            sharpe_ratio: f64::NAN,
            sortino_ratio: f64::NAN,
            max_drawdown: f64::NAN,
            calmar_ratio: f64::NAN,
            win_rate: f64::NAN,
            profit_factor: f64::NAN,
            turnover: f64::NAN,
        }
    }
}
