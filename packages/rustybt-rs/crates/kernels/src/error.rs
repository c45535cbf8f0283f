//! What can go wrong in a kernel.

use std::fmt;

/// An input that a kernel refuses, or a number that it has no room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A number left the range of its type; it names what was computed.
    Overflow {
        /// What was computed: "notional", "sum of column 'close'".
        what: String,
    },
    /// An argument that cannot be used.
    Invalid {
        /// Name of the argument.
        field: String,
        /// What was given, as text.
        value: String,
        /// What is wrong with it and what to do.
        reason: String,
    },
}

impl Error {
    /// An overflow while computing `what`.
    pub fn overflow(what: impl Into<String>) -> Self {
        Error::Overflow { what: what.into() }
    }

    /// An argument that cannot be used.
    pub fn invalid(
        field: impl Into<String>,
        value: impl fmt::Display,
        reason: impl Into<String>,
    ) -> Self {
        Error::Invalid {
            field: field.into(),
            value: value.to_string(),
            reason: reason.into(),
        }
    }

    /// The same, of a row of a table.
    pub fn in_row(self, row: usize) -> Self {
        match self {
            Error::Overflow { what } => Error::overflow(format!("row {row}: {what}")),
            Error::Invalid {
                field,
                value,
                reason,
            } => Error::invalid(format!("row {row}: {field}"), value, reason),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Overflow { what } => {
                write!(out, "{what}: the number does not fit; use a smaller scale")
            }
            Error::Invalid {
                field,
                value,
                reason,
            } => write!(out, "{field}: {reason} (met {value})"),
        }
    }
}

impl std::error::Error for Error {}

/// The result of a kernel.
pub type Result<T> = std::result::Result<T, Error>;
