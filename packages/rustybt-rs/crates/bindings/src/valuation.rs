//! Positions: amounts, prices and ratios in, money out.

use std::borrow::Cow;

use pyo3::prelude::*;
use rustybt_kernels::fixed::{MONEY_SCALE, WIDEST_SCALE};
use rustybt_kernels::valuation::{self, Positions, Ratios, Totals};

use crate::arrow::{Column, Values};
use crate::run::detached;
use crate::vectors::{required_scale, Vector};

/// Show the function in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(value_positions, module)?)
}

type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);
type Sums = (i128, i128, i128, i128, usize, usize, i128);

/// The two columns of ratios.
struct Both {
    above: Vector,
    below: Vector,
}

impl Both {
    fn read(given: Option<Pair<'_>>, field: &str) -> PyResult<Option<Self>> {
        let Some((above, below)) = given else {
            return Ok(None);
        };
        Ok(Some(Both {
            above: Vector::whole(&above, field)?,
            below: Vector::whole(&below, field)?,
        }))
    }
}

/// The coefficients of ratios, lent.
type Lent<'a> = (Cow<'a, [i128]>, Cow<'a, [i128]>);

fn lent(both: &Option<Both>) -> PyResult<Option<Lent<'_>>> {
    match both {
        Some(both) => Ok(Some((
            both.above.coefficients()?,
            both.below.coefficients()?,
        ))),
        None => Ok(None),
    }
}

fn ratios<'a>(lent: &'a Option<Lent<'_>>) -> Option<Ratios<'a>> {
    lent.as_ref().map(|(above, below)| Ratios {
        numerators: above,
        denominators: below,
    })
}

#[pyfunction]
fn value_positions(
    py: Python<'_>,
    columns: Pair<'_>,
    scales: (i64, i64),
    multipliers: Option<Pair<'_>>,
    rates: Option<Pair<'_>>,
    settled: Option<Bound<'_, PyAny>>,
) -> PyResult<(Column, Sums)> {
    let price_scale = required_scale(scales.1)?;
    let amounts = Vector::scaled(&columns.0, "amounts", required_scale(scales.0)?)?;
    let prices = Vector::scaled(&columns.1, "prices", price_scale)?;
    let settled = settled
        .map(|column| Vector::scaled(&column, "settled_prices", price_scale))
        .transpose()?;
    let (multipliers, rates) = (
        Both::read(multipliers, "multipliers")?,
        Both::read(rates, "rates")?,
    );
    let (multipliers, rates) = (lent(&multipliers)?, lent(&rates)?);
    let (amount_values, price_values) = (amounts.coefficients()?, prices.coefficients()?);
    let settled_values = settled.as_ref().map(Vector::coefficients).transpose()?;
    let positions = Positions {
        amounts: amounts.decimals(&amount_values),
        prices: prices.decimals(&price_values),
        multipliers: ratios(&multipliers),
        rates: ratios(&rates),
        settled: settled
            .as_ref()
            .zip(settled_values.as_deref())
            .map(|(column, values)| column.decimals(values)),
    };
    let given = || format!("value_positions of {} positions", amount_values.len());
    let (coefficients, totals) = detached(py, given, || {
        valuation::value_positions(positions, MONEY_SCALE)
    })?;
    let values = Values::Decimal {
        coefficients,
        precision: WIDEST_SCALE,
        scale: MONEY_SCALE,
    };
    Ok((Column::new(values), sums(totals)))
}

fn sums(totals: Totals) -> Sums {
    (
        totals.long_value,
        totals.short_value,
        totals.long_exposure,
        totals.short_exposure,
        totals.longs_count,
        totals.shorts_count,
        totals.unsettled,
    )
}
