//! Columns of bars.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rustybt_kernels::sweep::{AssetColumns, Market};

use super::{dec, Number};
use crate::arrow::{read, Imported, Kind};
use crate::errors::{invalid, raised};
use crate::run::detached;

/// The columns that all parameter sets read.
#[pyclass(frozen, module = "rustybt_rs._native")]
pub struct SweepMarket {
    pub(super) market: Arc<Market>,
}

#[pymethods]
impl SweepMarket {
    /// Columns of assets: a dict of columns and a lot for each.
    #[new]
    #[pyo3(signature = (assets, sessions=None))]
    fn new(
        py: Python<'_>,
        assets: Vec<(Bound<'_, PyDict>, Number)>,
        sessions: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let columns = assets
            .iter()
            .map(|(columns, lot)| asset_columns(columns, *lot))
            .collect::<PyResult<Vec<_>>>()?;
        let numbers = match sessions {
            Some(column) => Some(read(column, "sessions")?.int64("sessions")?.into_owned()),
            None => None,
        };
        let given = || format!("SweepMarket of {} assets", columns.len());
        let market = detached(py, given, || {
            Market::new(columns.clone(), numbers.as_deref())
        })?;
        Ok(SweepMarket {
            market: Arc::new(market),
        })
    }

    /// How many bars, sessions and assets there are.
    #[getter]
    fn shape(&self) -> (usize, usize, usize) {
        let market = &self.market;
        (market.bars, market.sessions, market.assets.len())
    }
}

/// The columns of an asset, prices at one scale.
fn asset_columns(columns: &Bound<'_, PyDict>, lot: Number) -> PyResult<AssetColumns> {
    let mut prices = Vec::new();
    for name in ["open", "high", "low", "close"] {
        let found = columns.get_item(name)?;
        let column = found.map(|column| coefficients(&column, name));
        prices.push(column.transpose()?.unwrap_or((Vec::new(), 0)));
    }
    let price_scale = prices.iter().map(|(_, scale)| *scale).max().unwrap_or(0);
    let mut aligned = prices
        .into_iter()
        .map(|(values, scale)| widened(values, price_scale - scale));
    let mut next = || aligned.next().unwrap_or_else(|| Ok(Vec::new()));
    let (open, high, low, close) = (next()?, next()?, next()?, next()?);
    let Some(volume) = columns.get_item("volume")? else {
        return Err(invalid("volume", "no column", "give one"));
    };
    let (volume, volume_scale) = coefficients(&volume, "volume")?;
    Ok(AssetColumns {
        open,
        high,
        low,
        close,
        volume,
        price_scale,
        volume_scale,
        lot: Some(dec(lot)),
    })
}

/// The coefficients of a column of decimals, whole numbers or floats, and their scale.
fn coefficients(column: &Bound<'_, PyAny>, field: &str) -> PyResult<(Vec<i64>, u32)> {
    let imported = read(column, field)?;
    let valid = imported.validity();
    let (mut values, scale) = match imported.kind {
        Kind::Int64 => (imported.int64(field)?.into_owned(), 0),
        Kind::Decimal { scale, .. } => (narrow(&imported, field)?, scale),
        Kind::Float64 => return from_floats(&imported.float64(field)?, valid.as_deref(), field),
        _ => {
            return Err(invalid(
                field,
                "another kind",
                "give Decimal, Int64 or Float64",
            ))
        }
    };
    if let Some(valid) = valid {
        for (value, is_there) in values.iter_mut().zip(valid) {
            if !is_there {
                *value = i64::MIN;
            }
        }
    }
    Ok((values, scale))
}

/// The coefficients of a column of decimals in 64 bits.
pub(super) fn narrow(imported: &Imported, field: &str) -> PyResult<Vec<i64>> {
    let valid = imported.validity();
    let wide = imported.coefficients(field)?;
    let narrowed = wide.iter().enumerate().map(|(row, &value)| {
        if valid.as_ref().is_some_and(|valid| !valid[row]) {
            return Ok(i64::MIN);
        }
        i64::try_from(value).map_err(|_| {
            invalid(
                &format!("{field} in row {row}"),
                value,
                "give at most 18 digits",
            )
        })
    });
    narrowed.collect()
}

/// Floats as the decimals of their shortest text, at the scale of the finest one.
fn from_floats(values: &[f64], valid: Option<&[bool]>, field: &str) -> PyResult<(Vec<i64>, u32)> {
    rustybt_kernels::sweep::coefficients(values, valid, field).map_err(raised)
}

fn widened(mut values: Vec<i64>, digits: u32) -> PyResult<Vec<i64>> {
    if digits > 0 {
        let unit = 10_i64.pow(digits.min(18));
        for value in &mut values {
            if *value != i64::MIN {
                *value = value.checked_mul(unit).ok_or_else(|| {
                    invalid(
                        "prices",
                        *value,
                        "give at most 18 digits in all columns alike",
                    )
                })?;
            }
        }
    }
    Ok(values)
}
