//! Events and views as the records of `rustybt_rs._book_records`.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use rustybt_kernels::order_book::{Event, LevelView, OrderView, QueuePosition, Reason, Side};

use super::grid::{Decimals, Step};

/// How many reasons there are.
const REASONS: i64 = 13;

/// The number of a side in Python.
pub fn side_code(side: Side) -> i8 {
    match side {
        Side::Buy => 1,
        Side::Sell => -1,
    }
}

/// A `Decimal`'s steps and the `Decimal`s themselves.
pub struct Grid {
    pub decimals: Decimals,
    pub tick: Step,
    pub lot: Step,
}

impl Grid {
    pub fn price<'py>(&self, py: Python<'py>, ticks: i64) -> PyResult<Bound<'py, PyAny>> {
        self.tick.decimal(py, ticks.into(), &self.decimals)
    }

    pub fn size<'py>(&self, py: Python<'py>, lots: i128) -> PyResult<Bound<'py, PyAny>> {
        self.lot.decimal(py, lots, &self.decimals)
    }

    pub fn ticks(&self, field: &str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        self.tick.steps(field, value, &self.decimals)
    }

    pub fn lots(&self, field: &str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        self.lot.steps(field, value, &self.decimals)
    }
}

/// The classes of the records and the members of the enumerations.
pub struct Records {
    new: Py<PyAny>,
    events: Vec<(Py<PyType>, Py<PyAny>)>,
    reasons: Vec<Py<PyAny>>,
    sides: [Py<PyAny>; 2],
    kinds: Vec<Py<PyAny>>,
    lives: Vec<Py<PyAny>>,
    level: Py<PyType>,
    order: Py<PyType>,
    position: Py<PyType>,
}

/// The records of events, in the order of their numbers.
const EVENTS: [&str; 9] = [
    "Accepted",
    "Rejected",
    "Trade",
    "Filled",
    "Cancelled",
    "Expired",
    "Replaced",
    "Triggered",
    "Refilled",
];

/// The number of an event in Python.
pub fn event_code(event: &Event) -> usize {
    match event {
        Event::Accepted { .. } => 0,
        Event::Rejected { .. } => 1,
        Event::Trade { .. } => 2,
        Event::Filled { .. } => 3,
        Event::Cancelled { .. } => 4,
        Event::Expired { .. } => 5,
        Event::Replaced { .. } => 6,
        Event::Triggered { .. } => 7,
        Event::Refilled { .. } => 8,
    }
}

impl Records {
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        let module = py.import("rustybt_rs._book_records")?;
        let class = |name: &str| -> PyResult<Py<PyType>> {
            Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
        };
        let members = |name: &str, numbers: &[i64]| -> PyResult<Vec<Py<PyAny>>> {
            let class = module.getattr(name)?;
            let member = |number: &i64| Ok(class.call1((*number,))?.unbind());
            numbers.iter().map(member).collect()
        };
        let kinds = module.getattr("EventKind")?;
        let events = EVENTS.iter().enumerate().map(|(number, name)| {
            let kind = kinds.call1((number,))?.unbind();
            Ok((class(name)?, kind))
        });
        let numbers: Vec<i64> = (0..REASONS).collect();
        let side = module.getattr("Side")?;
        Ok(Records {
            new: py.get_type::<PyTuple>().getattr("__new__")?.unbind(),
            events: events.collect::<PyResult<_>>()?,
            reasons: members("Reason", &numbers)?,
            sides: [side.call1((1,))?.unbind(), side.call1((-1,))?.unbind()],
            kinds: members("OrderKind", &[0, 1, 2, 3])?,
            lives: members("TimeInForce", &[0, 1, 2])?,
            level: class("Level")?,
            order: class("OpenOrder")?,
            position: class("QueuePosition")?,
        })
    }

    fn made<'py>(
        &self,
        py: Python<'py>,
        class: &Py<PyType>,
        fields: impl IntoPyObject<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.new.bind(py).call1((class, fields))
    }

    /// Events in order.
    pub fn events<'py>(
        &self,
        py: Python<'py>,
        grid: &Grid,
        events: &[Event],
    ) -> PyResult<Bound<'py, PyTuple>> {
        let records = events.iter().map(|event| self.event(py, grid, event));
        PyTuple::new(py, records.collect::<PyResult<Vec<_>>>()?)
    }

    fn event<'py>(
        &self,
        py: Python<'py>,
        grid: &Grid,
        event: &Event,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (class, kind) = &self.events[event_code(event)];
        let reason = |reason: Reason| &self.reasons[reason as usize];
        match *event {
            Event::Accepted { order, at } | Event::Filled { order, at } => {
                self.made(py, class, (order, at, kind))
            }
            Event::Rejected {
                order,
                reason: why,
                at,
            } => self.made(py, class, (order, reason(why), at, kind)),
            Event::Trade {
                maker,
                taker,
                side,
                price,
                size,
                at,
            } => {
                let (price, size) = (grid.price(py, price)?, grid.size(py, size.into())?);
                let side = &self.sides[side as usize];
                self.made(py, class, (maker, taker, side, price, size, at, kind))
            }
            Event::Cancelled {
                order,
                size,
                reason: why,
                at,
            }
            | Event::Expired {
                order,
                size,
                reason: why,
                at,
            } => {
                let size = grid.size(py, size.into())?;
                self.made(py, class, (order, size, reason(why), at, kind))
            }
            Event::Replaced {
                order,
                price,
                size,
                kept_place,
                at,
            } => {
                let (price, size) = (grid.price(py, price)?, grid.size(py, size.into())?);
                self.made(py, class, (order, price, size, kept_place, at, kind))
            }
            Event::Triggered { order, price, at } => {
                self.made(py, class, (order, grid.price(py, price)?, at, kind))
            }
            Event::Refilled { order, size, at } => {
                self.made(py, class, (order, grid.size(py, size.into())?, at, kind))
            }
        }
    }

    pub fn level<'py>(
        &self,
        py: Python<'py>,
        grid: &Grid,
        level: &LevelView,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (price, size) = (grid.price(py, level.price)?, grid.size(py, level.size)?);
        self.made(py, &self.level, (price, size, level.count))
    }

    pub fn order<'py>(
        &self,
        py: Python<'py>,
        grid: &Grid,
        order: &OrderView,
    ) -> PyResult<Bound<'py, PyAny>> {
        let terms = &order.terms;
        let priced =
            |is_there: bool, ticks: i64| is_there.then(|| grid.price(py, ticks)).transpose();
        let stops = terms.kind.waits();
        let open = i128::from(order.shown) + i128::from(order.hidden);
        let fields = (
            terms.id,
            terms.owner,
            &self.sides[terms.side as usize],
            &self.kinds[terms.kind as usize],
            priced(terms.kind.is_limited(), terms.price)?,
            priced(stops, terms.stop)?,
            grid.size(py, open)?,
            grid.size(py, order.shown.into())?,
            &self.lives[terms.tif as usize],
            terms.post_only,
            order.foreign,
        );
        self.made(py, &self.order, fields)
    }

    pub fn position<'py>(
        &self,
        py: Python<'py>,
        grid: &Grid,
        position: &QueuePosition,
    ) -> PyResult<Bound<'py, PyAny>> {
        let size = grid.size(py, position.size)?;
        self.made(py, &self.position, (size, position.orders))
    }
}
