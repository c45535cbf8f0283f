//! The fused kernel: venue and book of a run in one call a bar.
//!
//! The state of a run is that of the reference kernel: the objects that `KernelParts` names. A bar
//! is matched and posted here as far as it is plain; whatever is not (orders with terms, groups,
//! accounts with limits, latency, a user's models, other currencies, numbers beyond 64 bits) is
//! handed to the reference's own methods, order by order or asset by asset, in the same sequence.

mod book;
mod models;
mod numbers;
mod orders;
mod parts;
mod venue;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::run::guarded;
use parts::Parts;

/// What a bar does to orders and book; see `rustybt.simulation.kernel.Kernel`.
#[pyclass(module = "rustybt_rs")]
pub struct SimulationKernel {
    parts: Parts,
    nothing: Py<PyTuple>,
}

#[pymethods]
impl SimulationKernel {
    #[new]
    fn new(parts: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(SimulationKernel {
            parts: Parts::of(parts)?,
            nothing: PyTuple::empty(parts.py()).unbind(),
        })
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.parts.traverse(&visit)
    }

    #[getter]
    fn name(&self) -> &'static str {
        concat!("rust ", env!("CARGO_PKG_VERSION"))
    }

    /// Whether a bar without a resting order leaves it nothing to do.
    #[getter]
    fn idles(&self) -> bool {
        true
    }

    /// Match open orders against the bar that ended at `at` and post all that follows.
    fn advance<'py>(
        &mut self,
        py: Python<'py>,
        at: i64,
        session: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if self.parts.resting.bind(py).is_empty() {
            return Ok(self.nothing.bind(py).clone().into_any());
        }
        let parts = &mut self.parts;
        let given = || format!("SimulationKernel.advance(at={at}, session={session})");
        let done = guarded(given, || {
            let done = PyList::empty(py);
            venue::advance(py, parts, at, session, &done)?;
            book::post(py, parts, &done)?;
            Ok(done)
        })?;
        Ok(done.into_any())
    }

    /// Let a new market order without terms come into the market.
    fn enter(&self, order: &Bound<'_, PyAny>, at: i64) -> PyResult<bool> {
        let given = || format!("SimulationKernel.enter({order}, at={at})");
        guarded(given, || orders::enter(&self.parts, order, at))
    }
}

/// Show the kernel in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SimulationKernel>()
}
