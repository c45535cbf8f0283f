//! The columns that all parameter sets read.

use super::decimal::Dec;
use super::{AMOUNT_SCALE, PRICE_SCALE};
use crate::error::{Error, Result};
use crate::fixed::power_of_ten;

/// No price in this bar.
pub const MISSING: i64 = i64::MIN;

/// The largest price, which leaves room for its product with any amount.
const HIGHEST_PRICE: i128 = 1_000_000_000;

/// The columns of an asset as they are given; [`MISSING`] where there is no price.
#[derive(Debug, Clone, Default)]
pub struct AssetColumns {
    /// First prices; empty where nothing fills at the open.
    pub open: Vec<i64>,
    /// Highest prices; empty where no signal needs them.
    pub high: Vec<i64>,
    /// Lowest prices; empty where no signal needs them.
    pub low: Vec<i64>,
    /// Last prices.
    pub close: Vec<i64>,
    /// Volumes; zero or [`MISSING`] without trade.
    pub volume: Vec<i64>,
    /// Digits after the point of the prices.
    pub price_scale: u32,
    /// Digits after the point of the volumes.
    pub volume_scale: u32,
    /// The smallest step of an amount.
    pub lot: Option<Dec>,
}

/// An asset: its columns and what follows from them.
#[derive(Debug)]
pub struct Asset {
    /// What was given.
    pub columns: AssetColumns,
    /// The last known close of each bar, [`MISSING`] before the first.
    pub known: Vec<i64>,
    /// The smallest step of an amount, at the scale of amounts.
    pub(super) lot: i64,
    /// What a price coefficient is multiplied with to have the scale of prices.
    pub(super) up: i128,
    /// For each bar the first at or after it that trades; one more than there are bars.
    pub(super) trading: Vec<u32>,
    /// The same for trades with an opening price.
    pub(super) opening: Vec<u32>,
    /// Last known close at the end of each session; zero before the first.
    pub(super) marks: Vec<i64>,
    /// The marks as money per unit.
    pub(super) mark_floats: Vec<f64>,
    /// By how much a mark differs from that of the session before, as money per unit.
    pub(super) mark_steps: Vec<f64>,
}

/// The columns of all assets on the same bars.
#[derive(Debug)]
pub struct Market {
    /// The assets.
    pub assets: Vec<Asset>,
    /// How many bars there are.
    pub bars: usize,
    /// The session of each bar, from zero.
    pub(super) session_of: Vec<u32>,
    /// How many sessions there are.
    pub sessions: usize,
}

impl Market {
    /// A market.
    ///
    /// `sessions` is a number for each bar that changes where a session begins; None makes every
    /// bar a session.
    ///
    /// # Errors
    /// Invalid for columns of different lengths, no asset, too many digits or too large prices.
    pub fn new(assets: Vec<AssetColumns>, sessions: Option<&[i64]>) -> Result<Self> {
        let Some(first) = assets.first() else {
            return Err(Error::invalid("assets", "none", "give at least one"));
        };
        let bars = first.close.len();
        if u32::try_from(bars).is_err() {
            return Err(Error::invalid("bars", bars, "give fewer than 2^32"));
        }
        let session_of = numbered(bars, sessions)?;
        let count = session_of.last().map_or(0, |&last| last as usize + 1);
        let ends = session_ends(&session_of, count);
        let built = assets
            .into_iter()
            .map(|columns| Asset::new(columns, bars, &ends))
            .collect::<Result<Vec<_>>>()?;
        Ok(Market {
            assets: built,
            bars,
            session_of,
            sessions: count,
        })
    }
}

/// The sessions of bars, counted from zero.
fn numbered(bars: usize, sessions: Option<&[i64]>) -> Result<Vec<u32>> {
    let Some(given) = sessions else {
        return Ok((0..bars as u32).collect());
    };
    if given.len() != bars {
        let reason = format!("give one for each of {bars} bars");
        return Err(Error::invalid("sessions", given.len(), reason));
    }
    let mut number = 0_u32;
    let mut numbers = Vec::with_capacity(bars);
    for (row, session) in given.iter().enumerate() {
        let before = row.checked_sub(1).map(|last| given[last]);
        if before.is_some_and(|before| *session < before) {
            let reason = format!("they may not go back, as in row {row}");
            return Err(Error::invalid("sessions", session, reason));
        }
        number += u32::from(before.is_some_and(|before| *session != before));
        numbers.push(number);
    }
    Ok(numbers)
}

/// The last bar of each session.
fn session_ends(session_of: &[u32], count: usize) -> Vec<usize> {
    let mut ends = vec![0; count];
    for (bar, &session) in session_of.iter().enumerate() {
        ends[session as usize] = bar;
    }
    ends
}

impl Asset {
    fn new(columns: AssetColumns, bars: usize, ends: &[usize]) -> Result<Self> {
        check_lengths(&columns, bars)?;
        let up = scale_up(&columns)?;
        let lot = lot_of(&columns)?;
        let known = filled(&columns.close);
        let trades = |bar: usize| columns.volume[bar] > 0 && columns.close[bar] != MISSING;
        let has_open = !columns.open.is_empty();
        let opens = |bar: usize| trades(bar) && has_open && columns.open[bar] != MISSING;
        let trading = next_of(bars, trades);
        let opening = next_of(bars, opens);
        let marks: Vec<i64> = ends.iter().map(|&bar| or_zero(known[bar])).collect();
        let unit = 10_f64.powi(columns.price_scale as i32);
        let step = |row: usize| marks[row] - if row == 0 { 0 } else { marks[row - 1] };
        Ok(Asset {
            mark_floats: marks.iter().map(|&mark| mark as f64 / unit).collect(),
            mark_steps: (0..marks.len())
                .map(|row| step(row) as f64 / unit)
                .collect(),
            known,
            lot,
            up,
            trading,
            opening,
            marks,
            columns,
        })
    }

    /// The price of a coefficient, at the scale of prices.
    #[inline]
    pub(super) fn price(&self, coefficient: i64) -> i128 {
        i128::from(coefficient) * self.up
    }
}

fn or_zero(price: i64) -> i64 {
    if price == MISSING {
        0
    } else {
        price
    }
}

fn check_lengths(columns: &AssetColumns, bars: usize) -> Result<()> {
    let given = [
        ("close", &columns.close, false),
        ("volume", &columns.volume, false),
        ("open", &columns.open, true),
        ("high", &columns.high, true),
        ("low", &columns.low, true),
    ];
    for (name, column, optional) in given {
        if column.len() != bars && !(optional && column.is_empty()) {
            let reason = format!("all columns need {bars} values");
            return Err(Error::invalid(name, column.len(), reason));
        }
    }
    Ok(())
}

fn scale_up(columns: &AssetColumns) -> Result<i128> {
    let scale = columns.price_scale;
    if scale > PRICE_SCALE {
        let reason = format!("give prices of at most {PRICE_SCALE} digits after the point");
        return Err(Error::invalid("price scale", scale, reason));
    }
    if columns.volume_scale > AMOUNT_SCALE {
        let reason = format!("give volumes of at most {AMOUNT_SCALE} digits after the point");
        return Err(Error::invalid("volume scale", columns.volume_scale, reason));
    }
    let highest = HIGHEST_PRICE * power_of_ten(scale)?;
    for (name, prices) in [("close", &columns.close), ("open", &columns.open)] {
        let far = |&&price: &&i64| price != MISSING && i128::from(price).abs() > highest;
        if let Some(price) = prices.iter().find(far) {
            let reason = "give prices below 1,000,000,000";
            return Err(Error::invalid(name, price, reason));
        }
    }
    power_of_ten(PRICE_SCALE - scale)
}

fn lot_of(columns: &AssetColumns) -> Result<i64> {
    let lot = columns.lot.unwrap_or(Dec {
        coefficient: 1,
        scale: 0,
    });
    let scaled = lot.exactly_at(AMOUNT_SCALE, "lot")?;
    if scaled <= 0 {
        return Err(Error::invalid("lot", lot, "give more than zero"));
    }
    crate::fixed::narrow(scaled, "lot")
}

/// The last value that is there.
fn filled(values: &[i64]) -> Vec<i64> {
    let mut last = MISSING;
    values
        .iter()
        .map(|&value| {
            if value != MISSING {
                last = value;
            }
            last
        })
        .collect()
}

/// For each bar the first at or after it of which something holds, and one entry more.
fn next_of(bars: usize, holds: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut next = vec![bars as u32; bars + 1];
    for bar in (0..bars).rev() {
        next[bar] = if holds(bar) {
            bar as u32
        } else {
            next[bar + 1]
        };
    }
    next
}
