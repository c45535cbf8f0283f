//! Whole numbers of Python in and out.

use pyo3::prelude::*;
use pyo3::types::PyInt;

/// A number of 64 bits; None where it has more.
#[inline]
pub fn int64(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let number = value.cast::<PyInt>()?;
    Ok(number.extract::<i64>().ok())
}

/// A number of 128 bits; None where it has more.
#[inline]
pub fn int128(value: &Bound<'_, PyAny>) -> PyResult<Option<i128>> {
    let number = value.cast::<PyInt>()?;
    match number.extract::<i64>() {
        Ok(short) => Ok(Some(i128::from(short))),
        Err(_) => Ok(number.extract::<i128>().ok()),
    }
}

/// A Python integer.
#[inline]
pub fn integer(py: Python<'_>, value: i128) -> PyResult<Bound<'_, PyAny>> {
    Ok(match i64::try_from(value) {
        Ok(short) => short.into_pyobject(py)?.into_any(),
        Err(_) => value.into_pyobject(py)?.into_any(),
    })
}
