//! Columns in and out through Arrow's C data interface, without a copy.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html> and its PyCapsule protocol: whatever
//! has `__arrow_c_stream__` or `__arrow_c_array__` (a Polars series, a pyarrow array) is read in
//! place; [`Column`] hands a kernel's result over.

mod export;
mod import;
mod raw;

pub use export::{Column, Values};
pub use import::{read, Imported, Kind};

use pyo3::prelude::*;

use crate::run::detached;

/// Show the column in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Column>()?;
    module.add_function(wrap_pyfunction!(copy_column, module)?)
}

/// Read a column and hand it back: what a test of the interface calls.
#[pyfunction]
fn copy_column(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Column> {
    let imported = read(column, "column")?;
    let given = || format!("copy_column of {} values", imported.len());
    let valid = detached(py, given, || Ok(imported.validity()))?;
    let values = match imported.kind {
        Kind::Int64 => Values::Int64(imported.int64("column")?.into_owned()),
        Kind::Float64 => Values::Float64(imported.float64("column")?.into_owned()),
        Kind::Decimal { precision, scale } => Values::Decimal {
            coefficients: imported.coefficients("column")?.into_owned(),
            precision,
            scale,
        },
        Kind::Timestamp(ref format) => Values::Timestamp {
            values: imported.int64("column")?.into_owned(),
            format: format.clone(),
        },
    };
    Ok(Column::with_nulls(values, valid))
}
