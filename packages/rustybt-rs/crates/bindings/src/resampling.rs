//! Shorter bars, or trades, into bars.

use std::borrow::Cow;

use pyo3::prelude::*;
use rustybt_kernels::resampling::{self, Groups, Known, Rows};

use crate::arrow::{read, Column, Imported, Values};
use crate::errors::raised;
use crate::run::detached;

/// Show the functions in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(fold_bars, module)?)?;
    module.add_function(wrap_pyfunction!(groups_by_length, module)?)?;
    module.add_function(wrap_pyfunction!(groups_by_edges, module)?)
}

type Five<'py> = (
    Bound<'py, PyAny>,
    Bound<'py, PyAny>,
    Bound<'py, PyAny>,
    Bound<'py, PyAny>,
    Bound<'py, PyAny>,
);

/// A column and what of it is there.
struct Field {
    name: &'static str,
    column: Imported,
    valid: Option<Vec<bool>>,
}

impl Field {
    fn read(given: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Self> {
        let column = read(given, name)?;
        let valid = column.validity();
        Ok(Field {
            name,
            column,
            valid,
        })
    }

    fn values(&self) -> PyResult<Cow<'_, [i64]>> {
        self.column.int64(self.name)
    }

    fn known<'a>(&'a self, values: &'a [i64]) -> Known<'a> {
        Known {
            values,
            valid: self.valid.as_deref(),
        }
    }
}

#[pyfunction]
fn fold_bars(
    py: Python<'_>,
    columns: Five<'_>,
    starts: &Bound<'_, PyAny>,
) -> PyResult<(Column, Column, Column, Column, Column)> {
    let fields = [
        Field::read(&columns.0, "open")?,
        Field::read(&columns.1, "high")?,
        Field::read(&columns.2, "low")?,
        Field::read(&columns.3, "close")?,
        Field::read(&columns.4, "volume")?,
    ];
    let values: Vec<_> = fields.iter().map(Field::values).collect::<PyResult<_>>()?;
    let known = |place: usize| fields[place].known(&values[place]);
    let rows = Rows {
        open: known(0),
        high: known(1),
        low: known(2),
        close: known(3),
        volume: known(4),
    };
    let starts = Field::read(starts, "starts")?;
    let starts = starts.values()?;
    let given = || format!("fold_bars of {} rows", rows.open.values.len());
    let bars = detached(py, given, || resampling::fold(rows, &starts))?;
    Ok((
        optional(bars.open),
        optional(bars.high),
        optional(bars.low),
        optional(bars.close),
        Column::new(Values::Int64(bars.volume)),
    ))
}

fn optional(values: Vec<Option<i64>>) -> Column {
    let valid = values
        .iter()
        .any(Option::is_none)
        .then(|| values.iter().map(Option::is_some).collect());
    let filled = values.into_iter().map(Option::unwrap_or_default).collect();
    Column::with_nulls(Values::Int64(filled), valid)
}

fn grouped(groups: Groups) -> (Column, Column) {
    (
        Column::new(Values::Int64(groups.starts)),
        Column::new(Values::Int64(groups.labels)),
    )
}

#[pyfunction]
fn groups_by_length(
    py: Python<'_>,
    at: &Bound<'_, PyAny>,
    length: i64,
    origin: i64,
    closed: &str,
) -> PyResult<(Column, Column)> {
    let closed = closed.parse().map_err(raised)?;
    let at = Field::read(at, "at")?;
    let at = at.values()?;
    let given = || format!("groups_by_length of {} rows", at.len());
    let groups = detached(py, given, || {
        resampling::by_length(&at, length, origin, closed)
    })?;
    Ok(grouped(groups))
}

#[pyfunction]
fn groups_by_edges(
    py: Python<'_>,
    at: &Bound<'_, PyAny>,
    edges: &Bound<'_, PyAny>,
    closed: &str,
) -> PyResult<(Column, Column)> {
    let closed = closed.parse().map_err(raised)?;
    let (at, edges) = (Field::read(at, "at")?, Field::read(edges, "edges")?);
    let (at, edges) = (at.values()?, edges.values()?);
    let given = || format!("groups_by_edges of {} rows", at.len());
    let groups = detached(py, given, || resampling::by_edges(&at, &edges, closed))?;
    Ok(grouped(groups))
}
