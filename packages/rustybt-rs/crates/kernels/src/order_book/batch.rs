//! Many commands in one call.

use super::amend::check_replacement;
use super::types::{check_id, check_level, check_size};
use super::{Event, NewOrder, OrderBook, Replacement, Side};
use crate::error::Result;

/// A command with what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // as the functions of the same names
pub enum Command {
    Submit(NewOrder),
    Cancel(i64),
    Replace(Replacement),
    FeedLevel {
        side: Side,
        price: i64,
        size: i64,
    },
    FeedChange {
        side: Side,
        price: i64,
        change: i64,
    },
    FeedSnapshot {
        side: Side,
        price: i64,
        size: i64,
    },
    FeedTrade {
        side: Side,
        price: i64,
        size: i64,
    },
    FeedAdd {
        id: i64,
        side: Side,
        price: i64,
        size: i64,
    },
    FeedModify {
        id: i64,
        price: Option<i64>,
        size: i64,
    },
    FeedCancel {
        id: i64,
        size: Option<i64>,
    },
    FeedExecute {
        id: i64,
        size: i64,
    },
}

impl Command {
    /// Refuse what no book could mean anything by.
    ///
    /// # Errors
    /// Invalid: names the field.
    pub fn check(&self) -> Result<()> {
        match *self {
            Command::Submit(ref order) => order.check(),
            Command::Cancel(id) => check_id(id),
            Command::Replace(ref new) => check_replacement(new),
            Command::FeedLevel { size, .. } | Command::FeedSnapshot { size, .. } => {
                check_level(size)
            }
            Command::FeedChange { .. } => Ok(()),
            Command::FeedTrade { size, .. } => check_size(size),
            Command::FeedAdd { id, size, .. }
            | Command::FeedModify { id, size, .. }
            | Command::FeedExecute { id, size } => check_id(id).and_then(|()| check_size(size)),
            Command::FeedCancel { id, size } => {
                check_id(id).and_then(|()| check_size(size.unwrap_or(1)))
            }
        }
    }
}

/// What came of many commands.
#[derive(Debug, Default)]
pub struct Applied {
    /// All events in order.
    pub events: Vec<Event>,
    /// For each event the number of its command, from zero.
    pub rows: Vec<i64>,
}

impl OrderBook {
    /// Run commands in order, each with its time.
    ///
    /// `FeedSnapshot`s that follow each other at one time are one snapshot; its events have the
    /// number of the last of them.
    ///
    /// # Errors
    /// Invalid for the first command that means nothing, with its number; the book is as it was.
    /// Overflow for a feed's level that leaves 64 bits; the commands before it were carried out.
    pub fn apply(&mut self, commands: &[(Command, i64)]) -> Result<Applied> {
        for (row, (command, _)) in commands.iter().enumerate() {
            command.check().map_err(|error| error.in_row(row))?;
        }
        let mut applied = Applied::default();
        let read = |row: usize| Ok(commands[row]);
        self.run(commands.len(), read, |row, events| {
            applied.events.extend_from_slice(events);
            applied.rows.resize(applied.events.len(), row);
            Ok(())
        })?;
        Ok(applied)
    }

    /// As [`OrderBook::apply`], of commands that were checked: `read` gives each by its number,
    /// `told` takes the number and the events, so that neither take room of their own.
    ///
    /// # Errors
    /// As [`OrderBook::apply`], and those of `read` and `told`.
    pub fn run(
        &mut self,
        rows: usize,
        read: impl Fn(usize) -> Result<(Command, i64)>,
        mut told: impl FnMut(i64, &[Event]) -> Result<()>,
    ) -> Result<()> {
        let mut events = Vec::new();
        let mut row = 0;
        while row < rows {
            let (command, at) = read(row)?;
            let done = match level(&command) {
                Some(first) => {
                    let levels = snapshot(first, at, row + 1..rows, &read)?;
                    row += levels.len();
                    self.feed_snapshot(&levels, at, &mut events)
                }
                None => {
                    row += 1;
                    self.carry_out(&command, at, &mut events)
                }
            };
            done.map_err(|error| error.in_row(row - 1))?;
            told((row - 1) as i64, &events)?;
            events.clear();
        }
        Ok(())
    }

    /// Run one command.
    ///
    /// # Errors
    /// As the function of the same name.
    pub fn carry_out(&mut self, command: &Command, at: i64, events: &mut Vec<Event>) -> Result<()> {
        match *command {
            Command::Submit(ref order) => self.submit(order, at, events),
            Command::Cancel(id) => self.cancel(id, at, events),
            Command::Replace(ref new) => self.replace(new, at, events),
            Command::FeedLevel { side, price, size } => {
                self.feed_level(side, price, size, at, events)
            }
            Command::FeedChange {
                side,
                price,
                change,
            } => self.feed_change(side, price, change, at, events),
            Command::FeedSnapshot { side, price, size } => {
                self.feed_snapshot(&[(side, price, size)], at, events)
            }
            Command::FeedTrade { side, price, size } => {
                self.feed_trade(side, price, size, at, events)
            }
            Command::FeedAdd {
                id,
                side,
                price,
                size,
            } => self.feed_add(id, side, price, size, at, events),
            Command::FeedModify { id, price, size } => {
                self.feed_modify(id, price, size, at, events)
            }
            Command::FeedCancel { id, size } => self.feed_cancel(id, size, at, events),
            Command::FeedExecute { id, size } => self.feed_execute(id, size, at, events),
        }
    }
}

/// Side, price and size.
type FeedLevel = (Side, i64, i64);

fn level(command: &Command) -> Option<FeedLevel> {
    match *command {
        Command::FeedSnapshot { side, price, size } => Some((side, price, size)),
        _ => None,
    }
}

/// The levels of a snapshot: the first and those of its time that follow.
fn snapshot(
    first: FeedLevel,
    at: i64,
    rows: std::ops::Range<usize>,
    read: impl Fn(usize) -> Result<(Command, i64)>,
) -> Result<Vec<FeedLevel>> {
    let mut levels = vec![first];
    for row in rows {
        let (command, time) = read(row)?;
        match level(&command) {
            Some(level) if time == at => levels.push(level),
            _ => break,
        }
    }
    Ok(levels)
}
