"""Indicators as a strategy holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Any, Protocol

from rustybt.errors import NoSuchOutput
from rustybt.indicators._readings import Reading, RowCursor

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from rustybt.assets import Instrument

NOT_COMPUTED: Sequence[float] = ()
"""Values of an indicator that have to be computed: no row can be read."""


class Indicators(Protocol):
    """The indicators of a run."""

    def declare(
        self,
        name: str,
        asset: Instrument,
        *,
        field: str | None,
        frequency: str | None,
        parameters: Mapping[str, object],
    ) -> Indicator | CompoundIndicator:
        """An indicator of an asset; the same one for the same arguments."""


class Source(Protocol):
    """Computes what an indicator shows."""

    def value(self, indicator: Indicator, ago: int) -> float:
        """The value some bars ago, whether or not it has been computed yet."""

    def window(self, indicator: Indicator, count: int) -> pl.Series | pd.Series[Any]:
        """The values of the newest bars."""


class Indicator(Reading):
    """One statistic of one asset, bar by bar.

    It is made by the functions of `rustybt.indicators` and can be read while the run lasts.

    Attributes:
        name: What it computes: ``sma(ALFA, window=20)``.
    """

    __slots__ = ("_cursor", "_source", "first_row", "name", "track", "values")

    def __init__(self, name: str, source: Source, cursor: RowCursor, track: object) -> None:
        self.name = name
        self.track = track
        self.values: Sequence[float] = NOT_COMPUTED
        self.first_row = 0
        self._source = source
        self._cursor = cursor

    @property
    def value(self) -> float:
        """The value as of the present; NaN where there is none yet.

        A bar in which the asset did not trade leaves it as it was.

        Raises:
            IndicatorNotReadable: The run has not begun, or is over.
        """
        try:
            return self.values[self._cursor.bar_row]
        except IndexError:
            return self._source.value(self, 0)

    def __getitem__(self, ago: int) -> float:
        row, values = self._cursor.bar_row - ago, self.values
        if ago >= 0 and self.first_row <= row < len(values):
            return values[row]
        return self._source.value(self, index(ago))

    def history(self, bar_count: int) -> pl.Series | pd.Series[Any]:
        """The values of the newest bars, the last of which is the present one.

        Args:
            bar_count: How many; where the data have fewer, there are fewer.

        Returns:
            A series of floats, by time where the strategy sees pandas; NaN where there was none.

        Raises:
            InvalidArgument: It is no positive whole number.
            IndicatorNotReadable: The run has not begun, or is over.
        """
        return self._source.window(self, bar_count)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class CompoundIndicator:
    """An indicator of several values: each is an attribute, and can be unpacked in order.

    ``lines.signal`` of ``lines = macd(asset)`` is read as an indicator of one value is.

    Attributes:
        name: What it computes.
        outputs: Its indicators of one value, by name.
    """

    __slots__ = ("name", "outputs")

    def __init__(self, name: str, outputs: Mapping[str, Indicator]) -> None:
        self.name = name
        self.outputs = outputs

    @property
    def ready(self) -> bool:
        """Whether all of its values are there."""
        return all(output.ready for output in self.outputs.values())

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.outputs.values())

    def __getattr__(self, name: str) -> Indicator:
        if name.startswith("__") or name in CompoundIndicator.__slots__:
            raise AttributeError(name)  # asked for by what copies objects, before there are any
        if name not in self.outputs:
            raise NoSuchOutput(indicator=self.name, output=name, valid=tuple(self.outputs))
        return self.outputs[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.outputs]

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(self.outputs)}>"
