//! Cumulative and row by row.

use pyo3::prelude::*;
use rustybt_kernels::vectors;

use super::{column as exported, count_of, required_scale, rounding_of, scale_of, Vector};
use crate::arrow::{Column, Values};

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(vector_decimals, module)?)?;
    module.add_function(wrap_pyfunction!(vector_coefficients, module)?)?;
    module.add_function(wrap_pyfunction!(vector_cumulative_sum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_cumulative_minimum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_cumulative_maximum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_cumulative_product, module)?)?;
    module.add_function(wrap_pyfunction!(vector_difference, module)?)?;
    module.add_function(wrap_pyfunction!(vector_percentage_change, module)?)?;
    module.add_function(wrap_pyfunction!(vector_ewm_mean, module)?)?;
    module.add_function(wrap_pyfunction!(vector_multiply, module)?)?;
    module.add_function(wrap_pyfunction!(vector_divide, module)?)?;
    module.add_function(wrap_pyfunction!(vector_round, module)?)
}

#[pyfunction]
fn vector_decimals(py: Python<'_>, column: &Bound<'_, PyAny>, scale: i64) -> PyResult<Column> {
    let mut vector = Vector::read(column, "column")?;
    vector.scale = required_scale(scale)?;
    let same = vector.scale;
    let rounding = rustybt_kernels::fixed::Rounding::HalfEven;
    let run = vector.run(py, "decimals", |values| {
        vectors::round(values, same, rounding)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_coefficients(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Column> {
    let vector = Vector::read(column, "column")?;
    let values = vector.run(py, "coefficients", vectors::coefficients)?;
    Ok(Column::with_nulls(Values::Int64(values), vector.valid))
}

#[pyfunction]
fn vector_cumulative_sum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Column> {
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "cumulative_sum", vectors::cumulative_sum);
    run.map(exported)
}

#[pyfunction]
fn vector_cumulative_minimum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Column> {
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "cumulative_minimum", vectors::cumulative_minimum);
    run.map(exported)
}

#[pyfunction]
fn vector_cumulative_maximum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Column> {
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "cumulative_maximum", vectors::cumulative_maximum);
    run.map(exported)
}

#[pyfunction]
fn vector_cumulative_product(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    scale: Option<i64>,
) -> PyResult<Column> {
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "cumulative_product", |values| {
        vectors::cumulative_product(values, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_difference(py: Python<'_>, column: &Bound<'_, PyAny>, periods: i64) -> PyResult<Column> {
    let periods = count_of("periods", periods)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "difference", |values| {
        vectors::difference(values, periods)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_percentage_change(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    periods: i64,
    scale: Option<i64>,
) -> PyResult<Column> {
    let (periods, scale) = (count_of("periods", periods)?, scale_of(scale)?);
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "percentage_change", |values| {
        vectors::percentage_change(values, periods, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_ewm_mean(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    alpha: (i64, i64),
    scale: Option<i64>,
) -> PyResult<Column> {
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "ewm_mean", |values| {
        vectors::ewm_mean(values, alpha, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_multiply(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    scale: i64,
    rounding: &str,
) -> PyResult<Column> {
    let (scale, rounding) = (required_scale(scale)?, rounding_of(rounding)?);
    let (vector, other) = (
        Vector::read(column, "column")?,
        Vector::read(other, "other")?,
    );
    let run = vector.run_with(&other, py, "multiply", |a, b| {
        vectors::multiply(a, b, scale, rounding)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_divide(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    scale: i64,
    rounding: &str,
) -> PyResult<Column> {
    let (scale, rounding) = (required_scale(scale)?, rounding_of(rounding)?);
    let (vector, other) = (
        Vector::read(column, "column")?,
        Vector::read(other, "other")?,
    );
    let run = vector.run_with(&other, py, "divide", |a, b| {
        vectors::divide(a, b, scale, rounding)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_round(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    scale: i64,
    rounding: &str,
) -> PyResult<Column> {
    let (scale, rounding) = (required_scale(scale)?, rounding_of(rounding)?);
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "round", |values| {
        vectors::round(values, scale, rounding)
    });
    run.map(exported)
}
