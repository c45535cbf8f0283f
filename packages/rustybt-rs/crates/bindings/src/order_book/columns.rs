//! Events and levels as columns.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rustybt_kernels::error::Result;
use rustybt_kernels::order_book::{Applied, Event, LevelView, Unit};

use super::records::{event_code, side_code};
use crate::arrow::{Column, Values};

/// Digits of a column of decimals.
const PRECISION: u32 = 38;

/// Columns with their names, in order.
pub type Named = Vec<(&'static str, Values, Option<Vec<bool>>)>;

/// Columns as a dictionary for Python.
pub fn dictionary<'py>(py: Python<'py>, columns: Named) -> PyResult<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    for (name, values, valid) in columns {
        dictionary.set_item(name, Column::with_nulls(values, valid).into_pyobject(py)?)?;
    }
    Ok(dictionary)
}

/// A column that grows, with gaps.
struct Growing<T> {
    values: Vec<T>,
    valid: Vec<bool>,
}

impl<T: Copy + Default> Growing<T> {
    fn new(length: usize) -> Self {
        Growing {
            values: Vec::with_capacity(length),
            valid: Vec::with_capacity(length),
        }
    }

    fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(value.is_some());
    }
}

impl Growing<i64> {
    fn named(self, name: &'static str) -> (&'static str, Values, Option<Vec<bool>>) {
        (name, Values::Int64(self.values), Some(self.valid))
    }
}

impl Growing<i128> {
    fn decimals(
        self,
        name: &'static str,
        unit: &Unit,
    ) -> (&'static str, Values, Option<Vec<bool>>) {
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
    side: Option<i64>,
    price: Option<i64>,
    size: Option<i64>,
    reason: Option<i64>,
    kept_place: Option<i64>,
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
            reason: Some(reason as i64),
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
            reason: Some(reason as i64),
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

/// Events as columns.
pub fn events(applied: Applied, tick: &Unit, lot: &Unit) -> Result<Named> {
    let length = applied.events.len();
    let mut kinds = Vec::with_capacity(length);
    let mut orders = Vec::with_capacity(length);
    let mut times = Vec::with_capacity(length);
    let mut whole: [Growing<i64>; 4] = std::array::from_fn(|_| Growing::new(length));
    let (mut prices, mut sizes) = (Growing::new(length), Growing::new(length));
    for event in &applied.events {
        let row = row_of(event);
        kinds.push(event_code(event) as i64);
        orders.push(row.order);
        times.push(row.at);
        let fields = [row.maker, row.side, row.reason, row.kept_place];
        for (column, field) in whole.iter_mut().zip(fields) {
            column.push(field);
        }
        prices.push(value(row.price, tick)?);
        sizes.push(value(row.size, lot)?);
    }
    let [makers, sides, reasons, kept] = whole;
    Ok(vec![
        ("row", Values::Int64(applied.rows), None),
        ("event", Values::Int64(kinds), None),
        ("order", Values::Int64(orders), None),
        makers.named("maker"),
        sides.named("side"),
        prices.decimals("price", tick),
        sizes.decimals("size", lot),
        reasons.named("reason"),
        kept.named("kept_place"),
        ("at", Values::Int64(times), None),
    ])
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
