//! Windows.

use pyo3::prelude::*;
use rustybt_kernels::vectors;

use super::{column as exported, count_of, scale_of, window_of, Vector};
use crate::arrow::Column;

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(vector_rolling_sum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_minimum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_maximum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_mean, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_variance, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_standard_deviation, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_zscore, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_quantile, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_covariance, module)?)?;
    module.add_function(wrap_pyfunction!(vector_rolling_correlation, module)?)
}

#[pyfunction]
fn vector_rolling_sum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_sum", |values| {
        vectors::rolling_sum(values, window)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_minimum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_minimum", |values| {
        vectors::rolling_minimum(values, window)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_maximum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_maximum", |values| {
        vectors::rolling_maximum(values, window)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_mean(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_mean", |values| {
        vectors::rolling_mean(values, window, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_variance(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    ddof: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let ddof = count_of("ddof", ddof)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_variance", |values| {
        vectors::rolling_variance(values, window, ddof, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_standard_deviation(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    ddof: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let ddof = count_of("ddof", ddof)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_standard_deviation", |values| {
        vectors::rolling_standard_deviation(values, window, ddof, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_zscore(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    ddof: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let ddof = count_of("ddof", ddof)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_zscore", |values| {
        vectors::rolling_zscore(values, window, ddof, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_quantile(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    q: (i64, i64),
    interpolation: &str,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let interpolation = interpolation.parse().map_err(crate::errors::raised)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, "rolling_quantile", |values| {
        vectors::rolling_quantile(values, window, q, interpolation, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_covariance(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    window: i64,
    ddof: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let ddof = count_of("ddof", ddof)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let other = Vector::read(other, "other")?;
    let run = vector.run_with(&other, py, "rolling_covariance", |a, b| {
        vectors::rolling_covariance(a, b, window, ddof, scale)
    });
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_correlation(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    window: i64,
    scale: Option<i64>,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    let scale = scale_of(scale)?;
    let vector = Vector::read(column, "column")?;
    let other = Vector::read(other, "other")?;
    let run = vector.run_with(&other, py, "rolling_correlation", |a, b| {
        vectors::rolling_correlation(a, b, window, scale)
    });
    run.map(exported)
}
