//! Columns that a kernel gives.

use std::ffi::{c_void, CString};

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::raw::{ArrowArray, ArrowSchema};

/// The values of a column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Whole numbers.
    Int64(Vec<i64>),
    /// Small whole numbers, such as codes.
    Int8(Vec<i8>),
    /// Floats.
    Float64(Vec<f64>),
    /// Decimals: coefficients of 128 bits.
    Decimal {
        /// The numbers times 10^scale.
        coefficients: Vec<i128>,
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// Times as whole numbers.
    Timestamp {
        /// The times in the format's unit.
        values: Vec<i64>,
        /// Arrow's text for unit and zone: "tsn:UTC".
        format: String,
    },
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Int64(values) | Values::Timestamp { values, .. } => values.len(),
            Values::Int8(values) => values.len(),
            Values::Float64(values) => values.len(),
            Values::Decimal { coefficients, .. } => coefficients.len(),
        }
    }

    fn start(&self) -> *const c_void {
        match self {
            Values::Int64(values) | Values::Timestamp { values, .. } => values.as_ptr().cast(),
            Values::Int8(values) => values.as_ptr().cast(),
            Values::Float64(values) => values.as_ptr().cast(),
            Values::Decimal { coefficients, .. } => coefficients.as_ptr().cast(),
        }
    }

    fn format(&self) -> String {
        match self {
            Values::Int64(_) => "l".to_string(),
            Values::Int8(_) => "c".to_string(),
            Values::Float64(_) => "g".to_string(),
            Values::Decimal {
                precision, scale, ..
            } => format!("d:{precision},{scale}"),
            Values::Timestamp { format, .. } => format.clone(),
        }
    }
}

/// A column of a kernel's result; `polars.Series(column)` and `pyarrow.array(column)` read it.
#[pyclass(frozen, module = "rustybt_rs")]
pub struct Column {
    shared: std::sync::Arc<Shared>,
}

/// What the exported arrays keep alive.
struct Shared {
    values: Values,
    /// A bit for each value: whether it is there.
    valid: Option<Vec<u8>>,
    nulls: i64,
}

impl Column {
    /// A column in which every value is there.
    pub fn new(values: Values) -> Self {
        Self::with_nulls(values, None)
    }

    /// A column; `valid` says for each value whether it is there.
    pub fn with_nulls(values: Values, valid: Option<Vec<bool>>) -> Self {
        let Some(flags) = valid else {
            return Self::made(values, None, 0);
        };
        let nulls = flags.iter().filter(|&&is_there| !is_there).count();
        let mut bits = vec![0_u8; flags.len().div_ceil(8)];
        for (row, _) in flags.iter().enumerate().filter(|(_, &is_there)| is_there) {
            bits[row / 8] |= 1 << (row % 8);
        }
        Self::with_bits(values, bits, nulls)
    }

    /// A column with a bit for each value, the first in the lowest bit of the first byte.
    pub fn with_bits(values: Values, bits: Vec<u8>, nulls: usize) -> Self {
        assert!(
            bits.len() >= values.len().div_ceil(8),
            "a bit for each value"
        );
        Self::made(values, Some(bits), nulls)
    }

    fn made(values: Values, bits: Option<Vec<u8>>, nulls: usize) -> Self {
        let shared = Shared {
            values,
            valid: bits,
            nulls: nulls as i64,
        };
        Column {
            shared: std::sync::Arc::new(shared),
        }
    }
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.shared.values.len()
    }

    fn __repr__(&self) -> String {
        let format = self.shared.values.format();
        format!("Column(length={}, format={format:?})", self.__len__())
    }

    /// The schema alone, as Arrow's PyCapsule protocol says.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        PyCapsule::new_with_value(py, Exported(self.schema()), c"arrow_schema")
    }

    /// Schema and values, as Arrow's PyCapsule protocol says; no value is copied.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema; // a wish, which a producer may leave unanswered
        let array = Exported(self.array());
        Ok((
            self.__arrow_c_schema__(py)?,
            PyCapsule::new_with_value(py, array, c"arrow_array")?,
        ))
    }
}

/// A structure in a capsule, which releases it unless a consumer took it.
#[repr(transparent)]
struct Exported<T>(T);

// SAFETY: the structures may be read and released on any thread: what they own is an `Arc` of
// vectors and a text.
unsafe impl<T> Send for Exported<T> {}
// SAFETY: as above; nothing changes behind a shared reference.
unsafe impl<T> Sync for Exported<T> {}

/// What an exported array owns.
struct Owned {
    shared: std::sync::Arc<Shared>,
    buffers: [*const c_void; 2],
}

impl Column {
    fn schema(&self) -> ArrowSchema {
        // A format of ours has no zero in it: the empty text can only follow a defect.
        let format = CString::new(self.shared.values.format()).unwrap_or_default();
        ArrowSchema {
            format: format.into_raw(),
            name: c"".as_ptr(),
            flags: 2, // ARROW_FLAG_NULLABLE
            release: Some(release_schema),
            ..ArrowSchema::empty()
        }
    }

    fn array(&self) -> ArrowArray {
        let valid = self.shared.valid.as_ref();
        let mut owned = Box::new(Owned {
            shared: self.shared.clone(),
            buffers: [
                valid.map_or(std::ptr::null(), |bits| bits.as_ptr().cast()),
                self.shared.values.start(),
            ],
        });
        ArrowArray {
            length: owned.shared.values.len() as i64,
            null_count: owned.shared.nulls,
            n_buffers: 2,
            buffers: owned.buffers.as_mut_ptr(),
            release: Some(release_array),
            private_data: Box::into_raw(owned).cast(),
            ..ArrowArray::empty()
        }
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: a consumer calls it once with a schema that `Column::schema` made, whose format
    // came out of a `CString`.
    unsafe {
        drop(CString::from_raw((*schema).format.cast_mut()));
        (*schema).release = None;
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: a consumer calls it once with an array that `Column::array` made, whose private
    // data came out of a `Box`.
    unsafe {
        drop(Box::from_raw((*array).private_data.cast::<Owned>()));
        (*array).release = None;
    }
}
