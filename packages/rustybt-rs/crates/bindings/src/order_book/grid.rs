//! Python's `Decimal`s as ticks and lots, and back.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt};
use rustybt_kernels::order_book::Unit;

use crate::errors::{invalid, raised, NumberTooLargeError};

/// Digits of the context for `Decimal`s: 39 of a sum of 128 bits times 19 of a step, and more.
const DIGITS: u32 = 80;

/// What every `Decimal` passes through, so that a program's own context changes nothing.
pub struct Decimals {
    class: Py<PyAny>,
    divmod: Py<PyAny>,
    multiply: Py<PyAny>,
    signal: Py<PyAny>,
}

impl Decimals {
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        let module = py.import("decimal")?;
        let options = PyDict::new(py);
        options.set_item("prec", DIGITS)?;
        options.set_item("traps", vec![module.getattr("InvalidOperation")?])?;
        let context = module.getattr("Context")?.call((), Some(&options))?;
        Ok(Decimals {
            class: module.getattr("Decimal")?.unbind(),
            divmod: context.getattr("divmod")?.unbind(),
            multiply: context.getattr("multiply")?.unbind(),
            signal: module.getattr("InvalidOperation")?.unbind(),
        })
    }
}

/// A tick or a lot, for `Decimal`s.
pub struct Step {
    pub unit: Unit,
    value: Py<PyAny>,
}

impl Step {
    /// The step of a `Decimal` or an int.
    pub fn new(
        name: &'static str,
        value: &Bound<'_, PyAny>,
        decimals: &Decimals,
    ) -> PyResult<Self> {
        let py = value.py();
        decimals.check(name, value)?;
        let value = decimals.class.bind(py).call1((value,))?;
        let unusable = || invalid(name, &value, "a step is a finite number above zero");
        if !value.call_method0("is_finite")?.is_truthy()? {
            return Err(unusable());
        }
        let exponent: i64 = value
            .call_method0("as_tuple")?
            .getattr("exponent")?
            .extract()?;
        let scale = u32::try_from(-exponent.min(0)).map_err(|_| unusable())?;
        let coefficient: i64 = value
            .call_method1("scaleb", (scale,))?
            .call_method0("__int__")?
            .extract()
            .map_err(|_| unusable())?;
        let unit = Unit::new(name, coefficient, scale).map_err(raised)?;
        let zero_scale = decimals
            .class
            .bind(py)
            .call1((value.call_method0("__int__")?,))?;
        let value = if exponent > 0 { zero_scale } else { value };
        Ok(Step {
            unit,
            value: value.unbind(),
        })
    }

    /// How many steps a `Decimal` or an int is.
    pub fn steps(
        &self,
        field: &str,
        value: &Bound<'_, PyAny>,
        decimals: &Decimals,
    ) -> PyResult<i64> {
        let py = value.py();
        decimals.check(field, value)?;
        let divided = decimals.divmod.bind(py).call1((value, &self.value));
        let parts = divided.map_err(|error| decimals.explained(py, error, field, value))?;
        let (quotient, rest) = parts.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        if rest.call_method0("is_nan")?.is_truthy()? {
            return Err(invalid(field, value, "give a finite number"));
        }
        if rest.is_truthy()? {
            return Err(raised(self.unit.off(field, value)));
        }
        let whole = quotient.call_method0("__int__")?;
        whole.extract().map_err(|_| {
            NumberTooLargeError::new_err(format!(
                "{field} {value}: the number does not fit; use a larger step"
            ))
        })
    }

    /// The `Decimal` of so many steps.
    pub fn decimal<'py>(
        &self,
        py: Python<'py>,
        steps: i128,
        decimals: &Decimals,
    ) -> PyResult<Bound<'py, PyAny>> {
        decimals.multiply.bind(py).call1((steps, &self.value))
    }
}

impl Decimals {
    /// Refuse what is neither a `Decimal` nor an int.
    fn check(&self, field: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let class = self.class.bind(value.py());
        if value.is_instance(class)? || value.is_instance_of::<PyInt>() {
            return Ok(());
        }
        let name = value.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "{field}: give a Decimal or an int, not {name} (met {value})"
        )))
    }

    fn explained(
        &self,
        py: Python<'_>,
        error: PyErr,
        field: &str,
        value: &Bound<'_, PyAny>,
    ) -> PyErr {
        if error.matches(py, &self.signal).unwrap_or(false) {
            return invalid(field, value, "give a finite number that fits");
        }
        error
    }

    /// The product of two sums of steps: ticks x lots as a `Decimal`.
    pub fn product<'py>(
        &self,
        py: Python<'py>,
        steps: i128,
        tick: &Step,
        lot: &Step,
    ) -> PyResult<Bound<'py, PyAny>> {
        let sum = tick.decimal(py, steps, self)?;
        self.multiply.bind(py).call1((sum, &lot.value))
    }
}
