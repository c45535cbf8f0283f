//! Columns that Python lends.

use std::borrow::Cow;
use std::ffi::CStr;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use super::raw::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::errors::invalid;

/// What a column's values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int64,
    /// Floats.
    Float64,
    /// Decimals of 64 or 128 bits.
    Decimal {
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// Times as whole numbers, with Arrow's text for unit and zone.
    Timestamp(String),
}

/// A column: its kind and its chunks, kept alive while this is.
pub struct Imported {
    /// What its values are.
    pub kind: Kind,
    /// Bits of a value as it is stored.
    width: u32,
    /// The chunks in order.
    pub chunks: Vec<Chunk>,
}

/// A chunk of a column, read in place.
pub struct Chunk {
    array: ArrowArray,
}

impl Chunk {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.array.length as usize
    }

    fn buffer(&self, number: usize) -> *const u8 {
        // SAFETY: `read` checked that a primitive array has its two buffers.
        unsafe { *self.array.buffers.add(number) }.cast()
    }

    /// The values, whatever stands where one is missing.
    ///
    /// # Safety
    /// `T` is how the values are stored, as the column's kind says.
    unsafe fn values<T: Copy>(&self) -> Cow<'_, [T]> {
        let (length, offset) = (self.len(), self.array.offset as usize);
        if length == 0 {
            return Cow::Borrowed(&[]);
        }
        let start = self.buffer(1).cast::<T>();
        if start.is_aligned() {
            // SAFETY: the producer vouches for `offset + length` values, which live as long as
            // the array; they are aligned.
            return Cow::Borrowed(unsafe { std::slice::from_raw_parts(start.add(offset), length) });
        }
        let value = |row: usize| {
            // SAFETY: as above, read without asking for alignment.
            unsafe { start.add(offset + row).read_unaligned() }
        };
        Cow::Owned((0..length).map(value).collect())
    }

    /// Whether each value is there; None where all are.
    pub fn validity(&self) -> Option<Vec<bool>> {
        let bits = self.buffer(0);
        if self.array.null_count == 0 || bits.is_null() {
            return None;
        }
        let first = self.array.offset as usize;
        let is_there = |row: usize| {
            let place = first + row;
            // SAFETY: the producer vouches for a bit for each value.
            let byte = unsafe { *bits.add(place / 8) };
            byte >> (place % 8) & 1 == 1
        };
        Some((0..self.len()).map(is_there).collect())
    }
}

impl Imported {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Chunk::len).sum()
    }

    /// Whether each value is there; None where all are.
    pub fn validity(&self) -> Option<Vec<bool>> {
        let known: Vec<_> = self.chunks.iter().map(Chunk::validity).collect();
        if known.iter().all(Option::is_none) {
            return None;
        }
        let chunks = self.chunks.iter().zip(known);
        Some(
            chunks
                .flat_map(|(chunk, valid)| valid.unwrap_or_else(|| vec![true; chunk.len()]))
                .collect(),
        )
    }

    /// The values of a column of whole numbers or times.
    ///
    /// # Errors
    /// `InvalidInputError` for another kind.
    pub fn int64(&self, field: &str) -> PyResult<Cow<'_, [i64]>> {
        match self.kind {
            // SAFETY: the kind says that values are stored as i64.
            Kind::Int64 | Kind::Timestamp(_) => Ok(unsafe { self.joined() }),
            _ => Err(self.unexpected(field, "whole numbers of 64 bits")),
        }
    }

    /// The values of a column of floats.
    ///
    /// # Errors
    /// `InvalidInputError` for another kind.
    pub fn float64(&self, field: &str) -> PyResult<Cow<'_, [f64]>> {
        match self.kind {
            // SAFETY: the kind says that values are stored as f64.
            Kind::Float64 => Ok(unsafe { self.joined() }),
            _ => Err(self.unexpected(field, "floats of 64 bits")),
        }
    }

    /// The coefficients of a column of decimals, or whole numbers.
    ///
    /// # Errors
    /// `InvalidInputError` for another kind.
    pub fn coefficients(&self, field: &str) -> PyResult<Cow<'_, [i128]>> {
        match (&self.kind, self.width) {
            // SAFETY: decimals of 128 bits are stored as i128.
            (Kind::Decimal { .. }, 128) => Ok(unsafe { self.joined() }),
            (Kind::Decimal { .. }, _) | (Kind::Int64, _) => {
                // SAFETY: decimals of 64 bits and whole numbers are stored as i64.
                let narrow: Cow<'_, [i64]> = unsafe { self.joined() };
                Ok(narrow.iter().map(|&value| i128::from(value)).collect())
            }
            _ => Err(self.unexpected(field, "decimals or whole numbers")),
        }
    }

    /// All values in one piece: in place where there is one chunk.
    ///
    /// # Safety
    /// `T` is how the values are stored.
    unsafe fn joined<T: Copy>(&self) -> Cow<'_, [T]> {
        if let [only] = self.chunks.as_slice() {
            // SAFETY: the caller vouches for the type.
            return unsafe { only.values() };
        }
        let mut all = Vec::with_capacity(self.len());
        for chunk in &self.chunks {
            // SAFETY: as above.
            all.extend_from_slice(&unsafe { chunk.values::<T>() });
        }
        Cow::Owned(all)
    }

    fn unexpected(&self, field: &str, expected: &str) -> PyErr {
        invalid(
            field,
            format!("{:?}", self.kind),
            &format!("give {expected}"),
        )
    }
}

/// Read a column of anything that speaks Arrow's PyCapsule protocol.
///
/// # Errors
/// A TypeError for an object that does not; `InvalidInputError` for a kind that no kernel takes.
pub fn read(object: &Bound<'_, PyAny>, field: &str) -> PyResult<Imported> {
    if object.hasattr("__arrow_c_stream__")? {
        return read_stream(object, field);
    }
    if object.hasattr("__arrow_c_array__")? {
        return read_array(object, field);
    }
    Err(PyTypeError::new_err(format!(
        "{field}: give a column such as a Polars series, not {}",
        object.get_type().name()?
    )))
}

fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &'static CStr) -> PyResult<*mut T> {
    let capsule = capsule.cast::<PyCapsule>()?;
    Ok(capsule.pointer_checked(Some(name))?.as_ptr().cast())
}

fn read_stream(object: &Bound<'_, PyAny>, field: &str) -> PyResult<Imported> {
    let capsule = object.call_method0("__arrow_c_stream__")?;
    let place = pointer(&capsule, c"arrow_array_stream")?;
    // SAFETY: a capsule of this name holds an initialised stream, which its consumer may move.
    let mut stream = unsafe { ArrowArrayStream::take(place) };
    let mut schema = ArrowSchema::empty();
    let broken = || invalid(field, "a broken Arrow stream", "give another column");
    let get_schema = stream.get_schema.ok_or_else(broken)?;
    // SAFETY: the stream's own function, called as the specification says.
    if unsafe { get_schema(&mut stream, &mut schema) } != 0 {
        return Err(broken());
    }
    let (kind, width) = kind_of(&schema, field)?;
    let get_next = stream.get_next.ok_or_else(broken)?;
    let mut chunks = Vec::new();
    loop {
        let mut array = ArrowArray::empty();
        // SAFETY: as above; an array without `release` marks the end.
        if unsafe { get_next(&mut stream, &mut array) } != 0 {
            return Err(broken());
        }
        if array.release.is_none() {
            break;
        }
        chunks.push(checked(array, field)?);
    }
    Ok(Imported {
        kind,
        width,
        chunks,
    })
}

fn read_array(object: &Bound<'_, PyAny>, field: &str) -> PyResult<Imported> {
    let answer = object.call_method0("__arrow_c_array__")?;
    let pair = answer.cast::<PyTuple>()?;
    let schema_place = pointer(&pair.get_item(0)?, c"arrow_schema")?;
    let array_place = pointer(&pair.get_item(1)?, c"arrow_array")?;
    // SAFETY: capsules of these names hold initialised structures, which a consumer may move.
    let (schema, array) = unsafe {
        (
            ArrowSchema::take(schema_place),
            ArrowArray::take(array_place),
        )
    };
    let (kind, width) = kind_of(&schema, field)?;
    Ok(Imported {
        kind,
        width,
        chunks: vec![checked(array, field)?],
    })
}

fn checked(array: ArrowArray, field: &str) -> PyResult<Chunk> {
    if array.n_buffers != 2 || array.buffers.is_null() || array.length < 0 || array.offset < 0 {
        return Err(invalid(
            field,
            "a nested Arrow array",
            "give a column of plain values",
        ));
    }
    Ok(Chunk { array })
}

/// The kind that a schema describes, and the bits of a value.
fn kind_of(schema: &ArrowSchema, field: &str) -> PyResult<(Kind, u32)> {
    if schema.format.is_null() {
        return Err(invalid(
            field,
            "a schema without format",
            "give another column",
        ));
    }
    // SAFETY: the format is a text that ends in zero and lives as long as the schema.
    let format = unsafe { CStr::from_ptr(schema.format) }.to_string_lossy();
    let kind = match format.as_ref() {
        "l" => (Kind::Int64, 64),
        "g" => (Kind::Float64, 64),
        times if times.starts_with("ts") => (Kind::Timestamp(times.to_string()), 64),
        other => match other.strip_prefix("d:").and_then(decimal) {
            Some(decimal) => decimal,
            None => {
                return Err(invalid(
                    field,
                    format!("Arrow format {other:?}"),
                    "give Int64, Float64, Decimal or Datetime",
                ))
            }
        },
    };
    Ok(kind)
}

/// "18,8" or "18,8,64": precision, scale, bits.
fn decimal(text: &str) -> Option<(Kind, u32)> {
    let mut numbers = text.split(',').map(str::parse::<u32>);
    let precision = numbers.next()?.ok()?;
    let scale = numbers.next()?.ok()?;
    let width = numbers.next().unwrap_or(Ok(128)).ok()?;
    matches!(width, 64 | 128).then_some((Kind::Decimal { precision, scale }, width))
}
