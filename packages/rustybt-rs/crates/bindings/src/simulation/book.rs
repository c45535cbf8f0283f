//! The book half: executions are posted.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use rustybt_kernels::simulation::{Exchange, Holding};

use super::numbers::{int128, int64, integer};
use super::parts::Parts;

/// Post all fills, then all commissions.
pub fn post<'py>(py: Python<'py>, parts: &Parts, done: &Bound<'py, PyList>) -> PyResult<()> {
    if done.is_empty() {
        return Ok(());
    }
    let book = parts.book.bind(py);
    for execution in done.iter() {
        let fill = execution.get_item(1)?;
        if !post_fill(parts, &fill)? {
            book.call_method1(intern!(py, "apply"), (fill,))?;
        }
    }
    for execution in done.iter() {
        let charge = execution.get_item(2)?;
        if !charge.is_none() && !post_charge(parts, &charge)? {
            book.call_method1(intern!(py, "apply"), (charge,))?;
        }
    }
    book.call_method0(intern!(py, "_changed"))?;
    Ok(())
}

/// Add money to a number of a table, which has the key.
fn add<'py>(
    table: &Bound<'py, PyDict>,
    key: &Bound<'py, PyAny>,
    money: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let sum = table.as_any().get_item(key)?.add(money)?;
    table.set_item(key, sum)
}

/// The position that an execution changes; None where the reference has to do it.
fn position_of<'py>(
    parts: &Parts,
    asset: &Bound<'py, PyAny>,
    price: &Bound<'py, PyAny>,
    at: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = asset.py();
    let position = match parts.positions.bind(py).get_item(asset)? {
        Some(position) => position,
        None => {
            let book = parts.book.bind(py);
            book.call_method1(intern!(py, "_open"), (asset, price, at))?
        }
    };
    let plain = position.getattr(intern!(py, "multiplier"))?.is_none()
        && !position
            .getattr(intern!(py, "settles_daily"))?
            .is_truthy()?
        && position
            .getattr(intern!(py, "currency"))?
            .eq(parts.currency.bind(py))?;
    Ok(plain.then_some(position))
}

/// Post a fill; false where the reference has to, and nothing has changed.
fn post_fill(parts: &Parts, fill: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = fill.py();
    let field = |place: usize| fill.get_item(place);
    let (at, amount, price, base) = (field(2)?, field(4)?, field(5)?, field(8)?);
    let Some(position) = position_of(parts, &field(1)?, &price, &at)? else {
        return Ok(false);
    };
    let held = position.getattr(intern!(py, "amount"))?;
    let cost = position.getattr(intern!(py, "cost"))?;
    let exact = cost.get_type().is(&parts.kinds.exact_cost);
    let holding = holding_of(&held, exact.then_some(&cost))?;
    let reference = if base.is_none() { None } else { int64(&base)? };
    let known = reference.is_some() || base.is_none();
    let (Some(mut holding), Some(size), Some(paid), true) =
        (holding, int64(&amount)?, int64(&price)?, known)
    else {
        return Ok(false);
    };
    let Ok(exchange) = holding.execute(size, paid, reference, &parts.scales) else {
        return Ok(false);
    };
    if exact {
        cost.setattr(intern!(py, "cost"), integer(py, holding.cost)?)?;
    } else {
        let notional = integer(py, -exchange.money)?;
        let arguments = (&held, &amount, &price, notional);
        cost.call_method1(intern!(py, "execute"), arguments)?;
    }
    let after = integer(py, i128::from(holding.amount))?;
    position.setattr(intern!(py, "_unit_cost"), py.None())?;
    position.setattr(intern!(py, "amount"), after)?;
    if at.gt(position.getattr(intern!(py, "last_at"))?)? {
        position.setattr(intern!(py, "last_price"), &price)?;
        position.setattr(intern!(py, "last_at"), &at)?;
    }
    move_money(parts, &position, &holding, exchange)?;
    write_fill(parts, fill, &position, exchange)?;
    Ok(true)
}

/// Money comes or goes, the cost of slippage is counted, and an empty position is closed.
fn move_money(
    parts: &Parts,
    position: &Bound<'_, PyAny>,
    holding: &Holding,
    exchange: Exchange,
) -> PyResult<()> {
    let py = position.py();
    let money = integer(py, exchange.money)?;
    add(parts.balances.bind(py), parts.currency.bind(py), &money)?;
    let book = parts.book.bind(py);
    book.setattr(intern!(py, "stale"), true)?;
    if holding.amount == 0 {
        book.call_method1(intern!(py, "_close"), (position,))?;
    }
    if exchange.slippage != 0 {
        let paid = integer(py, exchange.slippage)?;
        let kind = intern!(py, "slippage").as_any();
        add(parts.costs.bind(py), kind, &paid)?;
    }
    Ok(())
}

/// What is held, and what it cost where the cost is exact.
fn holding_of(
    held: &Bound<'_, PyAny>,
    cost: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<Holding>> {
    let spent = match cost {
        None => Some(0),
        Some(basis) => int128(&basis.getattr(intern!(held.py(), "cost"))?)?,
    };
    Ok(match (int64(held)?, spent) {
        (Some(amount), Some(cost)) => Some(Holding { amount, cost }),
        _ => None,
    })
}

/// The journal's entry of a fill: its legs sum to zero for each commodity.
fn write_fill<'py>(
    parts: &Parts,
    fill: &Bound<'py, PyAny>,
    position: &Bound<'py, PyAny>,
    exchange: Exchange,
) -> PyResult<()> {
    let Some(entries) = &parts.entries else {
        return Ok(());
    };
    let py = fill.py();
    let (kinds, currency) = (&parts.kinds, parts.currency.bind(py));
    let trading = position.getattr(intern!(py, "trading_account"))?;
    let leg = |account: &Bound<'py, PyAny>, commodity: &Bound<'py, PyAny>, moved| {
        PyTuple::new(py, [account.clone(), commodity.clone(), moved])
    };
    let mut legs = Vec::with_capacity(6);
    if exchange.money != 0 {
        let money = integer(py, exchange.money)?;
        legs.push(leg(kinds.cash.bind(py), currency, money)?);
        legs.push(leg(&trading, currency, integer(py, -exchange.money)?)?);
    }
    let (amount, commodity) = (
        fill.get_item(4)?,
        position.getattr(intern!(py, "commodity"))?,
    );
    legs.push(leg(kinds.position.bind(py), &commodity, amount.clone())?);
    legs.push(leg(&trading, &commodity, amount.neg()?)?);
    if exchange.slippage != 0 {
        let paid = integer(py, exchange.slippage)?;
        legs.push(leg(kinds.slippage.bind(py), currency, paid)?);
        legs.push(leg(&trading, currency, integer(py, -exchange.slippage)?)?);
    }
    let cause = format!("fill:{}#{}", fill.get_item(0)?, fill.get_item(6)?);
    let legs = PyTuple::new(py, legs)?;
    let entry = (fill.get_item(2)?, fill.get_item(7)?, cause, legs);
    entries.bind(py).append(entry.into_pyobject(py)?)
}

/// Post a commission; false where the reference has to, and nothing has changed.
fn post_charge(parts: &Parts, charge: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = charge.py();
    let (asset, amount) = (charge.get_item(1)?, charge.get_item(3)?);
    let currency = parts.currency.bind(py);
    let position = parts.positions.bind(py).get_item(&asset)?;
    let quoted = position.as_ref().unwrap_or(&asset);
    if !quoted.getattr(intern!(py, "currency"))?.eq(currency)? {
        return Ok(false);
    }
    if let Some(position) = &position {
        add_to_cost(parts, position, &amount)?;
    }
    let paid = amount.neg()?;
    add(parts.balances.bind(py), currency, &paid)?;
    add(
        parts.costs.bind(py),
        intern!(py, "commission").as_any(),
        &amount,
    )?;
    if let Some(entries) = &parts.entries {
        let kinds = &parts.kinds;
        let legs = (
            (kinds.commission.bind(py), currency, amount),
            (kinds.cash.bind(py), currency, paid),
        );
        let cause = format!("commission:{}", charge.get_item(0)?);
        let entry = (charge.get_item(2)?, charge.get_item(4)?, cause, legs);
        entries.bind(py).append(entry.into_pyobject(py)?)?;
    }
    Ok(true)
}

/// Make a commission a part of what a position cost.
fn add_to_cost(
    parts: &Parts,
    position: &Bound<'_, PyAny>,
    commission: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = position.py();
    let cost = position.getattr(intern!(py, "cost"))?;
    if cost.get_type().is(&parts.kinds.exact_cost) {
        let sum = cost.getattr(intern!(py, "cost"))?.add(commission)?;
        cost.setattr(intern!(py, "cost"), sum)?;
    } else {
        let held = position.getattr(intern!(py, "amount"))?;
        cost.call_method1(intern!(py, "charge"), (held, commission))?;
    }
    position.setattr(intern!(py, "_unit_cost"), py.None())
}
