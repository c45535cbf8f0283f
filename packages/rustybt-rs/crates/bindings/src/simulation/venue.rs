//! The venue half: resting orders meet a bar.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rustybt_kernels::simulation::{
    execute, Commission, Costs, Decision, Market, Slippage, Working,
};

use super::models::Known;
use super::numbers::{int128, int64};
use super::orders;
use super::parts::Parts;

/// Match everything that rests against a bar; executions are added to `done`.
pub fn advance<'py>(
    py: Python<'py>,
    parts: &mut Parts,
    at: i64,
    session: &Bound<'py, PyAny>,
    done: &Bound<'py, PyList>,
) -> PyResult<()> {
    let venue = parts.venue.bind(py).clone();
    if !venue.getattr(intern!(py, "is_immediate"))?.is_truthy()? {
        let found = venue.call_method1(intern!(py, "advance"), (at, session))?;
        for execution in found.try_iter()? {
            done.append(execution?)?;
        }
    } else {
        parts.begin_bar.bind(py).call1((at,))?;
        let resting = parts.resting.bind(py).clone();
        let assets: Vec<_> = resting.keys().iter().collect();
        for asset in assets {
            let Some(orders) = resting.get_item(&asset)? else {
                continue;
            };
            match_asset(parts, &asset, &orders, at, session, done)?;
        }
        forget_empty(py, parts)?;
    }
    tell(py, parts, done)
}

/// Let the floor forget assets without an order, where there are any.
fn forget_empty(py: Python<'_>, parts: &Parts) -> PyResult<()> {
    for orders in parts.resting.bind(py).values().iter() {
        if orders.getattr(intern!(py, "_by_number"))?.len()? == 0 {
            let floor = parts.venue.bind(py).getattr(intern!(py, "floor"))?;
            floor.call_method0(intern!(py, "forget_empty"))?;
            break;
        }
    }
    Ok(())
}

/// Tell the blotter which orders have changed.
fn tell<'py>(py: Python<'py>, parts: &Parts, done: &Bound<'py, PyList>) -> PyResult<()> {
    let blotter = parts.blotter.bind(py);
    if !done.is_empty() {
        let changed = blotter
            .getattr(intern!(py, "_changed"))?
            .cast_into::<PyList>()?;
        let touched = blotter
            .getattr(intern!(py, "_touched"))?
            .cast_into::<PyDict>()?;
        for execution in done.iter() {
            let order = execution.get_item(0)?;
            let id = order.getattr(intern!(py, "id"))?;
            if touched.contains(&id)? {
                touched.del_item(&id)?;
            }
            touched.set_item(&id, &order)?;
            changed.append(order)?;
        }
        blotter.setattr(intern!(py, "has_news"), true)?;
    }
    if !parts.changed.bind(py).is_empty() || !parts.late.bind(py).is_empty() {
        blotter.call_method0(intern!(py, "_collect"))?;
    }
    Ok(())
}

/// A bar of one asset while its orders are matched.
struct AssetBar<'a, 'py> {
    asset: &'a Bound<'py, PyAny>,
    at: i64,
    session: &'a Bound<'py, PyAny>,
    close: Bound<'py, PyAny>,
    since: Bound<'py, PyAny>,
    done: &'a Bound<'py, PyList>,
    slippage: Known<Slippage>,
    commission: Known<Commission>,
    volume: i64,
    lot: i64,
    /// What has filled so far, without sign.
    used: i64,
    dry: bool,
    /// The reference's bar, once an order had to be left to it.
    reference: Option<Bound<'py, PyAny>>,
}

impl<'a, 'py> AssetBar<'a, 'py> {
    /// Where its executions take place.
    fn place(&self) -> orders::Place<'a, 'py> {
        orders::Place {
            asset: self.asset,
            at: self.at,
            session: self.session,
            done: self.done,
        }
    }
}

/// Match the orders of one asset.
fn match_asset<'py>(
    parts: &mut Parts,
    asset: &Bound<'py, PyAny>,
    orders: &Bound<'py, PyAny>,
    at: i64,
    session: &Bound<'py, PyAny>,
    done: &Bound<'py, PyList>,
) -> PyResult<()> {
    let py = asset.py();
    let special = orders.getattr(intern!(py, "special"))?.is_truthy()?
        || orders.getattr(intern!(py, "_retouched"))?.is_truthy()?;
    if special {
        let reference = parts.match_asset.bind(py).clone();
        reference.call1((asset, at, session, done))?;
        return Ok(());
    }
    let close = parts.traded_close.bind(py).call1((asset,))?;
    if close.is_none() {
        return Ok(());
    }
    let newest = orders.getattr(intern!(py, "newest"))?;
    let mut bar = open_bar(parts, asset, orders, at, session, close, done)?;
    let candidates = candidates(orders, &bar.close)?;
    let matching = parts.matching.bind(py);
    let looked_at = matching.getattr(intern!(py, "looked_at"))?;
    matching.setattr(intern!(py, "looked_at"), looked_at.add(candidates.len())?)?;
    if parts.fills_later {
        at_open(parts, orders, &candidates, &mut bar)?;
        orders.setattr(intern!(py, "since"), newest)?;
    } else {
        at_close(parts, orders, &candidates, &mut bar)?;
        orders.setattr(intern!(py, "since"), at)?;
    }
    orders.setattr(intern!(py, "newest"), at)
}

fn open_bar<'a, 'py>(
    parts: &mut Parts,
    asset: &'a Bound<'py, PyAny>,
    orders: &Bound<'py, PyAny>,
    at: i64,
    session: &'a Bound<'py, PyAny>,
    close: Bound<'py, PyAny>,
    done: &'a Bound<'py, PyList>,
) -> PyResult<AssetBar<'a, 'py>> {
    let py = asset.py();
    let describe = parts.describe.bind(py).clone();
    let model = parts.slippage_for.bind(py).call1((asset,))?;
    let mut slippage = parts.models.slippage(&model, &describe)?;
    let model = parts.commission_for.bind(py).call1((asset,))?;
    let commission = parts.models.commission(&model, &describe)?;
    let mut volume = 0;
    if matches!(&slippage, Known::Ours(model) if model.asks_volume()) {
        let value = parts.value.bind(py).call1((asset, intern!(py, "volume")))?;
        match int64(&value)? {
            Some(number) => volume = number,
            None => slippage = Known::Called,
        }
    }
    Ok(AssetBar {
        asset,
        at,
        session,
        close,
        since: orders.getattr(intern!(py, "since"))?,
        done,
        slippage,
        commission,
        volume,
        lot: parts.lot_of(asset)?,
        used: 0,
        dry: false,
        reference: None,
    })
}

/// The orders that a close reaches, or that were triggered before, in turn.
fn candidates<'py>(
    orders: &Bound<'py, PyAny>,
    close: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = orders.py();
    let waiting = orders.getattr(intern!(py, "_waiting"))?.len()? > 0;
    if waiting || !orders.getattr(intern!(py, "_in_turn"))?.is_truthy()? {
        let taken = orders.call_method1(intern!(py, "take"), (close, close))?;
        return taken.try_iter()?.collect();
    }
    let ready = orders
        .getattr(intern!(py, "_ready"))?
        .cast_into::<PyDict>()?;
    Ok(ready.values().iter().collect())
}

fn is_market(order: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = order.py();
    Ok(order.getattr(intern!(py, "limit"))?.is_none()
        && order.getattr(intern!(py, "stop"))?.is_none())
}

fn is_open(order: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = order.py();
    order
        .getattr(intern!(py, "status"))?
        .getattr(intern!(py, "is_open"))?
        .is_truthy()
}

fn put_back(orders: &Bound<'_, PyAny>, order: &Bound<'_, PyAny>) -> PyResult<()> {
    orders.call_method1(intern!(order.py(), "put_back"), (order,))?;
    Ok(())
}

/// Test stop and limit against a price; see `Order.touch`.
fn touch(order: &Bound<'_, PyAny>, price: &Bound<'_, PyAny>, at: i64) -> PyResult<bool> {
    let py = order.py();
    order
        .call_method1(intern!(py, "touch"), (price, at))?
        .is_truthy()
}

/// Triggers are tested on the close, and fill there.
fn at_close<'py>(
    parts: &mut Parts,
    orders: &Bound<'py, PyAny>,
    candidates: &[Bound<'py, PyAny>],
    bar: &mut AssetBar<'_, 'py>,
) -> PyResult<()> {
    let close = bar.close.clone();
    for order in candidates {
        let market = is_market(order)?;
        if !bar.dry && is_open(order)? && (market || touch(order, &close, bar.at)?) {
            fill(parts, orders, order, &close, bar)?;
        }
        if !market {
            put_back(orders, order)?;
        }
    }
    Ok(())
}

/// What was triggered before fills at the open; then triggers are tested on the close.
fn at_open<'py>(
    parts: &mut Parts,
    orders: &Bound<'py, PyAny>,
    candidates: &[Bound<'py, PyAny>],
    bar: &mut AssetBar<'_, 'py>,
) -> PyResult<()> {
    let py = orders.py();
    let opened = parts
        .value
        .bind(py)
        .call1((bar.asset, intern!(py, "open")))?;
    if !opened.is_none() {
        for order in candidates {
            if bar.dry {
                break;
            }
            let triggered =
                is_market(order)? || order.getattr(intern!(py, "triggered"))?.is_truthy()?;
            if triggered && is_open(order)? {
                fill(parts, orders, order, &opened, bar)?;
            }
        }
    }
    for order in candidates {
        if !is_market(order)? {
            if is_open(order)? {
                touch(order, &bar.close, bar.at)?;
            }
            put_back(orders, order)?;
        }
    }
    Ok(())
}

/// Execute an order as far as the models let it, and forget it once it is filled.
fn fill<'py>(
    parts: &mut Parts,
    orders: &Bound<'py, PyAny>,
    order: &Bound<'py, PyAny>,
    base: &Bound<'py, PyAny>,
    bar: &mut AssetBar<'_, 'py>,
) -> PyResult<()> {
    if !fill_here(parts, order, base, bar)? {
        fill_by_reference(parts, order, base, bar)?;
    }
    if !is_open(order)? {
        let py = order.py();
        if orders.getattr(intern!(py, "_waiting"))?.len()? > 0 {
            orders.call_method1(intern!(py, "forget"), (order,))?;
        } else {
            let number = order.getattr(intern!(py, "sequence"))?;
            for name in [intern!(py, "_by_number"), intern!(py, "_ready")] {
                let kept = orders.getattr(name)?.cast_into::<PyDict>()?;
                if kept.contains(&number)? {
                    kept.del_item(&number)?;
                }
            }
        }
    }
    Ok(())
}

/// Let the reference execute an order: a user's model is called, or a number is too wide.
fn fill_by_reference<'py>(
    parts: &Parts,
    order: &Bound<'py, PyAny>,
    base: &Bound<'py, PyAny>,
    bar: &mut AssetBar<'_, 'py>,
) -> PyResult<()> {
    let py = order.py();
    let reference = match bar.reference.take() {
        Some(known) => known,
        None => {
            let (asset, session, done) = (bar.asset, bar.session, bar.done);
            let (close, since) = (&bar.close, &bar.since);
            let arguments = (asset, bar.at, session, close, done, since, bar.used);
            parts.asset_bar.bind(py).call1(arguments)?
        }
    };
    let arguments = (order, &reference, base);
    parts.execute.bind(py).call1(arguments)?;
    bar.dry = reference.getattr(intern!(py, "dry"))?.is_truthy()?;
    // From here on the reference counts what has filled, so all that follows is left to it.
    bar.slippage = Known::Called;
    bar.reference = Some(reference);
    Ok(())
}

/// The numbers of an order; None where they have no room.
fn working(order: &Bound<'_, PyAny>, recheck_limit: bool) -> PyResult<Option<Working>> {
    let py = order.py();
    let number = |name| order.getattr(name).and_then(|value| int64(&value));
    let limit = order.getattr(intern!(py, "limit"))?;
    let tested = recheck_limit && !limit.is_none();
    let bound = if tested { int64(&limit)? } else { None };
    let numbers = (
        number(intern!(py, "amount"))?,
        number(intern!(py, "filled"))?,
        int128(&order.getattr(intern!(py, "commission"))?)?,
    );
    let (Some(amount), Some(filled), Some(commission)) = numbers else {
        return Ok(None);
    };
    Ok((bound.is_some() == tested).then_some(Working {
        amount,
        filled,
        commission,
        limit: bound,
    }))
}

/// Execute an order with the built-in models; false where the reference has to.
fn fill_here<'py>(
    parts: &mut Parts,
    order: &Bound<'py, PyAny>,
    base: &Bound<'py, PyAny>,
    bar: &mut AssetBar<'_, 'py>,
) -> PyResult<bool> {
    let (Known::Ours(slippage), Known::Ours(commission)) = (&bar.slippage, &bar.commission) else {
        return Ok(false);
    };
    takes(order, &bar.since)?;
    let (Some(working), Some(start)) = (working(order, parts.recheck_limit)?, int64(base)?) else {
        return Ok(false);
    };
    let market = Market {
        base: start,
        volume: bar.volume,
        used: bar.used,
        lot: bar.lot,
    };
    let costs = Costs {
        slippage,
        commission,
    };
    match execute(&working, &market, costs, &parts.scales) {
        Err(_) => return Ok(false),
        Ok(Decision::Nothing) => {}
        Ok(Decision::Dry) => bar.dry = true,
        Ok(Decision::Fill {
            price,
            amount,
            charge,
        }) => {
            let Some(used) = bar.used.checked_add(amount.saturating_abs()) else {
                return Ok(false);
            };
            bar.used = used;
            let done = orders::Done {
                price,
                amount,
                base,
                charge,
                whole: amount == working.amount - working.filled,
            };
            orders::record(parts, order, &bar.place(), &done)?;
        }
    }
    Ok(true)
}

/// Of an order with a limit: whether what it fills now takes liquidity.
fn takes(order: &Bound<'_, PyAny>, since: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = order.py();
    if order.getattr(intern!(py, "limit"))?.is_none() {
        return Ok(());
    }
    let crossed = order.getattr(intern!(py, "crossed"))?;
    let at_once = !crossed.is_none() && crossed.ge(since)?;
    order.setattr(intern!(py, "takes"), at_once)
}
