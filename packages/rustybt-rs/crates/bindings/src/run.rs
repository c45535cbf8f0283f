//! The one place where kernels run: without the interpreter's lock, their panics caught.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

use pyo3::prelude::*;
use rustybt_kernels::error::Result;

use crate::errors::{raised, KernelPanicError};

/// Run a kernel while other Python threads go on.
///
/// `given` describes the function and its input; it is asked only when the kernel panics.
///
/// # Errors
/// The kernel's error as a Python exception; `KernelPanicError` for a defect of the kernel.
pub fn detached<T: Send>(
    py: Python<'_>,
    given: impl FnOnce() -> String,
    kernel: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let done = py.detach(|| catch_unwind(AssertUnwindSafe(kernel)).map_err(message));
    finished(done, given)
}

/// Run a kernel that takes less time than giving the lock away does.
///
/// # Errors
/// As [`detached`].
pub fn briefly<T>(
    given: impl FnOnce() -> String,
    kernel: impl FnOnce() -> Result<T>,
) -> PyResult<T> {
    finished(
        catch_unwind(AssertUnwindSafe(kernel)).map_err(message),
        given,
    )
}

fn finished<T>(
    done: std::result::Result<Result<T>, String>,
    given: impl FnOnce() -> String,
) -> PyResult<T> {
    match done {
        Ok(result) => result.map_err(raised),
        Err(text) => Err(defect(&given(), &text)),
    }
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => match other.downcast::<&'static str>() {
            Ok(text) => (*text).to_string(),
            Err(_) => "a kernel panicked".to_string(),
        },
    }
}

/// Run what works on Python's own objects, its panics caught.
///
/// # Errors
/// What it raises; `KernelPanicError` for a defect.
pub fn guarded<T>(
    given: impl FnOnce() -> String,
    work: impl FnOnce() -> PyResult<T>,
) -> PyResult<T> {
    match catch_unwind(AssertUnwindSafe(work)).map_err(message) {
        Ok(result) => result,
        Err(text) => Err(defect(&given(), &text)),
    }
}

fn defect(given: &str, text: &str) -> PyErr {
    KernelPanicError::new_err(format!("{given}: {text}; please report this"))
}
