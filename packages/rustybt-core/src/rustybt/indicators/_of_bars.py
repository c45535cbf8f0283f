"""Functions that declare indicators of several fields of bars."""

from __future__ import annotations

from rustybt.indicators._declaring import declares_compound, declares_one


@declares_one
def vwma(window: int = 20, *, frequency: str | None = None) -> None:
    """Moving average of closes, weighted by volume."""


@declares_one
def vwap(window: int = 20, *, frequency: str | None = None) -> None:
    """Volume-weighted average price of the last `window` bars, not of a session."""


@declares_compound
def stochastic(
    window: int = 14, smoothing: int = 3, signal: int = 3, *, frequency: str | None = None
) -> None:
    """Slow stochastic: where the close stands in the range of the window, smoothed.

    Values: `k`, `d`.
    """


@declares_compound
def stochastic_fast(window: int = 14, signal: int = 3, *, frequency: str | None = None) -> None:
    """Fast stochastic: where the close stands in the range of the window, 0 to 100.

    Values: `k`, `d`.
    """


@declares_one
def williams_r(window: int = 14, *, frequency: str | None = None) -> None:
    """Williams' %R: how far the close is from the high of the window, -100 to 0."""


@declares_one
def cci(window: int = 14, *, frequency: str | None = None) -> None:
    """Commodity channel index: how far the typical price is from its mean."""


@declares_one
def ultimate_oscillator(
    short: int = 7, medium: int = 14, long: int = 28, *, frequency: str | None = None
) -> None:
    """Williams' ultimate oscillator: buying pressure of three windows, 0 to 100."""


@declares_one
def mfi(window: int = 14, *, frequency: str | None = None) -> None:
    """Money flow index: an RSI of typical prices weighted by volume, 0 to 100."""


@declares_one
def plus_di(window: int = 14, *, frequency: str | None = None) -> None:
    """Wilder's directional indicator of moves up, 0 to 100."""


@declares_one
def minus_di(window: int = 14, *, frequency: str | None = None) -> None:
    """Wilder's directional indicator of moves down, 0 to 100."""


@declares_one
def dx(window: int = 14, *, frequency: str | None = None) -> None:
    """Wilder's directional movement index: how much moves go one way, 0 to 100."""


@declares_one
def adx(window: int = 14, *, frequency: str | None = None) -> None:
    """Wilder's average directional movement index: the strength of a trend, 0 to 100."""


@declares_one
def adxr(window: int = 14, *, frequency: str | None = None) -> None:
    """Mean of the ADX and what it was `window - 1` bars ago."""


@declares_compound
def aroon(window: int = 14, *, frequency: str | None = None) -> None:
    """How long ago the highest and the lowest price of the window were, 100 to 0.

    Values: `up`, `down`, `oscillator`.
    """


@declares_one
def psar(acceleration: float = 0.02, maximum: float = 0.2, *, frequency: str | None = None) -> None:
    """Wilder's parabolic stop and reverse: a price that follows a trend."""


@declares_compound
def supertrend(window: int = 10, multiplier: float = 3.0, *, frequency: str | None = None) -> None:
    """A stop that trails a trend by multiples of the ATR, and the direction of the trend.

    Values: `value`, `direction`.
    """


@declares_compound
def ichimoku(
    conversion: int = 9,
    base: int = 26,
    span: int = 52,
    displacement: int = 26,
    *,
    frequency: str | None = None,
) -> None:
    """Ichimoku's lines: middles of ranges, those of some bars ago, and those ahead.

    Values: `conversion`, `base`, `span_a`, `span_b`, `lead_a`, `lead_b`.
    """


@declares_one
def true_range(*, frequency: str | None = None) -> None:
    """Range of the bar and of the gap before it."""


@declares_one
def atr(window: int = 14, *, frequency: str | None = None) -> None:
    """Average true range, by Wilder's average."""


@declares_one
def natr(window: int = 14, *, frequency: str | None = None) -> None:
    """Average true range in per cent of the close."""


@declares_compound
def keltner(
    window: int = 20,
    range_window: int = 10,
    multiplier: float = 2.0,
    *,
    frequency: str | None = None,
) -> None:
    """Keltner channel: an EMA of closes and multiples of the ATR around it.

    Values: `upper`, `middle`, `lower`.
    """


@declares_compound
def donchian(window: int = 20, *, frequency: str | None = None) -> None:
    """Donchian channel: the highest and the lowest price of the window, this bar included.

    Values: `upper`, `middle`, `lower`.
    """


@declares_one
def obv(*, frequency: str | None = None) -> None:
    """On-balance volume: volumes of closes that rose, less those of closes that fell."""


@declares_one
def ad(*, frequency: str | None = None) -> None:
    """Accumulation and distribution: volumes by where the close stands in the bar's range."""


@declares_one
def adosc(fast: int = 3, slow: int = 10, *, frequency: str | None = None) -> None:
    """Chaikin's oscillator: a fast average of accumulation and distribution less a slow one."""
