//! Indicators over columns that have the buffer protocol, such as numpy's.

use std::collections::HashMap;

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rustybt_kernels::indicators::{definition, definitions, Definition, Indicator};

use crate::errors::{invalid, raised};
use crate::run::{briefly, detached};

/// Fewer rows than these take less time than giving the interpreter's lock away.
const ROWS_MIN: usize = 1_000;

/// A parameter: name, minimum, maximum, whether it is a whole number.
type ParameterRow = (&'static str, f64, f64, bool);
/// An indicator: name, inputs, outputs, parameters.
type DefinitionRow = (
    &'static str,
    Vec<&'static str>,
    Vec<&'static str>,
    Vec<ParameterRow>,
);

/// Show the indicators in the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<IndicatorState>()?;
    module.add_function(wrap_pyfunction!(make_indicator, module)?)?;
    module.add_function(wrap_pyfunction!(indicator_table, module)?)
}

/// Every indicator that can be made.
#[pyfunction]
fn indicator_table() -> Vec<DefinitionRow> {
    let row = |each: &'static Definition| {
        let parameters = each.parameters.iter();
        (
            each.name,
            each.inputs.to_vec(),
            each.outputs.to_vec(),
            parameters
                .map(|one| (one.name, one.minimum, one.maximum, one.whole))
                .collect(),
        )
    };
    definitions().map(row).collect()
}

/// The indicator of this name at its beginning; None where there is none.
#[pyfunction]
fn make_indicator(
    name: &str,
    parameters: HashMap<String, f64>,
) -> PyResult<Option<IndicatorState>> {
    let Some(found) = definition(name) else {
        return Ok(None);
    };
    let known = |given: &&String| found.parameters.iter().any(|each| each.name == *given);
    if let Some(unknown) = parameters.keys().find(|given| !known(given)) {
        return Err(invalid(name, unknown, "there is no such parameter"));
    }
    let values = found.parameters.iter().map(|each| {
        let value = parameters.get(each.name).copied();
        value.ok_or_else(|| invalid(name, each.name, "give a value for this parameter"))
    });
    let values = values.collect::<PyResult<Vec<f64>>>()?;
    let indicator = found.make(&values).map_err(raised)?;
    Ok(Some(IndicatorState {
        definition: found,
        indicator,
    }))
}

/// An indicator and its state.
#[pyclass(module = "rustybt_rs._native")]
struct IndicatorState {
    definition: &'static Definition,
    indicator: Box<dyn Indicator>,
}

#[pymethods]
impl IndicatorState {
    /// The columns that it takes.
    #[getter]
    fn inputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.definition.inputs)
    }

    /// The columns that it gives.
    #[getter]
    fn outputs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.definition.outputs)
    }

    /// How many rows that count come before the first row with values.
    #[getter]
    fn warm_up(&self) -> usize {
        self.indicator.warm_up()
    }

    /// Take the next rows of each input, write as many rows of each output into `results`.
    fn update(
        &mut self,
        py: Python<'_>,
        columns: Vec<Bound<'_, PyAny>>,
        results: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let name = self.definition.name;
        let outputs = self.definition.outputs.len();
        if outputs != results.len() {
            let reason = format!("give {outputs}, one for each output");
            return Err(invalid("results", results.len(), &reason));
        }
        let given = columns.iter().map(|column| floats(column)?.to_vec(py));
        let given = given.collect::<PyResult<Vec<_>>>()?;
        let rows = given.first().map_or(0, Vec::len);
        let what = || format!("{name} of {rows} rows");
        let indicator = &mut self.indicator;
        let kernel = || {
            let columns: Vec<&[f64]> = given.iter().map(Vec::as_slice).collect();
            indicator.update(&columns)
        };
        let values = if rows < ROWS_MIN {
            briefly(what, kernel)?
        } else {
            detached(py, what, kernel)?
        };
        for (result, column) in results.iter().zip(&values) {
            floats(result)?.copy_from_slice(py, column)?;
        }
        Ok(())
    }

    /// An independent one in the same state.
    fn copy(&self) -> Self {
        IndicatorState {
            definition: self.definition,
            indicator: self.indicator.duplicate(),
        }
    }
}

fn floats(column: &Bound<'_, PyAny>) -> PyResult<PyBuffer<f64>> {
    let refused = |_| {
        let kind = column.get_type();
        invalid(
            "column",
            kind,
            "give floats of 64 bits, such as a numpy array",
        )
    };
    let buffer = PyBuffer::<f64>::get(column).map_err(refused)?;
    if buffer.dimensions() != 1 {
        let dimensions = buffer.dimensions();
        return Err(invalid("dimensions of a column", dimensions, "give one"));
    }
    Ok(buffer)
}
