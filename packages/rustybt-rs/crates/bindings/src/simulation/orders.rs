//! What happens to an order: it comes into the market, and it is filled.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use super::numbers::integer;
use super::parts::Parts;

/// What was decided about an order.
pub struct Done<'a, 'py> {
    /// Price per unit.
    pub price: i64,
    /// Signed amount.
    pub amount: i64,
    /// Price of the market before slippage.
    pub base: &'a Bound<'py, PyAny>,
    /// What the commission model says.
    pub charge: i128,
    /// Whether nothing is left open.
    pub whole: bool,
}

/// The bar in which an execution takes place.
pub struct Place<'a, 'py> {
    /// What is traded.
    pub asset: &'a Bound<'py, PyAny>,
    /// The bar's label.
    pub at: i64,
    /// Its session.
    pub session: &'a Bound<'py, PyAny>,
    /// The executions of the bar.
    pub done: &'a Bound<'py, PyList>,
}

/// Change the order, and add the execution to those of the bar.
pub fn record<'py>(
    parts: &Parts,
    order: &Bound<'py, PyAny>,
    bar: &Place<'_, 'py>,
    done: &Done<'_, 'py>,
) -> PyResult<()> {
    let py = order.py();
    let kinds = &parts.kinds;
    let named = |kind: &Py<PyAny>, fields: Bound<'py, PyTuple>| {
        kinds.new_tuple.bind(py).call1((kind, fields))
    };
    let executor = parts.executor.bind(py);
    let sequence = executor.getattr(intern!(py, "_executions"))?.add(1)?;
    executor.setattr(intern!(py, "_executions"), &sequence)?;
    let id = order.getattr(intern!(py, "id"))?;
    let strategy = order.getattr(intern!(py, "strategy"))?;
    let price = integer(py, i128::from(done.price))?;
    let amount = integer(py, i128::from(done.amount))?;
    let fields = (
        &id,
        bar.asset,
        bar.at,
        bar.session,
        &amount,
        &price,
        sequence,
        &strategy,
        done.base,
    );
    let fill = named(&kinds.fill, fields.into_pyobject(py)?)?;
    let commission = integer(py, kept_charge(parts, done.charge))?;
    let charge = if done.charge > 0 {
        let fields = (&id, bar.asset, bar.at, &commission, &strategy);
        named(&kinds.charge, fields.into_pyobject(py)?)?
    } else {
        py.None().into_bound(py)
    };
    let facts = (&amount, &price, done.base, &commission).into_pyobject(py)?;
    let facts = named(&kinds.fill_facts, facts)?;
    let transition = change(
        parts,
        order,
        bar.at,
        done.whole,
        &amount,
        &commission,
        facts,
    )?;
    let fields = (order, fill, charge, transition);
    bar.done
        .append(named(&kinds.execution, fields.into_pyobject(py)?)?)
}

/// What the order is said to have paid: a charge below zero counts in zipline's rules only.
fn kept_charge(parts: &Parts, charge: i128) -> i128 {
    if charge < 0 && !parts.forgets_commission {
        0
    } else {
        charge
    }
}

/// The order's own part of a fill; see `Order.fill`.
fn change<'py>(
    parts: &Parts,
    order: &Bound<'py, PyAny>,
    at: i64,
    whole: bool,
    amount: &Bound<'py, PyAny>,
    commission: &Bound<'py, PyAny>,
    facts: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = order.py();
    let kinds = &parts.kinds;
    let ordered = order.getattr(intern!(py, "amount"))?;
    let filled = match whole {
        true => ordered.clone(),
        false => order.getattr(intern!(py, "filled"))?.add(amount)?,
    };
    let paid = order.getattr(intern!(py, "commission"))?.add(commission)?;
    let before = order.getattr(intern!(py, "status"))?;
    let after = if whole {
        &kinds.filled
    } else {
        &kinds.partially_filled
    };
    let allowed = before.is(&kinds.accepted) || before.is(&kinds.partially_filled);
    debug_assert!(allowed, "only orders in the market are matched");
    order.setattr(intern!(py, "filled"), &filled)?;
    order.setattr(intern!(py, "commission"), paid)?;
    order.setattr(intern!(py, "changed"), at)?;
    order.setattr(intern!(py, "status"), after)?;
    let ends = Ends {
        before: &before,
        after: after.bind(py),
        cause: intern!(py, "venue"),
    };
    note(parts, order, at, &ends, Some(facts))
}

/// The statuses of a transition, and what made it happen.
struct Ends<'a, 'py> {
    before: &'a Bound<'py, PyAny>,
    after: &'a Bound<'py, PyAny>,
    cause: &'a Bound<'py, PyString>,
}

/// Add a transition to the order's trail, with its figures as they are now.
fn note<'py>(
    parts: &Parts,
    order: &Bound<'py, PyAny>,
    at: i64,
    ends: &Ends<'_, 'py>,
    facts: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = order.py();
    let kinds = &parts.kinds;
    let none = py.None().into_bound(py);
    let fields = [
        order.getattr(intern!(py, "id"))?,
        integer(py, i128::from(at))?,
        ends.before.clone(),
        ends.after.clone(),
        ends.cause.clone().into_any(),
        none.clone(),
        order.getattr(intern!(py, "amount"))?,
        order.getattr(intern!(py, "filled"))?,
        order.getattr(intern!(py, "limit"))?,
        order.getattr(intern!(py, "stop"))?,
        none.clone(),
        facts.unwrap_or(none),
    ];
    let fields = PyTuple::new(py, fields)?;
    let transition = kinds
        .new_tuple
        .bind(py)
        .call1((&kinds.transition, fields))?;
    let trail = order.getattr(intern!(py, "trail"))?.cast_into::<PyList>()?;
    trail.append(&transition)?;
    Ok(transition)
}

/// Let a new market order without terms come into the market; false where the reference has to.
pub fn enter<'py>(parts: &Parts, order: &Bound<'py, PyAny>, at: i64) -> PyResult<bool> {
    let py = order.py();
    let venue = parts.venue.bind(py);
    if !venue.getattr(intern!(py, "latency"))?.is_none() {
        return Ok(false);
    }
    let asset = order.getattr(intern!(py, "asset"))?;
    let orders = match parts.resting.bind(py).get_item(&asset)? {
        Some(orders) => orders,
        None => {
            let floor = venue.getattr(intern!(py, "floor"))?;
            floor.call_method1(intern!(py, "of"), (&asset,))?
        }
    };
    move_to_market(parts, order, at)?;
    // It comes last: no order that is in the market has come later.
    let number = order.getattr(intern!(py, "sequence"))?;
    for name in [intern!(py, "_by_number"), intern!(py, "_ready")] {
        let kept = orders.getattr(name)?.cast_into::<PyDict>()?;
        kept.set_item(&number, order)?;
    }
    let blotter = parts.blotter.bind(py);
    let placed = blotter.getattr(intern!(py, "_placed"))?;
    placed.cast_into::<PyList>()?.append(order)?;
    let touched = blotter.getattr(intern!(py, "_touched"))?;
    let id = order.getattr(intern!(py, "id"))?;
    touched.cast_into::<PyDict>()?.set_item(id, order)?;
    blotter.setattr(intern!(py, "has_news"), true)?;
    Ok(true)
}

/// It was sent, and its venue holds it now.
fn move_to_market(parts: &Parts, order: &Bound<'_, PyAny>, at: i64) -> PyResult<()> {
    let py = order.py();
    let kinds = &parts.kinds;
    let pending = order.getattr(intern!(py, "status"))?;
    let (submitted, accepted) = (kinds.submitted.bind(py), kinds.accepted.bind(py));
    let sent = Ends {
        before: &pending,
        after: submitted,
        cause: intern!(py, "strategy"),
    };
    note(parts, order, at, &sent, None)?;
    let arrived = Ends {
        before: submitted,
        after: accepted,
        cause: intern!(py, "venue"),
    };
    note(parts, order, at, &arrived, None)?;
    order.setattr(intern!(py, "queued"), at)?;
    order.setattr(intern!(py, "status"), accepted)
}
