//! One number of a column.

use pyo3::prelude::*;
use rustybt_kernels::vectors;

use super::{count_of, required_scale, rounding_of, scale_of, Scalar, Vector};

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(vector_sum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_mean, module)?)?;
    module.add_function(wrap_pyfunction!(vector_minimum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_maximum, module)?)?;
    module.add_function(wrap_pyfunction!(vector_variance, module)?)?;
    module.add_function(wrap_pyfunction!(vector_standard_deviation, module)?)?;
    module.add_function(wrap_pyfunction!(vector_covariance, module)?)?;
    module.add_function(wrap_pyfunction!(vector_correlation, module)?)?;
    module.add_function(wrap_pyfunction!(vector_quantile, module)?)?;
    module.add_function(wrap_pyfunction!(vector_dot, module)?)
}

#[pyfunction]
fn vector_sum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    Vector::read(column, "column")?.run(py, "sum", vectors::sum)
}

#[pyfunction]
fn vector_mean(py: Python<'_>, column: &Bound<'_, PyAny>, scale: Option<i64>) -> PyResult<Scalar> {
    let scale = scale_of(scale)?;
    Vector::read(column, "column")?.run(py, "mean", |values| vectors::mean(values, scale))
}

#[pyfunction]
fn vector_minimum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    Vector::read(column, "column")?.run(py, "minimum", vectors::minimum)
}

#[pyfunction]
fn vector_maximum(py: Python<'_>, column: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    Vector::read(column, "column")?.run(py, "maximum", vectors::maximum)
}

#[pyfunction]
fn vector_variance(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    ddof: i64,
    scale: Option<i64>,
) -> PyResult<Scalar> {
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    Vector::read(column, "column")?.run(py, "variance", |values| {
        vectors::variance(values, ddof, scale)
    })
}

#[pyfunction]
fn vector_standard_deviation(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    ddof: i64,
    scale: Option<i64>,
) -> PyResult<Scalar> {
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    Vector::read(column, "column")?.run(py, "standard_deviation", |values| {
        vectors::standard_deviation(values, ddof, scale)
    })
}

#[pyfunction]
fn vector_covariance(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    ddof: i64,
    scale: Option<i64>,
) -> PyResult<Scalar> {
    let (ddof, scale) = (count_of("ddof", ddof)?, scale_of(scale)?);
    let other = Vector::read(other, "other")?;
    Vector::read(column, "column")?.run_with(&other, py, "covariance", |a, b| {
        vectors::covariance(a, b, ddof, scale)
    })
}

#[pyfunction]
fn vector_correlation(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    scale: Option<i64>,
) -> PyResult<Scalar> {
    let scale = scale_of(scale)?;
    let other = Vector::read(other, "other")?;
    Vector::read(column, "column")?.run_with(&other, py, "correlation", |a, b| {
        vectors::correlation(a, b, scale)
    })
}

#[pyfunction]
fn vector_quantile(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    q: (i64, i64),
    interpolation: &str,
    scale: Option<i64>,
) -> PyResult<Scalar> {
    let interpolation = interpolation.parse().map_err(crate::errors::raised)?;
    let scale = scale_of(scale)?;
    Vector::read(column, "column")?.run(py, "quantile", |values| {
        vectors::quantile(values, q, interpolation, scale)
    })
}

#[pyfunction]
fn vector_dot(
    py: Python<'_>,
    column: &Bound<'_, PyAny>,
    other: &Bound<'_, PyAny>,
    scale: i64,
    rounding: &str,
) -> PyResult<Scalar> {
    let (scale, rounding) = (required_scale(scale)?, rounding_of(rounding)?);
    let other = Vector::read(other, "other")?;
    Vector::read(column, "column")?.run_with(&other, py, "dot", |a, b| {
        vectors::dot(a, b, scale, rounding)
    })
}
