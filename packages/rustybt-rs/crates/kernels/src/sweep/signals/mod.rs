//! What the parameter sets want when: given targets, or rules over the columns.

mod given;
mod lines;
mod rules;

pub use given::{Given, TargetColumn};
pub use lines::{ema, extremes, rsi, sma, Extremes, Line};
pub use rules::{Breakout, Cross, Levels, Side};

use super::market::Market;
use crate::error::Result;

/// A target that is ordered in a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Number of the bar.
    pub bar: u32,
    /// Number of the asset.
    pub asset: u32,
    /// Digits after the point of the target; at least those of amounts where it counts units.
    pub scale: u32,
    /// The target: units, or a share of the portfolio's value.
    pub coefficient: i64,
}

/// Room for the marks of a set, used again for the next one.
#[derive(Debug, Default)]
pub struct Marker {
    pub(super) words: Vec<u64>,
}

/// The signals of all parameter sets.
#[derive(Debug)]
pub enum Signals {
    /// Targets that were given.
    Given(Given),
    /// One line above another.
    Cross(Cross),
    /// A line below and above levels.
    Levels(Levels),
    /// A close beyond the highest and the lowest prices before it.
    Breakout(Breakout),
}

impl Signals {
    /// How many parameter sets there are.
    pub fn sets(&self) -> usize {
        match self {
            Signals::Given(given) => given.sets(),
            Signals::Cross(cross) => cross.sets.len(),
            Signals::Levels(levels) => levels.sets.len(),
            Signals::Breakout(breakout) => breakout.sets.len(),
        }
    }

    /// What a set orders, in order of bars and then of assets.
    ///
    /// # Errors
    /// Those of the rule.
    pub fn events(
        &self,
        market: &Market,
        set: usize,
        marker: &mut Marker,
        events: &mut Vec<Event>,
    ) -> Result<()> {
        match self {
            Signals::Given(given) => events.extend_from_slice(given.of(set)),
            Signals::Cross(cross) => cross.events(market, set, marker, events)?,
            Signals::Levels(levels) => levels.events(market, set, marker, events)?,
            Signals::Breakout(breakout) => breakout.events(market, set, marker, events)?,
        }
        if market.assets.len() > 1 {
            events.sort_by_key(|event| (event.bar, event.asset));
        }
        Ok(())
    }
}
