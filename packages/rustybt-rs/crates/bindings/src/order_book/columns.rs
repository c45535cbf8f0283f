//! Events and levels as columns.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rustybt_kernels::error::Result;
use rustybt_kernels::order_book::{Event, LevelView, Unit};

use super::records::{event_code, side_code};
use crate::arrow::{Column, Values};

/// Digits of a column of decimals.
const PRECISION: u32 = 38;

/// A column with its name, and a bit for each value: whether it is there.
pub type Named = Vec<(&'static str, Values, Option<Bits>)>;

/// Columns as a dictionary for Python.
pub fn dictionary<'py>(py: Python<'py>, columns: Named) -> PyResult<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    for (name, values, valid) in columns {
        let column = match valid {
            Some(Bits { bits, gaps, .. }) => Column::with_bits(values, bits, gaps),
            None => Column::new(values),
        };
        dictionary.set_item(name, column.into_pyobject(py)?)?;
    }
    Ok(dictionary)
}

/// Whether each value is there, as Arrow keeps it: the first in the lowest bit.
pub struct Bits {
    bits: Vec<u8>,
    length: usize,
    gaps: usize,
}

impl Bits {
    fn push(&mut self, is_there: bool) {
        let place = self.length % 8;
        if place == 0 {
            self.bits.push(0);
        }
        if let Some(last) = self.bits.last_mut() {
            *last |= u8::from(is_there) << place;
        }
        self.length += 1;
        self.gaps += usize::from(!is_there);
    }
}

/// A column that grows, with gaps.
struct Growing<T> {
    values: Vec<T>,
    valid: Bits,
}

impl<T: Copy + Default> Growing<T> {
    fn new(length: usize) -> Self {
        Growing {
            values: Vec::with_capacity(length),
            valid: Bits {
                bits: Vec::with_capacity(length / 8 + 1),
                length: 0,
                gaps: 0,
            },
        }
    }

    fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(value.is_some());
    }
}

impl Growing<i64> {
    fn named(self, name: &'static str) -> (&'static str, Values, Option<Bits>) {
        (name, Values::Int64(self.values), Some(self.valid))
    }
}

impl Growing<i8> {
    fn codes(self, name: &'static str) -> (&'static str, Values, Option<Bits>) {
        (name, Values::Int8(self.values), Some(self.valid))
    }
}

impl Growing<i128> {
    fn decimals(self, name: &'static str, unit: &Unit) -> (&'static str, Values, Option<Bits>) {
        let values = Values::Decimal {
            coefficients: self.values,
            precision: PRECISION,
            scale: unit.scale(),
        };
        (name, values, Some(self.valid))
    }
}

/// What an event has, whatever it is.
#[derive(Default)]
struct Row {
    order: i64,
    maker: Option<i64>,
    side: Option<i8>,
    price: Option<i64>,
    size: Option<i64>,
    reason: Option<i8>,
    kept_place: Option<i8>,
    at: i64,
}

fn row_of(event: &Event) -> Row {
    match *event {
        Event::Accepted { order, at } | Event::Filled { order, at } => Row {
            order,
            at,
            ..Row::default()
        },
        Event::Rejected { order, reason, at } => Row {
            order,
            reason: Some(reason as i8),
            at,
            ..Row::default()
        },
        Event::Trade {
            maker,
            taker,
            side,
            price,
            size,
            at,
        } => Row {
            order: taker,
            maker: Some(maker),
            side: Some(side_code(side)),
            price: Some(price),
            size: Some(size),
            at,
            ..Row::default()
        },
        Event::Cancelled {
            order,
            size,
            reason,
            at,
        }
        | Event::Expired {
            order,
            size,
            reason,
            at,
        } => Row {
            order,
            size: Some(size),
            reason: Some(reason as i8),
            at,
            ..Row::default()
        },
        Event::Replaced {
            order,
            price,
            size,
            kept_place,
            at,
        } => Row {
            order,
            price: Some(price),
            size: Some(size),
            kept_place: Some(kept_place.into()),
            at,
            ..Row::default()
        },
        Event::Triggered { order, price, at } => Row {
            order,
            price: Some(price),
            at,
            ..Row::default()
        },
        Event::Refilled { order, size, at } => Row {
            order,
            size: Some(size),
            at,
            ..Row::default()
        },
    }
}

fn value(steps: Option<i64>, unit: &Unit) -> Result<Option<i128>> {
    steps.map(|steps| unit.value(steps.into())).transpose()
}

/// Events as columns that grow.
pub struct Events {
    tick: Unit,
    lot: Unit,
    rows: Vec<i64>,
    kinds: Vec<i8>,
    orders: Vec<i64>,
    makers: Growing<i64>,
    sides: Growing<i8>,
    prices: Growing<i128>,
    sizes: Growing<i128>,
    reasons: Growing<i8>,
    kept: Growing<i8>,
    times: Vec<i64>,
}

impl Events {
    /// No events yet, with room for those of so many commands.
    pub fn new(tick: Unit, lot: Unit, commands: usize) -> Self {
        let room = 2 * commands;
        Events {
            tick,
            lot,
            rows: Vec::with_capacity(room),
            kinds: Vec::with_capacity(room),
            orders: Vec::with_capacity(room),
            makers: Growing::new(room),
            sides: Growing::new(room),
            prices: Growing::new(room),
            sizes: Growing::new(room),
            reasons: Growing::new(room),
            kept: Growing::new(room),
            times: Vec::with_capacity(room),
        }
    }

    /// Add the events of a command.
    pub fn extend(&mut self, number: i64, events: &[Event]) -> Result<()> {
        for event in events {
            let row = row_of(event);
            self.rows.push(number);
            self.kinds.push(event_code(event) as i8);
            self.orders.push(row.order);
            self.makers.push(row.maker);
            self.sides.push(row.side);
            self.prices.push(value(row.price, &self.tick)?);
            self.sizes.push(value(row.size, &self.lot)?);
            self.reasons.push(row.reason);
            self.kept.push(row.kept_place);
            self.times.push(row.at);
        }
        Ok(())
    }

    /// The columns with their names.
    pub fn named(self) -> Named {
        vec![
            ("row", Values::Int64(self.rows), None),
            ("event", Values::Int8(self.kinds), None),
            ("order", Values::Int64(self.orders), None),
            self.makers.named("maker"),
            self.sides.codes("side"),
            self.prices.decimals("price", &self.tick),
            self.sizes.decimals("size", &self.lot),
            self.reasons.codes("reason"),
            self.kept.codes("kept_place"),
            ("at", Values::Int64(self.times), None),
        ]
    }
}

/// Levels of both sides beside each other; gaps where one has fewer.
pub fn levels(bids: &[LevelView], asks: &[LevelView], tick: &Unit, lot: &Unit) -> Result<Named> {
    let length = bids.len().max(asks.len());
    let mut columns = vec![("level", Values::Int64((1..=length as i64).collect()), None)];
    let names = [
        ("bid_price", "bid_size", "bid_orders"),
        ("ask_price", "ask_size", "ask_orders"),
    ];
    for ((price, size, count), side) in names.into_iter().zip([bids, asks]) {
        let (mut prices, mut sizes) = (Growing::new(length), Growing::new(length));
        let mut counts = Growing::new(length);
        for row in 0..length {
            let level = side.get(row);
            let ticks = level.map(|level| tick.value(level.price.into()));
            prices.push(ticks.transpose()?);
            let lots = level.map(|level| lot.value(level.size));
            sizes.push(lots.transpose()?);
            counts.push(level.map(|level| level.count.into()));
        }
        columns.push(prices.decimals(price, tick));
        columns.push(sizes.decimals(size, lot));
        columns.push(counts.named(count));
    }
    Ok(columns)
}
