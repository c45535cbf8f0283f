//! Targets that were given, one column for each set and asset.

use super::rules::{follow, switched, Side};
use super::{Event, Signals};
use crate::error::{Error, Result};
use crate::sweep::decimal::{shortest, Dec};
use crate::sweep::AMOUNT_SCALE;

/// A column of targets: a value for each bar.
#[derive(Debug, Clone)]
pub enum TargetColumn<'a> {
    /// Coefficients at a scale, and which are there; None where all are.
    Coefficients(&'a [i64], u32, Option<&'a [bool]>),
    /// Floats that mean their shortest text; NaN for none.
    Floats(&'a [f64]),
}

/// The targets of all sets, as the events that they come to.
#[derive(Debug, Default)]
pub struct Given {
    events: Vec<Event>,
    /// Where the events of each set end.
    ends: Vec<usize>,
}

impl Given {
    /// How many sets there are.
    pub fn sets(&self) -> usize {
        self.ends.len()
    }

    /// The events of a set.
    pub fn of(&self, set: usize) -> &[Event] {
        let first = set.checked_sub(1).map_or(0, |last| self.ends[last]);
        &self.events[first..self.ends[set]]
    }

    /// Add a set: a column for each asset.
    ///
    /// A bar orders where its value differs from the last one that is there, zero before the
    /// first; with `every_bar` wherever there is a value. `units` says that targets are units.
    ///
    /// # Errors
    /// Invalid for a column of another length than `bars`, and for numbers that have no room.
    pub fn add(
        &mut self,
        columns: &[TargetColumn<'_>],
        bars: usize,
        every_bar: bool,
        units: bool,
    ) -> Result<()> {
        let first = self.events.len();
        let set = self.ends.len();
        for (asset, column) in columns.iter().enumerate() {
            let added = self.add_column(asset as u32, column, bars, every_bar, units);
            added.map_err(|error| in_set(error, set))?;
        }
        if columns.len() > 1 {
            self.events[first..].sort_by_key(|event| (event.bar, event.asset));
        }
        self.ends.push(self.events.len());
        Ok(())
    }

    /// Targets that switches say, whose events are given with `every_bar`: on where an entry is
    /// not zero and no exit is, off the other way round; both at once change nothing.
    ///
    /// # Errors
    /// Invalid for different numbers of sets.
    pub fn switched(entries: &Signals, exits: &Signals, side: &Side) -> Result<Self> {
        let (Signals::Given(entries), Signals::Given(exits)) = (entries, exits) else {
            return Err(Error::invalid("entries", "a rule", "give columns"));
        };
        if entries.sets() != exits.sets() {
            let reason = format!("give as many sets as of entries: {}", entries.sets());
            return Err(Error::invalid("exits", exits.sets(), reason));
        }
        let mut all = Given::default();
        for set in 0..entries.sets() {
            let mut says: Vec<Option<bool>> = Vec::new();
            // In a set both have an event for each bar and asset, in the same order.
            for (entry, exit) in entries.of(set).iter().zip(exits.of(set)) {
                if (entry.bar, entry.asset) != (exit.bar, exit.asset) {
                    let reason = "give entries and exits without nulls";
                    return Err(Error::invalid(
                        "entries",
                        format!("bar {}", entry.bar),
                        reason,
                    ));
                }
                let asset = entry.asset as usize;
                if says.len() <= asset {
                    says.resize(asset + 1, None);
                }
                let now = switched(entry.coefficient != 0, exit.coefficient != 0);
                let bar = entry.bar as usize;
                follow(side, &mut says[asset], now, bar, asset, &mut all.events);
            }
            all.ends.push(all.events.len());
        }
        Ok(all)
    }

    fn add_column(
        &mut self,
        asset: u32,
        column: &TargetColumn<'_>,
        bars: usize,
        every_bar: bool,
        units: bool,
    ) -> Result<()> {
        let length = match column {
            TargetColumn::Coefficients(values, ..) => values.len(),
            TargetColumn::Floats(values) => values.len(),
        };
        if length != bars {
            let reason = format!("give a value for each of {bars} bars");
            return Err(Error::invalid("signals", length, reason));
        }
        let mut push = |bar: usize, target: Dec| {
            let (coefficient, scale) = narrowed(target, units)?;
            self.events.push(Event {
                bar: bar as u32,
                asset,
                scale,
                coefficient,
            });
            Ok(())
        };
        match *column {
            TargetColumn::Coefficients(values, scale, valid) => {
                let mut last = 0;
                for (bar, &value) in values.iter().enumerate() {
                    if valid.is_none_or(|valid| valid[bar]) && (every_bar || value != last) {
                        last = value;
                        push(bar, Dec::new(i128::from(value), scale))?;
                    }
                }
            }
            TargetColumn::Floats(values) => {
                let mut last = 0.0;
                for (bar, &value) in values.iter().enumerate() {
                    if !value.is_nan() && (every_bar || value != last) {
                        last = value;
                        push(bar, shortest(value, "signals")?)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A target with the scale that an event needs.
///
/// # Errors
/// Overflow beyond 64 bits.
pub(in crate::sweep) fn narrowed(target: Dec, units: bool) -> Result<(i64, u32)> {
    let scale = if units {
        target.scale.max(AMOUNT_SCALE)
    } else {
        target.scale
    };
    let wide = target.exactly_at(scale, "target")?;
    Ok((crate::fixed::narrow(wide, "target")?, scale))
}

fn in_set(error: Error, set: usize) -> Error {
    match error {
        Error::Overflow { what } => Error::overflow(format!("parameter set {set}: {what}")),
        Error::Invalid {
            field,
            value,
            reason,
        } => Error::invalid(format!("parameter set {set}: {field}"), value, reason),
    }
}
