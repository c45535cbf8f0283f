//! The table of all indicators: names, columns, parameters, and how each is made.
//!
//! `rustybt.indicators.kernels.SPECIFICATIONS` says the same with what each means; a test compares.

use super::averages::{Dema, Ema, Hma, Kama, Sma, Tema, Trima, WeightedMean, Wilder, Wma, T3};
use super::oscillators::{Apo, Cmo, Macd, Momentum, Ppo, Roc, Rsi, StochasticRsi, Trix};
use super::ranges::{
    Aroon, Atr, Cci, Donchian, Ichimoku, Keltner, Natr, Stochastic, StochasticFast, TrueRange,
    UltimateOscillator, WilliamsR,
};
use super::rolling::RollingSum;
use super::statistics::{
    Bollinger, LinearRegression, RollingMedian, RollingPercentile, RollingRank, StandardDeviation,
    Variance, ZScore,
};
use super::trends::{Adx, Adxr, Dx, MinusDi, PlusDi, Psar, Supertrend};
use super::volumes::{Ad, Adosc, Mfi, Obv, Vwap};
use super::windows::{RollingMax, RollingMin};
use super::{driven, Indicator};
use crate::error::{Error, Result};

/// The longest window.
const LONGEST: f64 = 100_000.0;

/// A number that an indicator is made with.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// The least that it may be.
    pub minimum: f64,
    /// The most that it may be.
    pub maximum: f64,
    /// Whether it is a whole number.
    pub whole: bool,
}

impl Parameter {
    fn check(&self, indicator: &str, value: f64) -> Result<()> {
        let fits = (self.minimum..=self.maximum).contains(&value);
        if fits && (!self.whole || value.fract() == 0.0) {
            return Ok(());
        }
        let kind = if self.whole {
            "a whole number"
        } else {
            "a number"
        };
        let reason = format!("give {kind} from {} to {}", self.minimum, self.maximum);
        let field = format!("{indicator}.{}", self.name);
        Err(Error::invalid(field, value, reason))
    }
}

/// An indicator that can be made.
#[derive(Clone, Copy)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// The columns that it takes.
    pub inputs: &'static [&'static str],
    /// The columns that it gives.
    pub outputs: &'static [&'static str],
    /// What it is made with, in this order.
    pub parameters: &'static [Parameter],
    /// From which to which parameter each is less than the next.
    rising: (usize, usize),
    make: fn(Given) -> Box<dyn Indicator>,
}

impl Definition {
    /// The indicator at its beginning, with a value for each parameter.
    ///
    /// # Errors
    /// A value cannot be used, or their number is wrong.
    pub fn make(&self, values: &[f64]) -> Result<Box<dyn Indicator>> {
        if values.len() != self.parameters.len() {
            let reason = format!("give {}, one for each parameter", self.parameters.len());
            return Err(Error::invalid(self.name, values.len(), reason));
        }
        for (parameter, value) in self.parameters.iter().zip(values) {
            parameter.check(self.name, *value)?;
        }
        for at in self.rising.0 + 1..self.rising.1 {
            if values[at - 1] >= values[at] {
                let field = format!("{}.{}", self.name, self.parameters[at - 1].name);
                let reason = format!("give less than {}", self.parameters[at].name);
                return Err(Error::invalid(field, values[at - 1], reason));
            }
        }
        Ok((self.make)(Given(values)))
    }

    const fn rising(mut self, from: usize, to: usize) -> Self {
        self.rising = (from, to);
        self
    }
}

/// The values of the parameters, in their order.
struct Given<'a>(&'a [f64]);

impl Given<'_> {
    fn rows(&self, at: usize) -> usize {
        self.0[at] as usize
    }

    fn number(&self, at: usize) -> f64 {
        self.0[at]
    }
}

const fn define(
    name: &'static str,
    inputs: &'static [&'static str],
    outputs: &'static [&'static str],
    parameters: &'static [Parameter],
    make: fn(Given) -> Box<dyn Indicator>,
) -> Definition {
    Definition {
        name,
        inputs,
        outputs,
        parameters,
        rising: (0, 0),
        make,
    }
}

const fn whole(name: &'static str, minimum: f64, maximum: f64) -> Parameter {
    Parameter {
        name,
        minimum,
        maximum,
        whole: true,
    }
}

const fn rows(name: &'static str) -> Parameter {
    whole(name, 1.0, LONGEST)
}

const fn number(name: &'static str, maximum: f64) -> Parameter {
    Parameter {
        name,
        minimum: 0.0,
        maximum,
        whole: false,
    }
}

const VALUE: &[&str] = &["value"];
const RANGE: &[&str] = &["high", "low"];
const BAR: &[&str] = &["high", "low", "close"];
const TRADED: &[&str] = &["high", "low", "close", "volume"];
const K_D: &[&str] = &["k", "d"];
const BAND: &[&str] = &["upper", "middle", "lower"];

const WINDOW: Parameter = rows("window");
const FROM_2: Parameter = whole("window", 2.0, LONGEST);
const FAST: Parameter = rows("fast");
const SLOW: Parameter = rows("slow");
const SIGNAL: Parameter = rows("signal");
const DDOF: Parameter = whole("ddof", 0.0, 1.0);

const AVERAGES: &[Definition] = &[
    define("sma", VALUE, VALUE, &[WINDOW], |given| {
        driven(Sma::new(given.rows(0)))
    }),
    define("ema", VALUE, VALUE, &[WINDOW], |given| {
        driven(Ema::new(given.rows(0)))
    }),
    define("wilder", VALUE, VALUE, &[WINDOW], |given| {
        driven(Wilder::new(given.rows(0)))
    }),
    define("wma", VALUE, VALUE, &[WINDOW], |given| {
        driven(Wma::new(given.rows(0)))
    }),
    define("dema", VALUE, VALUE, &[WINDOW], |given| {
        driven(Dema::new(given.rows(0)))
    }),
    define("tema", VALUE, VALUE, &[WINDOW], |given| {
        driven(Tema::new(given.rows(0)))
    }),
    define("trima", VALUE, VALUE, &[WINDOW], |given| {
        driven(Trima::new(given.rows(0)))
    }),
    define("kama", VALUE, VALUE, &[WINDOW, FAST, SLOW], |given| {
        driven(Kama::new(given.rows(0), given.rows(1), given.rows(2)))
    })
    .rising(1, 3),
    define("hma", VALUE, VALUE, &[FROM_2], |given| {
        driven(Hma::new(given.rows(0)))
    }),
    define(
        "t3",
        VALUE,
        VALUE,
        &[WINDOW, number("factor", 1.0)],
        |given| driven(T3::new(given.rows(0), given.number(1))),
    ),
    define("vwma", &["close", "volume"], VALUE, &[WINDOW], |given| {
        driven(WeightedMean::new(given.rows(0)))
    }),
    define("vwap", TRADED, VALUE, &[WINDOW], |given| {
        driven(Vwap::new(given.rows(0)))
    }),
];

const OSCILLATORS: &[Definition] = &[
    define("momentum", VALUE, VALUE, &[WINDOW], |given| {
        driven(Momentum::new(given.rows(0)))
    }),
    define("roc", VALUE, VALUE, &[WINDOW], |given| {
        driven(Roc::new(given.rows(0)))
    }),
    define("rsi", VALUE, VALUE, &[FROM_2], |given| {
        driven(Rsi::new(given.rows(0)))
    }),
    define("cmo", VALUE, VALUE, &[FROM_2], |given| {
        driven(Cmo::new(given.rows(0)))
    }),
    define("apo", VALUE, VALUE, &[FAST, SLOW], |given| {
        driven(Apo::new(given.rows(0), given.rows(1)))
    })
    .rising(0, 2),
    define("ppo", VALUE, VALUE, &[FAST, SLOW], |given| {
        driven(Ppo::new(given.rows(0), given.rows(1)))
    })
    .rising(0, 2),
    define(
        "macd",
        VALUE,
        &["macd", "signal", "histogram"],
        &[FAST, SLOW, SIGNAL],
        |given| driven(Macd::new(given.rows(0), given.rows(1), given.rows(2))),
    )
    .rising(0, 2),
    define("trix", VALUE, VALUE, &[WINDOW], |given| {
        driven(Trix::new(given.rows(0)))
    }),
    define(
        "stochastic_rsi",
        VALUE,
        K_D,
        &[FROM_2, rows("range_window"), SIGNAL],
        |given| {
            let [window, range_window, signal] = [0, 1, 2].map(|at| given.rows(at));
            driven(StochasticRsi::new(window, range_window, signal))
        },
    ),
    define(
        "stochastic",
        BAR,
        K_D,
        &[WINDOW, rows("smoothing"), SIGNAL],
        |given| {
            let [window, smoothing, signal] = [0, 1, 2].map(|at| given.rows(at));
            driven(Stochastic::new(window, smoothing, signal))
        },
    ),
    define("stochastic_fast", BAR, K_D, &[WINDOW, SIGNAL], |given| {
        driven(StochasticFast::new(given.rows(0), given.rows(1)))
    }),
    define("williams_r", BAR, VALUE, &[WINDOW], |given| {
        driven(WilliamsR::new(given.rows(0)))
    }),
    define("cci", BAR, VALUE, &[FROM_2], |given| {
        driven(Cci::new(given.rows(0)))
    }),
    define(
        "ultimate_oscillator",
        BAR,
        VALUE,
        &[rows("short"), rows("medium"), rows("long")],
        |given| driven(UltimateOscillator::new([0, 1, 2].map(|at| given.rows(at)))),
    )
    .rising(0, 3),
    define("mfi", TRADED, VALUE, &[FROM_2], |given| {
        driven(Mfi::new(given.rows(0)))
    }),
];

const TRENDS: &[Definition] = &[
    define("plus_di", BAR, VALUE, &[FROM_2], |given| {
        driven(PlusDi::new(given.rows(0)))
    }),
    define("minus_di", BAR, VALUE, &[FROM_2], |given| {
        driven(MinusDi::new(given.rows(0)))
    }),
    define("dx", BAR, VALUE, &[FROM_2], |given| {
        driven(Dx::new(given.rows(0)))
    }),
    define("adx", BAR, VALUE, &[FROM_2], |given| {
        driven(Adx::new(given.rows(0)))
    }),
    define("adxr", BAR, VALUE, &[FROM_2], |given| {
        driven(Adxr::new(given.rows(0)))
    }),
    define(
        "aroon",
        RANGE,
        &["up", "down", "oscillator"],
        &[FROM_2],
        |given| driven(Aroon::new(given.rows(0))),
    ),
    define(
        "psar",
        RANGE,
        VALUE,
        &[number("acceleration", 1.0), number("maximum", 1.0)],
        |given| driven(Psar::new(given.number(0), given.number(1))),
    ),
    define(
        "supertrend",
        BAR,
        &["value", "direction"],
        &[WINDOW, number("multiplier", 1000.0)],
        |given| driven(Supertrend::new(given.rows(0), given.number(1))),
    ),
    define(
        "ichimoku",
        RANGE,
        &["conversion", "base", "span_a", "span_b", "lead_a", "lead_b"],
        &[
            rows("conversion"),
            rows("base"),
            rows("span"),
            whole("displacement", 0.0, LONGEST),
        ],
        |given| {
            let [conversion, base, span, displacement] = [0, 1, 2, 3].map(|at| given.rows(at));
            driven(Ichimoku::new(conversion, base, span, displacement))
        },
    )
    .rising(0, 3),
];

const RANGES: &[Definition] = &[
    define("true_range", BAR, VALUE, &[], |_| driven(TrueRange::new())),
    define("atr", BAR, VALUE, &[WINDOW], |given| {
        driven(Atr::new(given.rows(0)))
    }),
    define("natr", BAR, VALUE, &[WINDOW], |given| {
        driven(Natr::new(given.rows(0)))
    }),
    define(
        "bollinger",
        VALUE,
        &["upper", "middle", "lower", "bandwidth", "percent_b"],
        &[FROM_2, number("width", 1000.0)],
        |given| driven(Bollinger::new(given.rows(0), given.number(1))),
    ),
    define(
        "keltner",
        BAR,
        BAND,
        &[WINDOW, rows("range_window"), number("multiplier", 1000.0)],
        |given| driven(Keltner::new(given.rows(0), given.rows(1), given.number(2))),
    ),
    define("donchian", RANGE, BAND, &[WINDOW], |given| {
        driven(Donchian::new(given.rows(0)))
    }),
];

const STATISTICS: &[Definition] = &[
    define("rolling_sum", VALUE, VALUE, &[WINDOW], |given| {
        driven(RollingSum::new(given.rows(0)))
    }),
    define("rolling_min", VALUE, VALUE, &[WINDOW], |given| {
        driven(RollingMin::new(given.rows(0)))
    }),
    define("rolling_max", VALUE, VALUE, &[WINDOW], |given| {
        driven(RollingMax::new(given.rows(0)))
    }),
    define("rolling_median", VALUE, VALUE, &[WINDOW], |given| {
        driven(RollingMedian::new(given.rows(0)))
    }),
    define(
        "rolling_percentile",
        VALUE,
        VALUE,
        &[WINDOW, number("percent", 100.0)],
        |given| driven(RollingPercentile::new(given.rows(0), given.number(1))),
    ),
    define("rolling_rank", VALUE, VALUE, &[WINDOW], |given| {
        driven(RollingRank::new(given.rows(0)))
    }),
    define("variance", VALUE, VALUE, &[FROM_2, DDOF], |given| {
        driven(Variance::new(given.rows(0), given.rows(1)))
    }),
    define(
        "standard_deviation",
        VALUE,
        VALUE,
        &[FROM_2, DDOF],
        |given| driven(StandardDeviation::new(given.rows(0), given.rows(1))),
    ),
    define("z_score", VALUE, VALUE, &[FROM_2, DDOF], |given| {
        driven(ZScore::new(given.rows(0), given.rows(1)))
    }),
    define(
        "linear_regression",
        VALUE,
        &["value", "slope", "intercept"],
        &[FROM_2],
        |given| driven(LinearRegression::new(given.rows(0))),
    ),
];

const VOLUMES: &[Definition] = &[
    define("obv", &["close", "volume"], VALUE, &[], |_| {
        driven(Obv::new())
    }),
    define("ad", TRADED, VALUE, &[], |_| driven(Ad::default())),
    define("adosc", TRADED, VALUE, &[FAST, SLOW], |given| {
        driven(Adosc::new(given.rows(0), given.rows(1)))
    })
    .rising(0, 2),
];

/// Every indicator.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    [AVERAGES, OSCILLATORS, TRENDS, RANGES, STATISTICS, VOLUMES]
        .into_iter()
        .flatten()
}

/// The indicator of this name.
pub fn definition(name: &str) -> Option<&'static Definition> {
    definitions().find(|each| each.name == name)
}
