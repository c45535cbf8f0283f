//! What the methods of the book share: commands in, records out.

use pyo3::prelude::*;
use pyo3::types::PyList;
use rustybt_kernels::order_book::{Command, Event, Kind, NewOrder, OrderBook, OrderView, Side};

use super::codes;
use super::{Events, Given, PyOrderBook};
use crate::errors::raised;
use crate::run::briefly;

/// Terms that several kinds of orders share.
pub(super) struct Terms {
    pub(super) id: i64,
    pub(super) side: i64,
    pub(super) kind: Kind,
    pub(super) time_in_force: i64,
    pub(super) owner: i64,
}

impl PyOrderBook {
    /// Run one command and hand over its events.
    pub(super) fn run<'py>(&mut self, py: Python<'py>, command: &Command, at: i64) -> Events<'py> {
        self.work(
            py,
            || format!("OrderBook, {command:?}"),
            |book, events| book.carry_out(command, at, events),
        )
    }

    pub(super) fn work<'py>(
        &mut self,
        py: Python<'py>,
        given: impl FnOnce() -> String,
        kernel: impl FnOnce(&mut OrderBook, &mut Vec<Event>) -> rustybt_kernels::error::Result<()>,
    ) -> Events<'py> {
        self.events.clear();
        let (book, events) = (&mut self.book, &mut self.events);
        briefly(given, || kernel(book, events))?;
        self.records.events(py, &self.grid, &self.events)
    }

    pub(super) fn order(&self, terms: &Terms, size: Given) -> PyResult<NewOrder> {
        Ok(NewOrder {
            id: terms.id,
            owner: terms.owner,
            side: codes::side(terms.side).map_err(raised)?,
            kind: terms.kind,
            price: 0,
            stop: 0,
            size: self.grid.lots("size", size)?,
            visible: 0,
            tif: codes::time_in_force(terms.time_in_force).map_err(raised)?,
            post_only: false,
        })
    }

    pub(super) fn visible(&self, visible: Option<Given>, order: &NewOrder) -> PyResult<i64> {
        let Some(visible) = visible else {
            return Ok(0);
        };
        match self.grid.lots("visible", visible)? {
            0 => Err(crate::errors::invalid(
                "visible",
                visible,
                &format!(
                    "order {} shows a part above zero; leave it out to show all",
                    order.id
                ),
            )),
            lots => Ok(lots),
        }
    }

    pub(super) fn level(&self, side: i64, price: Given, size: Given) -> PyResult<(Side, i64, i64)> {
        let side = codes::side(side).map_err(raised)?;
        Ok((
            side,
            self.grid.ticks("price", price)?,
            self.grid.lots("size", size)?,
        ))
    }

    pub(super) fn side_levels<'py>(
        &self,
        py: Python<'py>,
        side: Side,
        depth: Option<usize>,
    ) -> PyResult<Bound<'py, PyList>> {
        let levels = self.book.levels(side).take(depth.unwrap_or(usize::MAX));
        let records = levels.map(|level| self.records.level(py, &self.grid, &level));
        PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)
    }

    pub(super) fn listed<'py>(
        &self,
        py: Python<'py>,
        orders: impl Iterator<Item = OrderView>,
    ) -> PyResult<Bound<'py, PyList>> {
        let records = orders.map(|order| self.records.order(py, &self.grid, &order));
        PyList::new(py, records.collect::<PyResult<Vec<_>>>()?)
    }

    pub(super) fn best<'py>(
        &self,
        py: Python<'py>,
        side: Side,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let level = self.book.best(side);
        level
            .map(|level| self.records.level(py, &self.grid, &level))
            .transpose()
    }
}
