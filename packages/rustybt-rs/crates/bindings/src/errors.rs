//! Errors of the kernels as Python exceptions.

use pyo3::create_exception;
use pyo3::exceptions::{PyOverflowError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rustybt_kernels::error::Error;

create_exception!(
    rustybt_rs,
    InvalidInputError,
    PyValueError,
    "An argument that cannot be used; the message names it, the value met and what to do."
);
create_exception!(
    rustybt_rs,
    NumberTooLargeError,
    PyOverflowError,
    "A number left the range that its type has; nothing was computed with it."
);
create_exception!(
    rustybt_rs,
    KernelPanicError,
    PyRuntimeError,
    "A defect of a kernel; the message names the function and what it was given."
);

/// The Python exception of a kernel's error.
pub fn raised(error: Error) -> PyErr {
    match error {
        Error::Overflow { .. } => NumberTooLargeError::new_err(error.to_string()),
        Error::Invalid { .. } => InvalidInputError::new_err(error.to_string()),
    }
}

/// An argument that cannot be used.
pub fn invalid(field: &str, value: impl std::fmt::Display, reason: &str) -> PyErr {
    raised(Error::invalid(field, value, reason))
}

/// Show the exceptions in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("InvalidInputError", py.get_type::<InvalidInputError>())?;
    module.add("NumberTooLargeError", py.get_type::<NumberTooLargeError>())?;
    module.add("KernelPanicError", py.get_type::<KernelPanicError>())
}
