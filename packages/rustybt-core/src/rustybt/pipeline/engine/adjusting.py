"""Columns of data as of each session, from values as reported and factors."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rustybt.data.coefficients import IntArray
from rustybt.pipeline.loaders.base import FloatArray, Loaded, Steps

Values = NDArray[np.generic]


def cumulative(steps: Steps, shape: tuple[int, int]) -> FloatArray:
    """The product of the factors that count as of each row, (assets, rows)."""
    assets, rows = shape
    order = np.lexsort((steps.since, steps.assets))
    owners, since = steps.assets[order], steps.since[order]
    counts = np.bincount(owners, minlength=assets)
    products = np.ones((assets, 1 + counts.max(initial=0)))
    begins = np.cumsum(counts) - counts
    products[owners, 1 + np.arange(len(order)) - begins[owners]] = steps.factors[order]
    np.multiply.accumulate(products, axis=1, out=products)
    # The products of an asset, one after the other, each for the rows until the next factor.
    bounds = np.insert(owners * rows + since, begins, np.arange(assets) * rows)
    lengths = np.diff(bounds, append=assets * rows)
    used = np.arange(products.shape[1]) <= counts[:, None]
    return np.repeat(products[used], lengths).reshape(shape)


def in_one_unit(values: FloatArray, units: FloatArray) -> FloatArray:
    """A column in a unit that no factor changes.

    Of a row t and an older row s, ``column[s] * units[t]`` is what row s means as of t.

    Args:
        values: As they were reported, (assets, rows).
        units: The products of factors (`cumulative`).
    """
    column = np.empty_like(values)
    column[:, 0] = values[:, 0]
    np.divide(values[:, 1:], units[:, :-1], out=column[:, 1:])
    return column


def newest(loaded: Loaded) -> Values:
    """The value of each row as of that row: only what became effective just then changes it."""
    steps, values = loaded.steps, loaded.values
    if steps is None:
        return values
    result = values.copy()
    now = steps.through == steps.since
    places = steps.assets[now], steps.since[now]
    np.multiply.at(result, places, steps.factors[now])
    return result


class Segments(NamedTuple):
    """Rows of assets that are computed as of an event, with the rows that windows look back to.

    They are rows of a table of their own: of each segment the rows before, then those that are
    wanted, one segment after the other.

    Attributes:
        assets: The asset of each segment.
        events: The row of the event as of which it is computed.
        begins: Its first row.
        stops: The row after its last.
        offsets: Where it begins in the table.
        sources: For each row of the table its place in the panel.
        wanted: Which rows of the table are wanted.
    """

    assets: IntArray
    events: IntArray
    begins: IntArray
    stops: IntArray
    offsets: IntArray
    sources: IntArray
    wanted: NDArray[np.bool_]

    @classmethod
    def of(
        cls, steps: Sequence[Steps], rows: int, *, first: int, back: int, irregular: bool = False
    ) -> "Segments":
        """The segments between the events of assets.

        Args:
            steps: What happens.
            rows: Rows of an asset in the panel.
            first: The first row that is wanted.
            back: So many rows a window reaches back.
            irregular: Only assets of which a factor becomes known late.
        """
        pairs = [each.assets * rows + each.since for each in steps]
        assets, events = np.divmod(np.unique(np.concatenate(pairs)), rows)
        if irregular:
            late = [each.assets[each.through != each.since] for each in steps]
            chosen = np.isin(assets, np.concatenate(late))
            assets, events = assets[chosen], events[chosen]
        stops = np.where(np.diff(assets, append=-1) == 0, np.append(events[1:], rows), rows)
        needed = stops > first
        assets, events, stops = assets[needed], events[needed], stops[needed]
        wanted = np.maximum(events, first)
        begins = np.maximum(wanted - back, 0)
        lengths = stops - begins
        offsets = np.cumsum(lengths) - lengths
        of_rows = np.arange(lengths.sum()) - np.repeat(offsets - begins, lengths)
        return cls(
            assets=assets,
            events=events,
            begins=begins,
            stops=stops,
            offsets=offsets,
            sources=np.repeat(assets * rows, lengths) + of_rows,
            wanted=of_rows >= np.repeat(wanted, lengths),
        )

    def as_of(self, loaded: Loaded) -> Values:
        """The rows of a column, each segment as of its event."""
        values = loaded.values.reshape(-1)[self.sources]
        if loaded.steps is not None and len(self.assets):
            values *= self._factors(loaded.steps)
        return values

    def _factors(self, steps: Steps) -> FloatArray:
        """For each row of the table the product of the factors that count as of the event."""
        order = np.argsort(steps.assets, kind="stable")
        owners = steps.assets[order]
        lows, highs = (np.searchsorted(owners, self.assets, side) for side in ("left", "right"))
        counts = highs - lows
        segments = np.repeat(np.arange(len(counts)), counts)
        each = order[np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - lows, counts)]
        known = (steps.since[each] <= self.events[segments]) & (
            steps.through[each] >= self.begins[segments]
        )
        segments, each = segments[known], each[known]
        last = np.minimum(steps.through[each], self.stops[segments] - 1)
        factors = np.ones(len(self.sources))
        places = self.offsets[segments] + last - self.begins[segments]
        np.multiply.at(factors, places, steps.factors[each])
        for part in np.split(factors, self.offsets[1:]):
            np.multiply.accumulate(part[::-1], out=part[::-1])
        return factors


class AsOf:
    """The rows of a column as of one row after the other, (rows, assets).

    Args:
        loaded: The column.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.values = np.ascontiguousarray(loaded.values.T)
        self._steps = loaded.steps
        self._done = 0

    def move(self, row: int) -> None:
        """Apply everything that counts as of a row; rows are given in ascending order."""
        steps = self._steps
        if steps is None:
            return
        while self._done < len(steps.since) and steps.since[self._done] <= row:
            asset, last = steps.assets[self._done], steps.through[self._done]
            self.values[: last + 1, asset] *= steps.factors[self._done]
            self._done += 1
