//! The built-in cost models of a run, read once from their objects in Python.

use std::collections::HashMap;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use rustybt_kernels::simulation::{Commission, Scaled, Slippage};

/// A model that the kernel computes itself, or one that has to be called.
#[derive(Debug, Clone)]
pub enum Known<T> {
    /// Computed here.
    Ours(T),
    /// A user's model, or one whose answers are no finite decimals.
    Called,
}

/// The models that were met so far, by identity; each is kept alive.
#[derive(Default)]
pub struct Models {
    slippage: HashMap<usize, (Py<PyAny>, Known<Slippage>)>,
    commission: HashMap<usize, (Py<PyAny>, Known<Commission>)>,
}

impl Models {
    /// Show the garbage collector which models are kept.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        for (model, _) in self.slippage.values() {
            visit.call(model)?;
        }
        for (model, _) in self.commission.values() {
            visit.call(model)?;
        }
        Ok(())
    }

    /// What a slippage model is.
    pub fn slippage(
        &mut self,
        model: &Bound<'_, PyAny>,
        describe: &Bound<'_, PyAny>,
    ) -> PyResult<Known<Slippage>> {
        lookup(&mut self.slippage, model, describe, |name, given| {
            match (name, given) {
                ("NoSlippage", []) => Known::Ours(Slippage::None),
                ("FixedSlippage", &[half_spread]) => Known::Ours(Slippage::Fixed { half_spread }),
                ("FixedBasisPointsSlippage", &[share, volume_limit]) => {
                    Known::Ours(Slippage::BasisPoints {
                        share,
                        volume_limit,
                    })
                }
                _ => Known::Called,
            }
        })
    }

    /// What a commission model is.
    pub fn commission(
        &mut self,
        model: &Bound<'_, PyAny>,
        describe: &Bound<'_, PyAny>,
    ) -> PyResult<Known<Commission>> {
        lookup(
            &mut self.commission,
            model,
            describe,
            |name, given| match (name, given) {
                ("NoCommission", []) => Known::Ours(Commission::None),
                ("PerShare", &[cost, minimum]) => {
                    Known::Ours(Commission::PerShare { cost, minimum })
                }
                ("PerTrade", &[cost]) => Known::Ours(Commission::PerTrade { cost }),
                ("PerDollar", &[cost]) => Known::Ours(Commission::PerDollar { cost }),
                _ => Known::Called,
            },
        )
    }
}

fn lookup<T: Clone>(
    known: &mut HashMap<usize, (Py<PyAny>, Known<T>)>,
    model: &Bound<'_, PyAny>,
    describe: &Bound<'_, PyAny>,
    make: impl FnOnce(&str, &[Scaled]) -> Known<T>,
) -> PyResult<Known<T>> {
    let identity = model.as_ptr() as usize;
    if let Some((_, found)) = known.get(&identity) {
        return Ok(found.clone());
    }
    let facts: Option<(String, Vec<(i128, u32)>)> = describe.call1((model,))?.extract()?;
    let found = match facts {
        None => Known::Called,
        Some((name, parameters)) => {
            let scaled = |&(coefficient, scale): &(i128, u32)| Scaled { coefficient, scale };
            let given: Vec<Scaled> = parameters.iter().map(scaled).collect();
            make(&name, &given)
        }
    };
    known.insert(identity, (model.clone().unbind(), found.clone()));
    Ok(found)
}
