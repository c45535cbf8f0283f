//! What the parameter sets come to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rustybt_kernels::fixed::MONEY_SCALE;
use rustybt_kernels::sweep::{
    Commission, FillAt, Row, Rules, Slippage, Sweep, AMOUNT_SCALE, PRICE_SCALE,
};

use super::market::SweepMarket;
use super::signals::SweepSignals;
use super::{dec, Number};
use crate::arrow::{Column, Values};
use crate::errors::{invalid, raised};
use crate::run::detached;

/// Parameter sets over a market.
#[pyclass(frozen, module = "rustybt_rs._native")]
pub struct SweepRun {
    sweep: Sweep,
    rows: Mutex<Vec<Row>>,
}

#[pymethods]
impl SweepRun {
    #[new]
    #[allow(clippy::too_many_arguments)] // Python's keywords
    fn new(
        market: &SweepMarket,
        signals: &SweepSignals,
        weights: bool,
        capital: Number,
        fill_at: &str,
        cancels: bool,
        slippage: (String, Vec<Number>),
        commission: (String, Vec<Option<Number>>),
    ) -> PyResult<Self> {
        let capital = dec(capital).exactly_at(MONEY_SCALE, "capital");
        let rules = Rules {
            capital: capital.map_err(raised)?,
            fill_at: if fill_at == "open" {
                FillAt::Open
            } else {
                FillAt::Close
            },
            cancels,
            weights,
            slippage: slippage_of(&slippage.0, &slippage.1)?,
            commission: commission_of(&commission.0, &commission.1)?,
        };
        let sweep = Sweep::new(market.market.clone(), signals.signals.clone(), rules);
        Ok(SweepRun {
            sweep: sweep.map_err(raised)?,
            rows: Mutex::new(Vec::new()),
        })
    }

    fn __len__(&self) -> usize {
        self.sweep.sets()
    }

    /// Run the sets from one to before another: those after the ones that ran before.
    fn compute(&self, py: Python<'_>, first: usize, end: usize, threads: usize) -> PyResult<()> {
        let given = || format!("parameter sets {first} to {end}");
        let rows = detached(py, given, || self.sweep.rows(first..end, threads))?;
        self.known().extend(rows);
        Ok(())
    }

    /// The outcomes of the sets so far, by name.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let rows = self.known();
        let columns = PyDict::new(py);
        let money: [Named<i128>; 4] = [
            ("final_value", |row| row.value),
            ("commission", |row| row.commission),
            ("slippage", |row| row.slippage),
            ("traded_value", |row| row.traded),
        ];
        for (name, of) in money {
            let column = decimals(rows.iter().map(of).collect(), MONEY_SCALE);
            columns.set_item(name, Bound::new(py, column)?)?;
        }
        let counts: [Named<i64>; 3] = [
            ("orders", |row| row.orders),
            ("fills", |row| row.fills),
            ("closed_positions", |row| row.closed),
        ];
        for (name, of) in counts {
            let column = Column::new(Values::Int64(rows.iter().map(of).collect()));
            columns.set_item(name, Bound::new(py, column)?)?;
        }
        for (name, of) in FIGURES {
            let column = figures(rows.iter().map(of).collect());
            columns.set_item(name, Bound::new(py, column)?)?;
        }
        Ok(columns)
    }

    /// The portfolio's value at the end of each session.
    fn equity(&self, py: Python<'_>, number: usize) -> PyResult<Column> {
        let given = || format!("equity of parameter set {number}");
        let values = detached(py, given, || self.sweep.equity(number))?;
        Ok(decimals(values, MONEY_SCALE))
    }

    /// The executions of a set, by name of the column.
    fn trades<'py>(&self, py: Python<'py>, number: usize) -> PyResult<Bound<'py, PyDict>> {
        let given = || format!("trades of parameter set {number}");
        let fills = detached(py, given, || self.sweep.fills(number))?;
        let whole = |of: &dyn Fn(usize) -> u32| {
            let values = (0..fills.len()).map(|row| i64::from(of(row))).collect();
            Bound::new(py, Column::new(Values::Int64(values)))
        };
        let decimal = |of: &dyn Fn(usize) -> i128, scale| {
            Bound::new(py, decimals((0..fills.len()).map(of).collect(), scale))
        };
        let columns = PyDict::new(py);
        columns.set_item("bar", whole(&|row| fills[row].bar)?)?;
        columns.set_item("asset", whole(&|row| fills[row].asset)?)?;
        columns.set_item("order", whole(&|row| fills[row].order)?)?;
        let amount = decimal(&|row| i128::from(fills[row].amount), AMOUNT_SCALE)?;
        columns.set_item("amount", amount)?;
        columns.set_item("price", decimal(&|row| fills[row].price, PRICE_SCALE)?)?;
        let commission = decimal(&|row| fills[row].commission, MONEY_SCALE)?;
        columns.set_item("commission", commission)?;
        Ok(columns)
    }
}

impl SweepRun {
    /// The rows so far; a panic of another thread leaves them whole.
    fn known(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A column's name, and its value of a row.
type Named<T> = (&'static str, fn(&Row) -> T);

const FIGURES: [Named<f64>; 10] = [
    ("total_return", |row| row.figures.total_return),
    ("annual_return", |row| row.figures.annual_return),
    ("annual_volatility", |row| row.figures.annual_volatility),
    ("sharpe_ratio", |row| row.figures.sharpe_ratio),
    ("sortino_ratio", |row| row.figures.sortino_ratio),
    ("calmar_ratio", |row| row.figures.calmar_ratio),
    ("max_drawdown", |row| row.figures.max_drawdown),
    ("win_rate", |row| row.figures.win_rate),
    ("profit_factor", |row| row.figures.profit_factor),
    ("turnover", |row| row.figures.turnover),
];

fn decimals(coefficients: Vec<i128>, scale: u32) -> Column {
    Column::new(Values::Decimal {
        coefficients,
        precision: 38,
        scale,
    })
}

/// A column of floats in which NaN is missing.
fn figures(values: Vec<f64>) -> Column {
    let valid = values.iter().map(|value| !value.is_nan()).collect();
    Column::with_nulls(Values::Float64(values), Some(valid))
}

fn slippage_of(name: &str, numbers: &[Number]) -> PyResult<Slippage> {
    Ok(match (name, numbers) {
        ("none", _) => Slippage::None,
        ("fixed", [spread]) => Slippage::Fixed {
            spread: dec(*spread),
        },
        ("basis_points", [points, limit]) => Slippage::BasisPoints {
            basis_points: dec(*points),
            volume_limit: dec(*limit),
        },
        ("volume_share", [limit, impact]) => Slippage::VolumeShare {
            volume_limit: dec(*limit),
            price_impact: dec(*impact),
        },
        _ => {
            return Err(invalid(
                "slippage",
                name,
                "give a model of rustybt_rs.sweep",
            ))
        }
    })
}

fn commission_of(name: &str, numbers: &[Option<Number>]) -> PyResult<Commission> {
    Ok(match (name, numbers) {
        ("none", _) => Commission::None,
        ("per_share", [Some(cost), Some(minimum)]) => Commission::PerShare {
            cost: dec(*cost),
            minimum: dec(*minimum),
        },
        ("per_trade", [Some(cost)]) => Commission::PerTrade { cost: dec(*cost) },
        ("per_dollar", [Some(rate)]) => Commission::PerDollar { rate: dec(*rate) },
        ("percentage", [Some(rate), Some(minimum), maximum]) => Commission::Percentage {
            rate: dec(*rate),
            minimum: dec(*minimum),
            maximum: maximum.map(dec),
        },
        _ => {
            return Err(invalid(
                "commission",
                name,
                "give a model of rustybt_rs.sweep",
            ))
        }
    })
}
