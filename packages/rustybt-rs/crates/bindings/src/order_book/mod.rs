//! The order book: `Decimal`s and columns in, records and columns out.

mod asking;
mod codes;
mod columns;
mod commands;
mod grid;
mod records;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use rustybt_kernels::order_book::{Command, Event, Kind, OrderBook, Replacement, Side};

use crate::errors::raised;
use crate::run::{briefly, detached};
use asking::Terms;
use grid::{Decimals, Step};
use records::{Grid, Records};

/// Show the order book in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyOrderBook>()
}

/// An order book with price-time priority; see `rustybt_rs.order_book`.
#[pyclass(name = "OrderBook", module = "rustybt_rs")]
pub struct PyOrderBook {
    book: OrderBook,
    grid: Grid,
    records: Records,
    events: Vec<Event>,
}

type Given<'a, 'py> = &'a Bound<'py, PyAny>;
type Events<'py> = PyResult<Bound<'py, PyTuple>>;

#[pymethods]
impl PyOrderBook {
    #[new]
    #[pyo3(signature = (*, tick, lot, self_trade=0, feed_cancels=0))]
    fn new(
        py: Python<'_>,
        tick: Given,
        lot: Given,
        self_trade: i64,
        feed_cancels: i64,
    ) -> PyResult<Self> {
        let self_trade = codes::self_trade(self_trade).map_err(raised)?;
        let feed_cancels = codes::feed_cancels(feed_cancels).map_err(raised)?;
        let decimals = Decimals::new(py)?;
        let grid = Grid {
            tick: Step::new("tick", tick, &decimals)?,
            lot: Step::new("lot", lot, &decimals)?,
            decimals,
        };
        Ok(PyOrderBook {
            book: OrderBook::new(self_trade, feed_cancels),
            grid,
            records: Records::new(py)?,
            events: Vec::new(),
        })
    }

    fn __len__(&self) -> usize {
        self.book.len()
    }

    fn __repr__(&self) -> String {
        let (bids, asks) = (self.book.depth(Side::Buy), self.book.depth(Side::Sell));
        let orders = self.book.len();
        format!("OrderBook(orders={orders}, bid_levels={bids}, ask_levels={asks})")
    }

    #[pyo3(signature = (order, side, price, size, *, at, time_in_force=0, post_only=false, visible=None, owner=0))]
    #[allow(clippy::too_many_arguments)] // the terms of an order
    fn limit<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        side: i64,
        price: Given,
        size: Given,
        at: i64,
        time_in_force: i64,
        post_only: bool,
        visible: Option<Given>,
        owner: i64,
    ) -> Events<'py> {
        let terms = Terms {
            id: order,
            side,
            kind: Kind::Limit,
            time_in_force,
            owner,
        };
        let mut order = self.order(&terms, size)?;
        order.price = self.grid.ticks("price", price)?;
        order.visible = self.visible(visible, &order)?;
        order.post_only = post_only;
        self.run(py, &Command::Submit(order), at)
    }

    #[pyo3(signature = (order, side, size, *, at, time_in_force=1, owner=0))]
    #[allow(clippy::too_many_arguments)] // the terms of an order
    fn market<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        side: i64,
        size: Given,
        at: i64,
        time_in_force: i64,
        owner: i64,
    ) -> Events<'py> {
        let terms = Terms {
            id: order,
            side,
            kind: Kind::Market,
            time_in_force,
            owner,
        };
        let order = self.order(&terms, size)?;
        self.run(py, &Command::Submit(order), at)
    }

    #[pyo3(signature = (order, side, stop, size, *, at, time_in_force=1, owner=0))]
    #[allow(clippy::too_many_arguments)] // the terms of an order
    fn stop<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        side: i64,
        stop: Given,
        size: Given,
        at: i64,
        time_in_force: i64,
        owner: i64,
    ) -> Events<'py> {
        let terms = Terms {
            id: order,
            side,
            kind: Kind::Stop,
            time_in_force,
            owner,
        };
        let mut order = self.order(&terms, size)?;
        order.stop = self.grid.ticks("stop", stop)?;
        self.run(py, &Command::Submit(order), at)
    }

    #[pyo3(signature = (order, side, stop, price, size, *, at, time_in_force=0, post_only=false, visible=None, owner=0))]
    #[allow(clippy::too_many_arguments)] // the terms of an order
    fn stop_limit<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        side: i64,
        stop: Given,
        price: Given,
        size: Given,
        at: i64,
        time_in_force: i64,
        post_only: bool,
        visible: Option<Given>,
        owner: i64,
    ) -> Events<'py> {
        let terms = Terms {
            id: order,
            side,
            kind: Kind::StopLimit,
            time_in_force,
            owner,
        };
        let mut order = self.order(&terms, size)?;
        order.stop = self.grid.ticks("stop", stop)?;
        order.price = self.grid.ticks("price", price)?;
        order.visible = self.visible(visible, &order)?;
        order.post_only = post_only;
        self.run(py, &Command::Submit(order), at)
    }

    #[pyo3(signature = (order, *, at))]
    fn cancel<'py>(&mut self, py: Python<'py>, order: i64, at: i64) -> Events<'py> {
        self.run(py, &Command::Cancel(order), at)
    }

    #[pyo3(signature = (order, *, at, price=None, size=None, stop=None))]
    fn replace<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        at: i64,
        price: Option<Given>,
        size: Option<Given>,
        stop: Option<Given>,
    ) -> Events<'py> {
        let grid = &self.grid;
        let new = Replacement {
            order,
            price: price.map(|price| grid.ticks("price", price)).transpose()?,
            size: size.map(|size| grid.lots("size", size)).transpose()?,
            stop: stop.map(|stop| grid.ticks("stop", stop)).transpose()?,
        };
        self.run(py, &Command::Replace(new), at)
    }

    fn apply<'py>(&mut self, py: Python<'py>, columns: Given) -> PyResult<Bound<'py, PyDict>> {
        let imports = commands::Imports::read(columns)?;
        let table = imports.table()?;
        let (tick, lot) = (self.grid.tick.unit, self.grid.lot.unit);
        let book = &mut self.book;
        let given = || format!("OrderBook.apply of {} commands", imports.len());
        let named = detached(py, given, || {
            table.check(&tick, &lot)?;
            let mut events = columns::Events::new(tick, lot, imports.len());
            let read = |row: usize| table.read(row, &tick, &lot);
            book.run(imports.len(), read, |row, told| events.extend(row, told))?;
            Ok(events.named())
        })?;
        columns::dictionary(py, named)
    }

    #[getter]
    fn best_bid<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.best(py, Side::Buy)
    }

    #[getter]
    fn best_ask<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.best(py, Side::Sell)
    }

    #[getter]
    fn last_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let last = self.book.last_price();
        last.map(|ticks| self.grid.price(py, ticks)).transpose()
    }

    #[pyo3(signature = (depth=None))]
    fn bids<'py>(&self, py: Python<'py>, depth: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        self.side_levels(py, Side::Buy, depth)
    }

    #[pyo3(signature = (depth=None))]
    fn asks<'py>(&self, py: Python<'py>, depth: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        self.side_levels(py, Side::Sell, depth)
    }

    #[pyo3(signature = (depth=None))]
    fn levels<'py>(&self, py: Python<'py>, depth: Option<usize>) -> PyResult<Bound<'py, PyDict>> {
        let depth = depth.unwrap_or(usize::MAX);
        let (tick, lot) = (&self.grid.tick.unit, &self.grid.lot.unit);
        let side = |side| self.book.levels(side).take(depth).collect::<Vec<_>>();
        let given = || format!("OrderBook.levels({depth})");
        let named = briefly(given, || {
            columns::levels(&side(Side::Buy), &side(Side::Sell), tick, lot)
        })?;
        columns::dictionary(py, named)
    }

    fn orders<'py>(&self, py: Python<'py>, side: i64) -> PyResult<Bound<'py, PyList>> {
        let side = codes::side(side).map_err(raised)?;
        self.listed(py, self.book.orders(side))
    }

    fn queue<'py>(&self, py: Python<'py>, side: i64, price: Given) -> PyResult<Bound<'py, PyList>> {
        let side = codes::side(side).map_err(raised)?;
        let price = self.grid.ticks("price", price)?;
        self.listed(py, self.book.queue(side, price))
    }

    fn stops<'py>(&self, py: Python<'py>, side: i64) -> PyResult<Bound<'py, PyList>> {
        let side = codes::side(side).map_err(raised)?;
        self.listed(py, self.book.stops(side))
    }

    fn find<'py>(&self, py: Python<'py>, order: i64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.book.order(order);
        found
            .map(|order| self.records.order(py, &self.grid, &order))
            .transpose()
    }

    fn position<'py>(&self, py: Python<'py>, order: i64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.book.position(order);
        found
            .map(|position| self.records.position(py, &self.grid, &position))
            .transpose()
    }

    fn cost<'py>(
        &self,
        py: Python<'py>,
        side: i64,
        size: Given,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let side = codes::side(side).map_err(raised)?;
        let size = self.grid.lots("size", size)?;
        let Grid {
            decimals,
            tick,
            lot,
        } = &self.grid;
        let sum = briefly(
            || format!("OrderBook.cost({size})"),
            || self.book.cost(side, size),
        )?;
        sum.map(|steps| decimals.product(py, steps, tick, lot))
            .transpose()
    }

    #[pyo3(signature = (side, price, size, *, at))]
    fn feed_level<'py>(
        &mut self,
        py: Python<'py>,
        side: i64,
        price: Given,
        size: Given,
        at: i64,
    ) -> Events<'py> {
        let (side, price, size) = self.level(side, price, size)?;
        self.run(py, &Command::FeedLevel { side, price, size }, at)
    }

    #[pyo3(signature = (side, price, change, *, at))]
    fn feed_change<'py>(
        &mut self,
        py: Python<'py>,
        side: i64,
        price: Given,
        change: Given,
        at: i64,
    ) -> Events<'py> {
        let side = codes::side(side).map_err(raised)?;
        let command = Command::FeedChange {
            side,
            price: self.grid.ticks("price", price)?,
            change: self.grid.lots("change", change)?,
        };
        self.run(py, &command, at)
    }

    #[pyo3(signature = (bids, asks, *, at))]
    fn feed_snapshot<'py>(
        &mut self,
        py: Python<'py>,
        bids: Given,
        asks: Given,
        at: i64,
    ) -> Events<'py> {
        let mut levels = Vec::new();
        for (side, given) in [(1, bids), (-1, asks)] {
            for pair in given.try_iter()? {
                let (price, size) = pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
                levels.push(self.level(side, &price, &size)?);
            }
        }
        let given = || format!("OrderBook.feed_snapshot of {} levels", levels.len());
        self.work(py, given, |book, events| {
            book.feed_snapshot(&levels, at, events)
        })
    }

    #[pyo3(signature = (side, price, size, *, at))]
    fn feed_trade<'py>(
        &mut self,
        py: Python<'py>,
        side: i64,
        price: Given,
        size: Given,
        at: i64,
    ) -> Events<'py> {
        let (side, price, size) = self.level(side, price, size)?;
        self.run(py, &Command::FeedTrade { side, price, size }, at)
    }

    #[pyo3(signature = (order, side, price, size, *, at))]
    fn feed_add<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        side: i64,
        price: Given,
        size: Given,
        at: i64,
    ) -> Events<'py> {
        let (side, price, size) = self.level(side, price, size)?;
        let command = Command::FeedAdd {
            id: order,
            side,
            price,
            size,
        };
        self.run(py, &command, at)
    }

    #[pyo3(signature = (order, size, *, at, price=None))]
    fn feed_modify<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        size: Given,
        at: i64,
        price: Option<Given>,
    ) -> Events<'py> {
        let grid = &self.grid;
        let command = Command::FeedModify {
            id: order,
            price: price.map(|price| grid.ticks("price", price)).transpose()?,
            size: grid.lots("size", size)?,
        };
        self.run(py, &command, at)
    }

    #[pyo3(signature = (order, *, at, size=None))]
    fn feed_cancel<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        at: i64,
        size: Option<Given>,
    ) -> Events<'py> {
        let size = size.map(|size| self.grid.lots("size", size)).transpose()?;
        self.run(py, &Command::FeedCancel { id: order, size }, at)
    }

    #[pyo3(signature = (order, size, *, at))]
    fn feed_execute<'py>(
        &mut self,
        py: Python<'py>,
        order: i64,
        size: Given,
        at: i64,
    ) -> Events<'py> {
        let size = self.grid.lots("size", size)?;
        self.run(py, &Command::FeedExecute { id: order, size }, at)
    }
}
