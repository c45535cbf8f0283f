//! The native module of `rustybt_rs`: conversion and errors, nothing else.

use pyo3::prelude::*;

mod arrow;
mod errors;
mod indicators;
mod order_book;
mod resampling;
mod run;
mod simulation;
mod sweep;
mod valuation;
mod vectors;

/// The native module; what it shows is described in `_native.pyi`.
#[pymodule]
mod _native {
    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        errors::register(module)?;
        arrow::register(module)?;
        order_book::register(module)?;
        indicators::register(module)?;
        simulation::register(module)?;
        vectors::register(module)?;
        sweep::register(module)?;
        valuation::register(module)?;
        resampling::register(module)
    }
}
