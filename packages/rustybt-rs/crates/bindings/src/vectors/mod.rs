//! Decimal vectors: columns in, columns and coefficients out.

mod aggregates;
mod columns;
mod rolling;

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rustybt_kernels::error::{Error, Result};
use rustybt_kernels::fixed::{Rounding, WIDEST_SCALE};
use rustybt_kernels::vectors::{Computed, Decimals, Scalar, Window};

use crate::arrow::{read, Column, Imported, Kind, Values};
use crate::errors::invalid;
use crate::run::detached;

/// Show the functions in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    aggregates::register(module)?;
    columns::register(module)?;
    rolling::register(module)
}

/// A decimal column, or one number, that Python lends.
pub(crate) struct Vector {
    name: String,
    scale: u32,
    source: Source,
    valid: Option<Vec<bool>>,
}

enum Source {
    Lent(Imported),
    One([i128; 1]),
}

impl Vector {
    /// A column of decimals or whole numbers; or coefficient and scale of one number.
    fn read(given: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        if given.is_instance_of::<PyTuple>() {
            let (coefficient, scale): (i128, u32) = given.extract()?;
            return Ok(Vector {
                name: field.to_string(),
                scale: checked(scale)?,
                source: Source::One([coefficient]),
                valid: None,
            });
        }
        let imported = read(given, field)?;
        let scale = match imported.kind {
            Kind::Decimal { scale, .. } => checked(scale)?,
            _ => 0,
        };
        Ok(Vector {
            name: name_of(given, field),
            scale,
            valid: imported.validity(),
            source: Source::Lent(imported),
        })
    }

    /// A column of decimals, or of coefficients at a scale.
    pub(crate) fn scaled(given: &Bound<'_, PyAny>, field: &str, scale: u32) -> PyResult<Self> {
        let mut vector = Vector::read(given, field)?;
        if matches!(&vector.source, Source::Lent(imported) if imported.kind == Kind::Int64) {
            vector.scale = scale;
        }
        Ok(vector)
    }

    /// A column of whole numbers, none of them missing.
    pub(crate) fn whole(given: &Bound<'_, PyAny>, field: &str) -> PyResult<Self> {
        let vector = Vector::read(given, field)?;
        if vector.scale != 0 || vector.valid.is_some() {
            let reason = "give whole numbers, none of them null";
            return Err(invalid(field, &vector.name, reason));
        }
        Ok(vector)
    }

    /// The coefficients, lent.
    pub(crate) fn coefficients(&self) -> PyResult<Cow<'_, [i128]>> {
        match &self.source {
            Source::Lent(imported) => imported.coefficients(&self.name),
            Source::One(value) => Ok(Cow::Borrowed(value)),
        }
    }

    /// The column as kernels take it.
    pub(crate) fn decimals<'a>(&'a self, values: &'a [i128]) -> Decimals<'a> {
        Decimals {
            values,
            valid: self.valid.as_deref(),
            scale: self.scale,
        }
    }

    fn len(&self) -> usize {
        match &self.source {
            Source::Lent(imported) => imported.len(),
            Source::One(_) => 1,
        }
    }

    /// Run a kernel of one column.
    fn run<T: Send>(
        &self,
        py: Python<'_>,
        function: &str,
        kernel: impl FnOnce(Decimals<'_>) -> Result<T> + Send,
    ) -> PyResult<T> {
        let values = self.coefficients()?;
        let column = self.decimals(&values);
        let given = || format!("{function} of {} rows of '{}'", self.len(), self.name);
        let what = format!("{function} of column '{}'", self.name);
        detached(py, given, || {
            kernel(column).map_err(|error| named(error, &what))
        })
    }

    /// Run a kernel of two columns.
    fn run_with<T: Send>(
        &self,
        other: &Vector,
        py: Python<'_>,
        function: &str,
        kernel: impl FnOnce(Decimals<'_>, Decimals<'_>) -> Result<T> + Send,
    ) -> PyResult<T> {
        let (values, others) = (self.coefficients()?, other.coefficients()?);
        let (a, b) = (self.decimals(&values), other.decimals(&others));
        let names = format!("'{}' and '{}'", self.name, other.name);
        let given = || format!("{function} of {} rows of {names}", self.len());
        let what = format!("{function} of columns {names}");
        detached(py, given, || {
            kernel(a, b).map_err(|error| named(error, &what))
        })
    }
}

/// The name that a Polars series has.
fn name_of(given: &Bound<'_, PyAny>, field: &str) -> String {
    let name = given.getattr("name").and_then(|name| name.extract());
    name.ok()
        .filter(|name: &String| !name.is_empty())
        .unwrap_or_else(|| field.to_string())
}

fn checked(scale: u32) -> PyResult<u32> {
    if scale > WIDEST_SCALE {
        return Err(invalid("scale", scale, "give at most 38 digits"));
    }
    Ok(scale)
}

/// The overflow with the function and the column in front.
fn named(error: Error, what: &str) -> Error {
    match error {
        Error::Overflow { what: place } => Error::overflow(format!("{what}, {place}")),
        other => other,
    }
}

fn column(computed: Computed) -> Column {
    let values = Values::Decimal {
        coefficients: computed.values,
        precision: WIDEST_SCALE,
        scale: computed.scale,
    };
    Column::with_nulls(values, computed.valid)
}

fn scale_of(scale: Option<i64>) -> PyResult<Option<u32>> {
    scale.map(required_scale).transpose()
}

pub(crate) fn required_scale(scale: i64) -> PyResult<u32> {
    u32::try_from(scale)
        .ok()
        .filter(|&scale| scale <= WIDEST_SCALE)
        .ok_or_else(|| invalid("scale", scale, "give 0 to 38 digits"))
}

fn count_of(field: &str, count: i64) -> PyResult<usize> {
    let reason = "give a number that is not negative";
    usize::try_from(count).map_err(|_| invalid(field, count, reason))
}

fn window_of(rows: i64, min_periods: Option<i64>) -> PyResult<Window> {
    let rows = count_of("window", rows)?;
    let least = min_periods.map(|least| count_of("min_periods", least));
    Window::new(rows, least.transpose()?).map_err(crate::errors::raised)
}

fn rounding_of(name: &str) -> PyResult<Rounding> {
    name.parse().map_err(crate::errors::raised)
}
