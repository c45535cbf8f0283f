//! Windows.

use pyo3::prelude::*;
use rustybt_kernels::error::Result;
use rustybt_kernels::vectors::{self, Computed, Decimals, Window};

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

/// A kernel over the windows of one column.
fn windowed(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    name: &str,
    window: Window,
    kernel: impl FnOnce(Decimals<'_>, Window) -> Result<Computed> + Send,
) -> PyResult<Column> {
    let vector = Vector::read(column, "column")?;
    let run = vector.run(py, name, |values| kernel(values, window));
    run.map(exported)
}

#[pyfunction]
fn vector_rolling_sum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    windowed(py, column, "rolling_sum", window, vectors::rolling_sum)
}

#[pyfunction]
fn vector_rolling_minimum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    windowed(
        py,
        column,
        "rolling_minimum",
        window,
        vectors::rolling_minimum,
    )
}

#[pyfunction]
fn vector_rolling_maximum(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    window: i64,
    min_periods: Option<i64>,
) -> PyResult<Column> {
    let window = window_of(window, min_periods)?;
    windowed(
        py,
        column,
        "rolling_maximum",
        window,
        vectors::rolling_maximum,
    )
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
    windowed(py, column, "rolling_mean", window, |values, window| {
        vectors::rolling_mean(values, window, scale)
    })
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
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    windowed(py, column, "rolling_variance", window, |values, window| {
        vectors::rolling_variance(values, window, ddof, scale)
    })
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
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    windowed(
        py,
        column,
        "rolling_standard_deviation",
        window,
        |values, window| vectors::rolling_standard_deviation(values, window, ddof, scale),
    )
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
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    windowed(py, column, "rolling_zscore", window, |values, window| {
        vectors::rolling_zscore(values, window, ddof, scale)
    })
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
