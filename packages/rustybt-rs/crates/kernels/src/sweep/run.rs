//! The run of parameter sets: orders, fills, money.

mod desk;

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

pub(super) use self::desk::worth;

use self::desk::Desk;
use super::costs::{pricings, Charging, Commission, Pricing, Slippage};
use super::market::Market;
use super::metrics::{self, Scratch};
use super::rows::{Fill, Row, Untraced};
use super::signals::{Event, Signals};
use crate::error::{Error, Result};

/// Where an order fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillAt {
    /// At the next bar's close.
    Close,
    /// At the next bar's open.
    Open,
}

/// What all parameter sets have in common.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Money to start with, at the scale of money.
    pub capital: i128,
    /// Where an order fills.
    pub fill_at: FillAt,
    /// Whether what is open of an asset's orders is cancelled before another one is placed.
    pub cancels: bool,
    /// Whether targets are shares of the portfolio's value; otherwise they are units.
    pub weights: bool,
    /// The slippage model.
    pub slippage: Slippage,
    /// The commission model.
    pub commission: Commission,
}

/// Parameter sets over a market.
#[derive(Debug)]
pub struct Sweep {
    market: Arc<Market>,
    signals: Arc<Signals>,
    rules: Rules,
    pricings: Vec<Pricing>,
    charging: Charging,
}

/// How many sets a thread takes at once.
const PORTION: usize = 4;

impl Sweep {
    /// A sweep.
    ///
    /// # Errors
    /// Invalid for columns that the rules need and that are not there, and for parameters of the
    /// models that cannot be used.
    pub fn new(market: Arc<Market>, signals: Arc<Signals>, rules: Rules) -> Result<Self> {
        let no_open = |asset: &super::Asset| asset.columns.open.len() != market.bars;
        if rules.fill_at == FillAt::Open && market.assets.iter().any(no_open) {
            let reason = "give a column open for fills at the open";
            return Err(Error::invalid("open", "no column", reason));
        }
        if rules.capital <= 0 {
            let reason = "give more than zero";
            return Err(Error::invalid("capital", rules.capital, reason));
        }
        Ok(Sweep {
            pricings: pricings(rules.slippage, &market)?,
            charging: rules.commission.ready()?,
            market,
            signals,
            rules,
        })
    }

    /// How many parameter sets there are.
    pub fn sets(&self) -> usize {
        self.signals.sets()
    }

    /// The columns.
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The outcomes of some of the sets, in order, computed by several threads.
    ///
    /// # Errors
    /// That of the first set that has one, with its number.
    pub fn rows(&self, sets: Range<usize>, threads: usize) -> Result<Vec<Row>> {
        let next = AtomicUsize::new(sets.start);
        let portions = sets.len().div_ceil(PORTION);
        let work = || self.take(&next, sets.end);
        let done: Vec<Portions> = if threads.min(portions) <= 1 {
            vec![work()]
        } else {
            std::thread::scope(|scope| {
                let others: Vec<_> = (1..threads.min(portions))
                    .map(|_| scope.spawn(work))
                    .collect();
                let mut all = vec![work()];
                all.extend(others.into_iter().map(|other| {
                    let joined = other.join();
                    joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                }));
                all
            })
        };
        let mut found: Portions = done.into_iter().flatten().collect();
        found.sort_unstable_by_key(|(first, _)| *first);
        let mut rows = Vec::with_capacity(sets.len());
        for (_, portion) in found {
            rows.extend(portion?);
        }
        Ok(rows)
    }

    /// Compute portions until none is left, or one fails.
    fn take(&self, next: &AtomicUsize, end: usize) -> Portions {
        let mut desk = Desk::new(self);
        let mut scratch = Scratch::default();
        let mut found = Vec::new();
        loop {
            let first = next.fetch_add(PORTION, Ordering::Relaxed);
            if first >= end {
                return found;
            }
            let sets = first..end.min(first + PORTION);
            let rows: Result<Vec<Row>> = sets
                .map(|set| self.row(set, &mut desk, &mut scratch))
                .collect();
            let failed = rows.is_err();
            found.push((first, rows));
            if failed {
                next.store(end, Ordering::Relaxed);
                return found;
            }
        }
    }

    fn row(&self, set: usize, desk: &mut Desk<'_>, scratch: &mut Scratch) -> Result<Row> {
        desk.run(set, &mut Untraced)
            .map_err(|error| named(error, set))?;
        let mut row = desk.row;
        row.figures = metrics::figures(&self.market, &desk.path, self.rules.capital, row, scratch)
            .map_err(|error| named(error, set))?;
        Ok(row)
    }

    /// The executions of a set, in order.
    ///
    /// # Errors
    /// Invalid where there is no such set; those of the run.
    pub fn fills(&self, set: usize) -> Result<Vec<Fill>> {
        self.check(set)?;
        let mut fills = Vec::new();
        let mut desk = Desk::new(self);
        desk.run(set, &mut fills)
            .map_err(|error| named(error, set))?;
        Ok(fills)
    }

    /// The portfolio's value at the end of each session, at the scale of money.
    ///
    /// # Errors
    /// Invalid where there is no such set; those of the run.
    pub fn equity(&self, set: usize) -> Result<Vec<i128>> {
        self.check(set)?;
        let mut desk = Desk::new(self);
        desk.run(set, &mut Untraced)
            .map_err(|error| named(error, set))?;
        desk.path.values(&self.market, self.rules.capital)
    }

    fn check(&self, set: usize) -> Result<()> {
        if set < self.sets() {
            return Ok(());
        }
        let reason = format!("there are {} parameter sets, counted from 0", self.sets());
        Err(Error::invalid("parameter set", set, reason))
    }
}

type Portions = Vec<(usize, Result<Vec<Row>>)>;

/// The error with the number of its set.
fn named(error: Error, set: usize) -> Error {
    match error {
        Error::Overflow { what } => Error::overflow(format!("parameter set {set}: {what}")),
        Error::Invalid {
            field,
            value,
            reason,
        } => Error::Invalid {
            field: format!("parameter set {set}: {field}"),
            value,
            reason,
        },
    }
}

/// The bar of an event; beyond all bars where there is none.
#[inline]
fn bar_of(event: Option<&Event>) -> u32 {
    event.map_or(u32::MAX, |event| event.bar)
}
