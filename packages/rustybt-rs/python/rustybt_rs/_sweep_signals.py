"""What the parameter sets of a sweep want when."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from rustybt_rs._native import SweepSignals
from rustybt_rs._sweep_models import Coefficient, Number, positive

if TYPE_CHECKING:
    from rustybt_rs._sweep_bars import Bars

Parameters = Mapping[str, Sequence[Any]]
"""Values by name of the parameter, one for each set."""

Direction = Literal["long", "short", "both"]
"""What is held: something or nothing, less than nothing or nothing, or one of both sides."""


class Signals(Protocol):
    """What a sweep runs."""

    @property
    def weights(self) -> bool:
        """Whether targets are shares of the portfolio's value, not units."""

    @property
    def parameters(self) -> Parameters:
        """The parameters of each set."""

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""


def grid(
    where: Callable[[dict[str, Any]], bool] | None = None, **values: Sequence[Any]
) -> dict[str, list[Any]]:
    """All combinations of values, the last name changing quickest.

    Args:
        where: Which combinations to keep; None keeps all.
        **values: Values by name.

    Returns:
        One list by name, as the classes of signals take them.
    """
    combined = [
        dict(zip(values, each, strict=True)) for each in itertools.product(*values.values())
    ]
    kept = combined if where is None else [each for each in combined if where(each)]
    return {name: [each[name] for each in kept] for name in values}


@dataclass(frozen=True, kw_only=True)
class Holding:
    """How much a rule holds: units, or a share of the portfolio's value.

    Attributes:
        units: Units of each asset; give these or `weight`.
        weight: Share of the portfolio's value for each asset.
        direction: "long" holds while the rule says yes; "short" holds the opposite of it while
            the rule says no; "both" holds one or the other.
    """

    units: Number | None = None
    weight: Number | None = None
    direction: Direction = "long"

    def __post_init__(self) -> None:
        if (self.units is None) == (self.weight is None):
            raise ValueError("units: give units or weight, and one of them alone")
        if self.direction not in ("long", "short", "both"):
            raise ValueError(f"direction: give long, short or both (met {self.direction!r})")

    @property
    def weights(self) -> bool:
        """Whether a share of the portfolio's value is held."""
        return self.units is None

    def _sides(self) -> tuple[Coefficient, Coefficient, bool]:
        """What is held for yes, for no, and whether in units."""
        held = self.weight if self.units is None else self.units
        assert held is not None, "one of the two was given"
        size = positive(held, "weight" if self.units is None else "units")
        nothing, opposite = (0, 0), (-size[0], size[1])
        yes = nothing if self.direction == "short" else size
        no = nothing if self.direction == "long" else opposite
        return yes, no, self.units is not None


@dataclass(frozen=True, kw_only=True)
class _Cross(Holding):
    """One mean above another; see the subclasses."""

    fast: Sequence[int]
    slow: Sequence[int]
    _kind = "sma"

    @property
    def parameters(self) -> Parameters:
        """The windows of each set."""
        return {"fast": self.fast, "slow": self.slow}

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        _same_length(self.parameters)
        windows = _windows(self.fast, "fast"), _windows(self.slow, "slow")
        return SweepSignals.cross(bars.native, self._kind, *windows, self._sides())


@dataclass(frozen=True, kw_only=True)
class SmaCross(_Cross):
    """Holds while the mean of the last `fast` prices is above that of the last `slow` ones.

    Means of last known closes, compared exactly; none before there are so many.

    Attributes:
        fast: The shorter window of each set.
        slow: The longer one.
    """


@dataclass(frozen=True, kw_only=True)
class EmaCross(_Cross):
    """The same with exponential means, computed in floats.

    The first value is the simple mean of the window, each further one moves by 2 / (window + 1)
    of its distance to the price.
    """

    _kind = "ema"


@dataclass(frozen=True, kw_only=True)
class RsiLevels(Holding):
    """Says yes from where Wilder's RSI is below `lower` until it is above `upper`.

    Attributes:
        window: Number of changes that the index averages, of each set.
        lower: Level below which it is oversold.
        upper: Level above which it is overbought.
    """

    window: Sequence[int]
    lower: Sequence[float]
    upper: Sequence[float]

    @property
    def parameters(self) -> Parameters:
        """Window and levels of each set."""
        return {"window": self.window, "lower": self.lower, "upper": self.upper}

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        _same_length(self.parameters)
        levels = [float(each) for each in self.lower], [float(each) for each in self.upper]
        windows = _windows(self.window, "window")
        return SweepSignals.strength(bars.native, windows, *levels, self._sides())


@dataclass(frozen=True, kw_only=True)
class Breakout(Holding):
    """Says yes from a close above the highs before it until one below the lows (Donchian).

    Attributes:
        entry: Of how many bars before the close the highest high is taken, of each set.
        exit: The same of the lowest low.
    """

    entry: Sequence[int]
    exit: Sequence[int]

    @property
    def parameters(self) -> Parameters:
        """The windows of each set."""
        return {"entry": self.entry, "exit": self.exit}

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        _same_length(self.parameters)
        windows = _windows(self.entry, "entry"), _windows(self.exit, "exit")
        return SweepSignals.breakout(bars.native, *windows, self._sides())


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Targets that were given: what `order_target` is told.

    Attributes:
        values: An array of bars x sets (int8, int64 or float64 in C order), a frame with a column
            for each set, or a sequence of columns; for several assets a mapping by symbol. A null
            or NaN orders nothing.
        parameters: What the sets are called, a value for each by name.
        every_bar: Whether every value is ordered; otherwise those that differ from the last one
            there is, where zero stands before the first.
    """

    values: Any
    parameters: Parameters = field(default_factory=dict)
    every_bar: bool = False
    weights = False

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        return _given(self.values, bars, every_bar=self.every_bar, units=not self.weights)


@dataclass(frozen=True, kw_only=True)
class Weights(Targets):
    """Shares of the portfolio's value: what `order_target_percent` is told; see `Targets`."""

    weights = True


@dataclass(frozen=True, kw_only=True)
class Switches(Holding):
    """Says yes from an entry to an exit; an entry and an exit in one bar change nothing.

    Attributes:
        entries: As the values of `Targets`, booleans or numbers that are not zero for yes.
        exits: The same.
        parameters: What the sets are called, a value for each by name.
    """

    entries: Any
    exits: Any
    parameters: Parameters = field(default_factory=dict)

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        entries, exits = (
            _given(values, bars, every_bar=True, units=True)
            for values in (self.entries, self.exits)
        )
        return SweepSignals.switches(entries, exits, self._sides())


@dataclass(frozen=True, kw_only=True)
class Expressions:
    """Signals by Polars expressions over parameters, for one asset of a frame.

    ``Expressions(lambda p: pl.col("close").rolling_mean(p["fast"]) > ..., grid(fast=[5, 10]),
    units=100)``: where the expression is a boolean, `units` or `weight` is held while it is true
    (null is false); where it is a number it is the target itself.

    Attributes:
        function: From the parameters of a set, by name, to an expression.
        parameters: A value for each set by name.
        units: Units that a true boolean holds.
        weight: Share of the portfolio's value that a true boolean holds.
        weights: Whether numbers are shares of the portfolio's value.
    """

    function: Callable[[dict[str, Any]], Any]
    parameters: Parameters
    units: Number | None = None
    weight: Number | None = None
    weights: bool = False

    def __post_init__(self) -> None:
        if self.weight is not None:
            object.__setattr__(self, "weights", True)

    def native(self, bars: Bars) -> SweepSignals:
        """The signals as the kernel takes them."""
        import polars as pl

        if bars.frame is None or len(bars.symbols) != 1:
            raise ValueError("bars: expressions need Bars.from_frame of one asset")
        count = _same_length(self.parameters)
        rows = [
            {name: values[row] for name, values in self.parameters.items()} for row in range(count)
        ]
        frame = bars.frame.sort("timestamp")
        columns = frame.select(
            self.function(row).alias(str(number)) for number, row in enumerate(rows)
        )
        if all(kind == pl.Boolean for kind in columns.dtypes):
            held = Holding(units=self.units, weight=self.weight)
            entries = columns.select(pl.all().fill_null(value=False))
            exits = entries.select(pl.all().not_())
            switches = Switches(entries=entries, exits=exits, units=held.units, weight=held.weight)
            return switches.native(bars)
        return _given(columns, bars, every_bar=False, units=not self.weights)


def _same_length(parameters: Parameters) -> int:
    lengths = {name: len(values) for name, values in parameters.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"parameters: give one value for each set (met {lengths})")
    return next(iter(lengths.values()), 0)


def _windows(values: Sequence[int], name: str) -> list[int]:
    windows = [int(value) for value in values]
    if any(window < 1 for window in windows):
        raise ValueError(f"{name}: give windows of one bar or more (met {min(windows)})")
    return windows


def _given(values: Any, bars: Bars, *, every_bar: bool, units: bool) -> SweepSignals:  # noqa: ANN401
    """Signals of arrays or columns."""
    parts = [values[symbol] for symbol in bars.symbols] if isinstance(values, Mapping) else [values]
    if all(hasattr(part, "shape") and hasattr(part, "strides") for part in parts):
        return _of_arrays(parts, bars, every_bar=every_bar, units=units)
    columns = [_columns(part) for part in parts]
    sets = [list(each) for each in zip(*columns, strict=True)]
    return SweepSignals.from_columns(bars.native, sets, every_bar, units)


def _of_arrays(parts: Sequence[Any], bars: Bars, *, every_bar: bool, units: bool) -> SweepSignals:
    lent, sets = [], set()
    for part in parts:
        view = memoryview(part if part.flags.c_contiguous else part.copy(order="C"))
        length, width = (*view.shape, 1)[:2] if view.shape else (0, 0)
        if length != len(bars) or view.ndim > 2:
            raise ValueError(f"signals: give {len(bars)} bars x sets (met shape {view.shape})")
        sets.add(width)
        lent.append(_flat(view))
    if len(sets) != 1:
        raise ValueError(f"signals: give as many sets for each asset (met {sorted(sets)})")
    return SweepSignals.from_arrays(bars.native, lent, sets.pop(), every_bar, units)


def _flat(view: memoryview) -> memoryview:
    """The numbers of an array one after the other."""
    kind = {"?": "b", "b": "b", "l": "q", "q": "q", "d": "d"}.get(view.format)
    if kind is None:
        raise ValueError(
            f"signals: give int8, int64, float64 or bool (met the format {view.format!r})"
        )
    return view.cast("B").cast(kind)  # type: ignore[call-overload, no-any-return]


def _columns(values: Any) -> list[Any]:  # noqa: ANN401 - a frame, or columns
    """A column for each set, in a kind that kernels read."""
    columns = values.get_columns() if hasattr(values, "get_columns") else list(values)
    return [_readable(column) for column in columns]


def _readable(column: Any) -> Any:  # noqa: ANN401 - a column
    kind = getattr(column, "dtype", None)
    if kind is None or not hasattr(kind, "is_integer"):
        return column
    import polars as pl

    if kind == pl.Boolean or kind.is_integer():
        return column.cast(pl.Int64)
    return column.cast(pl.Float64) if kind == pl.Float32 else column
