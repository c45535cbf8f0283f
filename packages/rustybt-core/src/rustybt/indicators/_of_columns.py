"""Functions that declare indicators of any one field."""

from __future__ import annotations

from rustybt.indicators._declaring import declares_compound, declares_one


@declares_one
def sma(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Simple moving average: the mean of the last `window` values."""


@declares_one
def ema(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Exponential moving average, which takes in 2 / (window + 1) of each value."""


@declares_one
def wilder(window: int = 14, *, field: str = "close", frequency: str | None = None) -> None:
    """Wilder's moving average, which takes in 1 / window of each value."""


@declares_one
def wma(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Linearly weighted moving average: the newest value weighs `window`, the oldest one 1."""


@declares_one
def dema(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Double exponential moving average: 2 EMA - EMA of EMA."""


@declares_one
def tema(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Triple exponential moving average: 3 EMA - 3 EMA of EMA + EMA of EMA of EMA."""


@declares_one
def trima(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Triangular moving average: the values in the middle of the window weigh most."""


@declares_one
def kama(
    window: int = 30,
    fast: int = 2,
    slow: int = 30,
    *,
    field: str = "close",
    frequency: str | None = None,
) -> None:
    """Kaufman's adaptive moving average: the straighter the path of the window, the faster."""


@declares_one
def hma(window: int = 16, *, field: str = "close", frequency: str | None = None) -> None:
    """Hull's moving average: of weighted averages, with hardly any lag."""


@declares_one
def t3(
    window: int = 5, factor: float = 0.7, *, field: str = "close", frequency: str | None = None
) -> None:
    """Tillson's T3: a moving average of six exponential ones."""


@declares_one
def momentum(window: int = 10, *, field: str = "close", frequency: str | None = None) -> None:
    """Difference to the value of `window` bars ago."""


@declares_one
def roc(window: int = 10, *, field: str = "close", frequency: str | None = None) -> None:
    """Rate of change: difference to the value of `window` bars ago, in per cent of it."""


@declares_one
def rsi(window: int = 14, *, field: str = "close", frequency: str | None = None) -> None:
    """Wilder's relative strength index, 0 to 100."""


@declares_one
def cmo(window: int = 14, *, field: str = "close", frequency: str | None = None) -> None:
    """Chande's momentum oscillator, -100 to 100."""


@declares_one
def apo(
    fast: int = 12, slow: int = 26, *, field: str = "close", frequency: str | None = None
) -> None:
    """Absolute price oscillator: a fast EMA less a slow one."""


@declares_one
def ppo(
    fast: int = 12, slow: int = 26, *, field: str = "close", frequency: str | None = None
) -> None:
    """Percentage price oscillator: a fast EMA less a slow one, in per cent of the slow one."""


@declares_compound
def macd(
    fast: int = 12,
    slow: int = 26,
    signal: int = 9,
    *,
    field: str = "close",
    frequency: str | None = None,
) -> None:
    """Moving average convergence and divergence: a fast EMA less a slow one, and its EMA.

    Values: `macd`, `signal`, `histogram`.
    """


@declares_one
def trix(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Rate of change over one bar of a triple EMA, in per cent."""


@declares_compound
def stochastic_rsi(
    window: int = 14,
    range_window: int = 14,
    signal: int = 3,
    *,
    field: str = "close",
    frequency: str | None = None,
) -> None:
    """Where the RSI stands in its range of the last bars, 0 to 100, and its average.

    Values: `k`, `d`.
    """


@declares_compound
def bollinger(
    window: int = 20, width: float = 2.0, *, field: str = "close", frequency: str | None = None
) -> None:
    """Bollinger bands: a mean and `width` standard deviations around it.

    Values: `upper`, `middle`, `lower`, `bandwidth`, `percent_b`.
    """


@declares_one
def rolling_sum(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Sum of the last `window` values."""


@declares_one
def rolling_min(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """The least of the last `window` values."""


@declares_one
def rolling_max(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """The greatest of the last `window` values."""


@declares_one
def rolling_median(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Median of the last `window` values."""


@declares_one
def rolling_percentile(
    window: int = 30, percent: float = 50.0, *, field: str = "close", frequency: str | None = None
) -> None:
    """A percentile of the last `window` values, linear between two of them."""


@declares_one
def rolling_rank(window: int = 30, *, field: str = "close", frequency: str | None = None) -> None:
    """Rank of the value among the last `window` ones, over `window`."""


@declares_one
def variance(
    window: int = 20, ddof: int = 0, *, field: str = "close", frequency: str | None = None
) -> None:
    """Variance of the last `window` values."""


@declares_one
def standard_deviation(
    window: int = 20, ddof: int = 0, *, field: str = "close", frequency: str | None = None
) -> None:
    """Standard deviation of the last `window` values."""


@declares_one
def z_score(
    window: int = 20, ddof: int = 0, *, field: str = "close", frequency: str | None = None
) -> None:
    """How many standard deviations the value is from the mean of the window."""


@declares_compound
def linear_regression(
    window: int = 14, *, field: str = "close", frequency: str | None = None
) -> None:
    """Line of least squares through the window: its newest value, slope and intercept.

    Values: `value`, `slope`, `intercept`.
    """
