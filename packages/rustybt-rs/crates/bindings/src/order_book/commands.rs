//! Commands from columns.

use std::borrow::Cow;

use pyo3::prelude::*;
use rustybt_kernels::error::{Error, Result};
use rustybt_kernels::order_book::{Command, NewOrder, Replacement, Unit};

use super::codes;
use crate::arrow::{read, Imported, Kind};
use crate::errors::invalid;

/// The names that a table of commands may have.
const NAMES: [&str; 12] = [
    "command",
    "at",
    "order",
    "side",
    "kind",
    "price",
    "size",
    "stop",
    "visible",
    "time_in_force",
    "post_only",
    "owner",
];

/// The columns of a table of commands.
pub struct Imports(Vec<(&'static str, Imported)>);

impl Imports {
    /// Read what is there of the known names.
    ///
    /// # Errors
    /// `InvalidInputError` for a name that means nothing and for columns of several lengths.
    pub fn read(table: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut found: Vec<(&str, Imported)> = Vec::new();
        for name in names_of(table)? {
            let Some(known) = NAMES.into_iter().find(|known| *known == name) else {
                let reason = format!("there is no such column, but {}", NAMES.join(", "));
                return Err(invalid("columns", name, &reason));
            };
            let column = read(&table.get_item(known)?, known)?;
            let length = found.first().map_or(column.len(), |(_, first)| first.len());
            if column.len() != length {
                let reason = format!("all columns have one length, here {length}");
                return Err(invalid(known, column.len(), &reason));
            }
            found.push((known, column));
        }
        Ok(Imports(found))
    }

    /// How many commands there are.
    pub fn len(&self) -> usize {
        self.0.first().map_or(0, |(_, column)| column.len())
    }

    /// The table as it lies in memory.
    ///
    /// # Errors
    /// `InvalidInputError` for a column of a kind that does not fit.
    pub fn table(&self) -> PyResult<Table<'_>> {
        Ok(Table {
            length: self.len(),
            command: self.numbers("command")?,
            at: self.times("at")?,
            order: self.numbers("order")?,
            side: self.numbers("side")?,
            kind: self.numbers("kind")?,
            price: self.decimals("price")?,
            size: self.decimals("size")?,
            stop: self.decimals("stop")?,
            visible: self.decimals("visible")?,
            time_in_force: self.numbers("time_in_force")?,
            post_only: self.numbers("post_only")?,
            owner: self.numbers("owner")?,
        })
    }

    fn find(&self, name: &str) -> Option<&Imported> {
        let mut columns = self.0.iter();
        columns
            .find(|(known, _)| *known == name)
            .map(|(_, column)| column)
    }

    fn numbers(&self, name: &'static str) -> PyResult<Cells<'_>> {
        self.cells(name, |column| match column.kind {
            Kind::Int64 => Ok(Values::Whole(column.int64(name)?)),
            _ => Err(unfit(name, &column.kind, "whole numbers (Int64)")),
        })
    }

    fn times(&self, name: &'static str) -> PyResult<Cells<'_>> {
        self.cells(name, |column| match &column.kind {
            Kind::Timestamp(format) if !format.starts_with("tsn") => {
                Err(unfit(name, &column.kind, "times in nanoseconds"))
            }
            _ => Ok(Values::Whole(column.int64(name)?)),
        })
    }

    fn decimals(&self, name: &'static str) -> PyResult<Cells<'_>> {
        self.cells(name, |column| match column.kind {
            Kind::Int64 => Ok(Values::Whole(column.int64(name)?)),
            Kind::Decimal { scale, .. } => Ok(Values::Scaled(column.coefficients(name)?, scale)),
            _ => Err(unfit(name, &column.kind, "decimals or whole numbers")),
        })
    }

    fn cells<'a>(
        &'a self,
        name: &'static str,
        values: impl FnOnce(&'a Imported) -> PyResult<Values<'a>>,
    ) -> PyResult<Cells<'a>> {
        let (values, valid) = match self.find(name) {
            Some(column) => (values(column)?, column.validity()),
            None => (Values::Absent, None),
        };
        Ok(Cells {
            name,
            values,
            valid,
        })
    }
}

fn unfit(name: &str, kind: &Kind, expected: &str) -> PyErr {
    invalid(name, format!("{kind:?}"), &format!("give {expected}"))
}

/// The names of a table's columns: of a mapping, a Polars frame or an Arrow table.
fn names_of(table: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    for attribute in ["column_names", "columns"] {
        if table.hasattr(attribute)? {
            return table.getattr(attribute)?.extract();
        }
    }
    let names = table.try_iter()?;
    names.map(|name| name?.extract()).collect()
}

/// A column that may be absent and have gaps.
struct Cells<'a> {
    name: &'static str,
    values: Values<'a>,
    valid: Option<Vec<bool>>,
}

enum Values<'a> {
    Absent,
    Whole(Cow<'a, [i64]>),
    Scaled(Cow<'a, [i128]>, u32),
}

impl Cells<'_> {
    fn is_gap(&self, row: usize) -> bool {
        self.valid.as_ref().is_some_and(|valid| !valid[row])
    }

    fn whole(&self, row: usize) -> Option<i64> {
        match &self.values {
            Values::Whole(values) if !self.is_gap(row) => Some(values[row]),
            _ => None,
        }
    }

    fn steps(&self, row: usize, unit: &Unit) -> Result<Option<i64>> {
        let (coefficient, scale) = match &self.values {
            _ if self.is_gap(row) => return Ok(None),
            Values::Absent => return Ok(None),
            Values::Whole(values) => (values[row].into(), 0),
            Values::Scaled(values, scale) => (values[row], *scale),
        };
        unit.steps(self.name, coefficient, scale).map(Some)
    }

    fn missing(&self) -> Error {
        Error::invalid(self.name, "nothing", "this command needs it")
    }

    fn needed(&self, row: usize) -> Result<i64> {
        self.whole(row).ok_or_else(|| self.missing())
    }

    fn needed_steps(&self, row: usize, unit: &Unit) -> Result<i64> {
        self.steps(row, unit)?.ok_or_else(|| self.missing())
    }
}

/// A table of commands as it lies in memory.
pub struct Table<'a> {
    length: usize,
    command: Cells<'a>,
    at: Cells<'a>,
    order: Cells<'a>,
    side: Cells<'a>,
    kind: Cells<'a>,
    price: Cells<'a>,
    size: Cells<'a>,
    stop: Cells<'a>,
    visible: Cells<'a>,
    time_in_force: Cells<'a>,
    post_only: Cells<'a>,
    owner: Cells<'a>,
}

impl Table<'_> {
    /// Refuse a table in which a row means nothing.
    ///
    /// # Errors
    /// That of the first such row, with its number.
    pub fn check(&self, tick: &Unit, lot: &Unit) -> Result<()> {
        (0..self.length).try_for_each(|row| {
            let (command, _) = self.read(row, tick, lot)?;
            command.check().map_err(|error| error.in_row(row))
        })
    }

    /// A command with its time.
    ///
    /// # Errors
    /// For a row that means nothing, with its number.
    pub fn read(&self, row: usize, tick: &Unit, lot: &Unit) -> Result<(Command, i64)> {
        let at = self.at.needed(row);
        at.and_then(|at| Ok((self.command(row, tick, lot)?, at)))
            .map_err(|error| error.in_row(row))
    }

    fn command(&self, row: usize, tick: &Unit, lot: &Unit) -> Result<Command> {
        let id = || self.order.needed(row);
        let side = || self.side.needed(row).and_then(codes::side);
        let price = || self.price.needed_steps(row, tick);
        let size = || self.size.needed_steps(row, lot);
        let level = || Ok::<_, Error>((side()?, price()?, size()?));
        let code = self.command.needed(row)?;
        Ok(match code {
            0 => Command::Submit(self.order(row, tick, lot)?),
            1 => Command::Cancel(id()?),
            2 => Command::Replace(self.replacement(row, tick, lot)?),
            3 => {
                let (side, price, size) = level()?;
                Command::FeedLevel { side, price, size }
            }
            4 => {
                let (side, price, change) = level()?;
                Command::FeedChange {
                    side,
                    price,
                    change,
                }
            }
            5 => {
                let (side, price, size) = level()?;
                Command::FeedSnapshot { side, price, size }
            }
            6 => {
                let (side, price, size) = level()?;
                Command::FeedTrade { side, price, size }
            }
            7 => {
                let (id, (side, price, size)) = (id()?, level()?);
                Command::FeedAdd {
                    id,
                    side,
                    price,
                    size,
                }
            }
            8 => Command::FeedModify {
                id: id()?,
                price: self.price.steps(row, tick)?,
                size: size()?,
            },
            9 => Command::FeedCancel {
                id: id()?,
                size: self.size.steps(row, lot)?,
            },
            10 => Command::FeedExecute {
                id: id()?,
                size: size()?,
            },
            _ => {
                let reason = "give a member of Command (0 to 10)";
                return Err(Error::invalid("command", code, reason));
            }
        })
    }

    fn order(&self, row: usize, tick: &Unit, lot: &Unit) -> Result<NewOrder> {
        let kind = codes::kind(self.kind.whole(row).unwrap_or(0))?;
        let price = if kind.is_limited() {
            self.price.needed_steps(row, tick)?
        } else {
            0
        };
        let stop = if kind.waits() {
            self.stop.needed_steps(row, tick)?
        } else {
            0
        };
        Ok(NewOrder {
            id: self.order.needed(row)?,
            owner: self.owner.whole(row).unwrap_or(0),
            side: codes::side(self.side.needed(row)?)?,
            kind,
            price,
            stop,
            size: self.size.needed_steps(row, lot)?,
            visible: self.visible.steps(row, lot)?.unwrap_or(0),
            tif: codes::time_in_force(self.time_in_force.whole(row).unwrap_or(0))?,
            post_only: self.post_only.whole(row).unwrap_or(0) != 0,
        })
    }

    fn replacement(&self, row: usize, tick: &Unit, lot: &Unit) -> Result<Replacement> {
        Ok(Replacement {
            order: self.order.needed(row)?,
            price: self.price.steps(row, tick)?,
            size: self.size.steps(row, lot)?,
            stop: self.stop.steps(row, tick)?,
        })
    }
}
