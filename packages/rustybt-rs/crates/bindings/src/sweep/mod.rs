//! The sweep: columns and parameters in, columns out.

mod market;
mod outcome;
mod signals;

use pyo3::prelude::*;
use rustybt_kernels::sweep::Dec;

use self::market::SweepMarket;
use self::outcome::SweepRun;
use self::signals::SweepSignals;

/// A decimal as Python hands it over: coefficient and scale.
type Number = (i128, u32);

fn dec((coefficient, scale): Number) -> Dec {
    Dec::new(coefficient, scale)
}

/// Show the classes in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SweepMarket>()?;
    module.add_class::<SweepSignals>()?;
    module.add_class::<SweepRun>()
}
