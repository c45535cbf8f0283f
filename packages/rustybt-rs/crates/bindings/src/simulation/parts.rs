//! What a run hands to its kernel: `rustybt.execution.kernel_parts.KernelParts`.

use std::collections::HashMap;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rustybt_kernels::simulation::Scales;

use super::models::Models;
use super::numbers::int64;
use crate::errors::{invalid, raised};

/// The objects of a run, and what was read of them once.
pub struct Parts {
    pub blotter: Py<PyAny>,
    pub venue: Py<PyAny>,
    pub executor: Py<PyAny>,
    pub matching: Py<PyAny>,
    pub book: Py<PyAny>,
    pub resting: Py<PyDict>,
    pub changed: Py<PyList>,
    pub late: Py<PyList>,
    pub entries: Option<Py<PyList>>,
    pub positions: Py<PyDict>,
    pub balances: Py<PyDict>,
    pub costs: Py<PyDict>,
    pub currency: Py<PyAny>,
    pub traded_close: Py<PyAny>,
    pub value: Py<PyAny>,
    pub slippage_for: Py<PyAny>,
    pub commission_for: Py<PyAny>,
    pub describe: Py<PyAny>,
    pub lot: Py<PyAny>,
    pub begin_bar: Py<PyAny>,
    pub match_asset: Py<PyAny>,
    pub asset_bar: Py<PyAny>,
    pub execute: Py<PyAny>,
    pub kinds: Kinds,
    pub scales: Scales,
    pub fills_later: bool,
    pub recheck_limit: bool,
    pub forgets_commission: bool,
    pub models: Models,
    pub lots: HashMap<usize, (Py<PyAny>, i64)>,
}

/// Classes and constants that records are made of.
pub struct Kinds {
    pub transition: Py<PyAny>,
    pub fill_facts: Py<PyAny>,
    pub fill: Py<PyAny>,
    pub charge: Py<PyAny>,
    pub execution: Py<PyAny>,
    pub exact_cost: Py<PyAny>,
    pub filled: Py<PyAny>,
    pub partially_filled: Py<PyAny>,
    pub accepted: Py<PyAny>,
    pub submitted: Py<PyAny>,
    pub cash: Py<PyAny>,
    pub position: Py<PyAny>,
    pub commission: Py<PyAny>,
    pub slippage: Py<PyAny>,
    /// `tuple.__new__`, which makes a named tuple of a plain one.
    pub new_tuple: Py<PyAny>,
}

impl Kinds {
    fn of(kinds: &Bound<'_, PyAny>) -> PyResult<Self> {
        let kind = |name: &str| kinds.get_item(name).map(Bound::unbind);
        let tuple = kinds.py().get_type::<pyo3::types::PyTuple>();
        Ok(Kinds {
            transition: kind("transition")?,
            fill_facts: kind("fill_facts")?,
            fill: kind("fill")?,
            charge: kind("charge")?,
            execution: kind("execution")?,
            exact_cost: kind("exact_cost")?,
            filled: kind("filled")?,
            partially_filled: kind("partially_filled")?,
            accepted: kind("accepted")?,
            submitted: kind("submitted")?,
            cash: kind("cash")?,
            position: kind("position")?,
            commission: kind("commission")?,
            slippage: kind("slippage")?,
            new_tuple: tuple.getattr("__new__")?.unbind(),
        })
    }
}

impl Kinds {
    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.transition)?;
        visit.call(&self.fill_facts)?;
        visit.call(&self.fill)?;
        visit.call(&self.charge)?;
        visit.call(&self.execution)?;
        visit.call(&self.exact_cost)?;
        visit.call(&self.filled)?;
        visit.call(&self.partially_filled)?;
        visit.call(&self.accepted)?;
        visit.call(&self.submitted)?;
        visit.call(&self.cash)?;
        visit.call(&self.position)?;
        visit.call(&self.commission)?;
        visit.call(&self.slippage)?;
        visit.call(&self.new_tuple)?;
        Ok(())
    }
}

impl Parts {
    /// Read the parts of a run.
    pub fn of(parts: &Bound<'_, PyAny>) -> PyResult<Self> {
        let part = |name: &str| parts.getattr(name).map(Bound::unbind);
        let (book, venue) = (parts.getattr("book")?, parts.getattr("venue")?);
        let journal = book.getattr("journal")?;
        let entries = match journal.is_none() {
            true => None,
            false => Some(list(&journal, "_entries")?),
        };
        let digits = |name: &str| parts.getattr(name)?.extract::<u32>();
        let scales = Scales::new(digits("price_scale")?, digits("amount_scale")?);
        let flag = |name: &str| parts.getattr(name)?.extract::<bool>();
        Ok(Parts {
            blotter: part("blotter")?,
            executor: part("executor")?,
            matching: part("matching")?,
            resting: dict(&venue, "resting")?,
            changed: list(&venue, "changed")?,
            late: list(&venue, "late")?,
            entries,
            positions: dict(&book, "positions")?,
            balances: dict(&book, "balances")?,
            costs: dict(&book, "costs")?,
            currency: book.getattr("currency")?.unbind(),
            traded_close: part("traded_close")?,
            value: part("value")?,
            slippage_for: part("slippage_for")?,
            commission_for: part("commission_for")?,
            describe: part("describe")?,
            lot: part("lot")?,
            begin_bar: part("begin_bar")?,
            match_asset: part("match_asset")?,
            asset_bar: part("asset_bar")?,
            execute: part("execute")?,
            kinds: Kinds::of(&parts.getattr("kinds")?)?,
            scales: scales.map_err(raised)?,
            fills_later: flag("fills_later")?,
            recheck_limit: flag("recheck_limit")?,
            forgets_commission: flag("forgets_commission")?,
            models: Models::default(),
            lots: HashMap::new(),
            venue: venue.unbind(),
            book: book.unbind(),
        })
    }

    /// Show the garbage collector what is held: the run holds its kernel in turn.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.blotter)?;
        visit.call(&self.venue)?;
        visit.call(&self.executor)?;
        visit.call(&self.matching)?;
        visit.call(&self.book)?;
        visit.call(&self.resting)?;
        visit.call(&self.changed)?;
        visit.call(&self.late)?;
        visit.call(&self.positions)?;
        visit.call(&self.balances)?;
        visit.call(&self.costs)?;
        visit.call(&self.currency)?;
        visit.call(&self.traded_close)?;
        visit.call(&self.value)?;
        visit.call(&self.slippage_for)?;
        visit.call(&self.commission_for)?;
        visit.call(&self.describe)?;
        visit.call(&self.lot)?;
        visit.call(&self.begin_bar)?;
        visit.call(&self.match_asset)?;
        visit.call(&self.asset_bar)?;
        visit.call(&self.execute)?;
        if let Some(entries) = &self.entries {
            visit.call(entries)?;
        }
        for (asset, _) in self.lots.values() {
            visit.call(asset)?;
        }
        self.models.traverse(visit)?;
        self.kinds.traverse(visit)
    }

    /// The least amount of an asset that trades.
    pub fn lot_of(&mut self, asset: &Bound<'_, PyAny>) -> PyResult<i64> {
        let identity = asset.as_ptr() as usize;
        if let Some((_, lot)) = self.lots.get(&identity) {
            return Ok(*lot);
        }
        let answer = self.lot.bind(asset.py()).call1((asset,))?;
        let no_room = || invalid("lot_size", &answer, "give a lot that 64 bits hold");
        let lot = int64(&answer)?.ok_or_else(no_room)?;
        self.lots.insert(identity, (asset.clone().unbind(), lot));
        Ok(lot)
    }
}

fn dict(owner: &Bound<'_, PyAny>, name: &str) -> PyResult<Py<PyDict>> {
    Ok(owner.getattr(name)?.cast_into::<PyDict>()?.unbind())
}

fn list(owner: &Bound<'_, PyAny>, name: &str) -> PyResult<Py<PyList>> {
    Ok(owner.getattr(name)?.cast_into::<PyList>()?.unbind())
}
