//! Signals: given ones, and rules over the columns.

use std::sync::Arc;

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use rustybt_kernels::error::{Error, Result};
use rustybt_kernels::sweep::signals::{
    ema, extremes, rsi, sma, Breakout, Cross, Given, Levels, Side, TargetColumn,
};
use rustybt_kernels::sweep::Signals;

use super::market::{narrow, SweepMarket};
use super::{dec, Number};
use crate::arrow::{read, Kind};
use crate::errors::{invalid, raised};
use crate::run::detached;

/// What a rule holds for yes and for no, and whether these are units.
type Held = (Number, Number, bool);

fn side_of((yes, no, units): Held) -> Result<Side> {
    Side::new(dec(yes), dec(no), units)
}

/// The signals of all parameter sets.
#[pyclass(frozen, module = "rustybt_rs._native")]
pub struct SweepSignals {
    pub(super) signals: Arc<Signals>,
}

impl SweepSignals {
    fn of(signals: Signals) -> Self {
        SweepSignals {
            signals: Arc::new(signals),
        }
    }
}

/// A buffer of numbers that Python lends.
enum Numbers {
    Bytes(Vec<i64>),
    Floats(Vec<f64>),
}

impl Numbers {
    fn read(py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(buffer) = PyBuffer::<i8>::get(object) {
            let values = buffer.to_vec(py)?;
            return Ok(Numbers::Bytes(values.into_iter().map(i64::from).collect()));
        }
        if let Ok(buffer) = PyBuffer::<i64>::get(object) {
            return Ok(Numbers::Bytes(buffer.to_vec(py)?));
        }
        if let Ok(buffer) = PyBuffer::<f64>::get(object) {
            return Ok(Numbers::Floats(buffer.to_vec(py)?));
        }
        Err(invalid(
            "signals",
            "an array of another kind",
            "give int8, int64, float64 or bool",
        ))
    }
}

#[pymethods]
impl SweepSignals {
    /// Targets in arrays of bars x sets in C order, one for each asset.
    #[staticmethod]
    fn from_arrays(
        py: Python<'_>,
        market: &SweepMarket,
        arrays: Vec<Bound<'_, PyAny>>,
        sets: usize,
        every_bar: bool,
        units: bool,
    ) -> PyResult<Self> {
        let bars = market.market.bars;
        let numbers = arrays
            .iter()
            .map(|array| Numbers::read(py, array))
            .collect::<PyResult<Vec<_>>>()?;
        let given = || format!("signals of {sets} sets");
        let signals = detached(py, given, || {
            let mut all = Given::default();
            if numbers.len() != market.market.assets.len() {
                return Err(wrong_count(numbers.len(), market));
            }
            for set in 0..sets {
                let columns: Vec<_> = numbers
                    .iter()
                    .map(|array| picked(array, set, sets))
                    .collect();
                let lent: Vec<_> = columns.iter().map(Picked::lent).collect();
                all.add(&lent, bars, every_bar, units)?;
            }
            Ok(Signals::Given(all))
        })?;
        Ok(Self::of(signals))
    }

    /// Targets in columns: of each set one for each asset.
    #[staticmethod]
    fn from_columns(
        py: Python<'_>,
        market: &SweepMarket,
        sets: Vec<Vec<Bound<'_, PyAny>>>,
        every_bar: bool,
        units: bool,
    ) -> PyResult<Self> {
        let bars = market.market.bars;
        let mut all = Given::default();
        for columns in &sets {
            if columns.len() != market.market.assets.len() {
                return Err(raised(wrong_count(columns.len(), market)));
            }
            let picked = columns.iter().map(target).collect::<PyResult<Vec<_>>>()?;
            let lent: Vec<_> = picked.iter().map(Picked::lent).collect();
            let given = || "signals".to_string();
            detached(py, given, || all.add(&lent, bars, every_bar, units))?;
        }
        Ok(Self::of(Signals::Given(all)))
    }

    /// Holds `yes` from an entry to an exit: columns as in `from_columns`, zero for no.
    #[staticmethod]
    fn switches(
        py: Python<'_>,
        entries: &SweepSignals,
        exits: &SweepSignals,
        side: Held,
    ) -> PyResult<Self> {
        let given = || format!("switches of {} sets", entries.signals.sets());
        let signals = detached(py, given, || {
            let side = side_of(side)?;
            Given::switched(&entries.signals, &exits.signals, &side).map(Signals::Given)
        })?;
        Ok(Self::of(signals))
    }

    /// Holds `yes` while a mean is above another one: `kind` is sma or ema.
    #[staticmethod]
    fn cross(
        py: Python<'_>,
        market: &SweepMarket,
        kind: &str,
        fast: Vec<usize>,
        slow: Vec<usize>,
        side: Held,
    ) -> PyResult<Self> {
        let is_simple = kind == "sma";
        let given = || format!("{kind} of {} sets", fast.len());
        let signals = detached(py, given, || {
            let windows = distinct(fast.iter().chain(&slow).copied());
            let side = side_of(side)?;
            let of = |window: usize| windows.binary_search(&window).unwrap_or(0) as u32;
            let mut lines = Vec::new();
            for asset in &market.market.assets {
                let scale = asset.columns.price_scale;
                let line = |&window: &usize| {
                    if is_simple {
                        sma(&asset.known, window)
                    } else {
                        ema(&asset.known, window, scale)
                    }
                };
                lines.push(windows.iter().map(line).collect::<Result<Vec<_>>>()?);
            }
            let pairs = fast.iter().zip(&slow);
            let sets = pairs.map(|(&fast, &slow)| (of(fast), of(slow))).collect();
            Ok(Signals::Cross(Cross { lines, sets, side }))
        })?;
        Ok(Self::of(signals))
    }

    /// Holds `yes` from where the strength index is below `lower` until it is above `upper`.
    #[staticmethod]
    fn strength(
        py: Python<'_>,
        market: &SweepMarket,
        window: Vec<usize>,
        lower: Vec<f64>,
        upper: Vec<f64>,
        side: Held,
    ) -> PyResult<Self> {
        let given = || format!("strength index of {} sets", window.len());
        let signals = detached(py, given, || {
            let windows = distinct(window.iter().copied());
            let side = side_of(side)?;
            let mut lines = Vec::new();
            for asset in &market.market.assets {
                let of = windows.iter().map(|&window| rsi(&asset.known, window));
                lines.push(of.collect::<Result<Vec<_>>>()?);
            }
            let sets = window.iter().zip(lower.iter().zip(&upper));
            let sets = sets.map(|(window, (&lower, &upper))| {
                let line = windows.binary_search(window).unwrap_or(0) as u32;
                (line, lower, upper)
            });
            Ok(Signals::Levels(Levels {
                lines,
                sets: sets.collect(),
                side,
            }))
        })?;
        Ok(Self::of(signals))
    }

    /// Holds `yes` from where a close is above the highs before it until it is below the lows.
    #[staticmethod]
    fn breakout(
        py: Python<'_>,
        market: &SweepMarket,
        entries: Vec<usize>,
        exits: Vec<usize>,
        side: Held,
    ) -> PyResult<Self> {
        let given = || format!("breakout of {} sets", entries.len());
        let signals = detached(py, given, || {
            let (tops, bottoms) = (
                distinct(entries.iter().copied()),
                distinct(exits.iter().copied()),
            );
            let side = side_of(side)?;
            let (mut highs, mut lows) = (Vec::new(), Vec::new());
            for asset in &market.market.assets {
                let columns = &asset.columns;
                let top = tops
                    .iter()
                    .map(|&window| extremes(&columns.high, window, true));
                highs.push(top.collect::<Result<Vec<_>>>()?);
                let low = bottoms
                    .iter()
                    .map(|&window| extremes(&columns.low, window, false));
                lows.push(low.collect::<Result<Vec<_>>>()?);
            }
            let sets = entries.iter().zip(&exits).map(|(entry, exit)| {
                let of = |all: &[usize], one| all.binary_search(one).unwrap_or(0) as u32;
                (of(&tops, entry), of(&bottoms, exit))
            });
            Ok(Signals::Breakout(Breakout {
                highs,
                lows,
                sets: sets.collect(),
                side,
            }))
        })?;
        Ok(Self::of(signals))
    }

    fn __len__(&self) -> usize {
        self.signals.sets()
    }
}

fn wrong_count(given: usize, market: &SweepMarket) -> Error {
    let reason = format!(
        "give signals for each of {} assets",
        market.market.assets.len()
    );
    Error::invalid("signals", given, reason)
}

fn distinct(windows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut all: Vec<usize> = windows.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A column of targets of our own.
enum Picked {
    Whole(Vec<i64>, u32, Option<Vec<bool>>),
    Floats(Vec<f64>),
}

impl Picked {
    fn lent(&self) -> TargetColumn<'_> {
        match self {
            Picked::Whole(values, scale, valid) => {
                TargetColumn::Coefficients(values, *scale, valid.as_deref())
            }
            Picked::Floats(values) => TargetColumn::Floats(values),
        }
    }
}

/// A column of an array of bars x sets.
fn picked(numbers: &Numbers, set: usize, sets: usize) -> Picked {
    match numbers {
        Numbers::Bytes(all) => Picked::Whole(
            all.iter().skip(set).step_by(sets).copied().collect(),
            0,
            None,
        ),
        Numbers::Floats(all) => {
            Picked::Floats(all.iter().skip(set).step_by(sets).copied().collect())
        }
    }
}

fn target(column: &Bound<'_, PyAny>) -> PyResult<Picked> {
    let imported = read(column, "signals")?;
    let valid = imported.validity();
    Ok(match imported.kind {
        Kind::Float64 => {
            let mut values = imported.float64("signals")?.into_owned();
            for (value, _) in values
                .iter_mut()
                .zip(valid.iter().flatten())
                .filter(|(_, &is_there)| !is_there)
            {
                *value = f64::NAN;
            }
            Picked::Floats(values)
        }
        Kind::Decimal { scale, .. } => Picked::Whole(narrow(&imported, "signals")?, scale, valid),
        _ => Picked::Whole(imported.int64("signals")?.into_owned(), 0, valid),
    })
}
