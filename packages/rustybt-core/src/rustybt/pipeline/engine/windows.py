"""Terms that are computed by functions of numpy windows."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rustybt.pipeline.engine.adjusting import AsOf
from rustybt.pipeline.loaders.base import Loaded
from rustybt.pipeline.term import ComputableTerm

Values = NDArray[Any]
OnRow = Callable[[int], object]


def computed(
    term: ComputableTerm,
    inputs: Sequence[Loaded | Values],
    *,
    mask: NDArray[np.bool_],
    days: NDArray[np.int64],
    sids: NDArray[np.int64],
    first: int,
) -> dict[str, Values]:
    """Values of a term, (rows, assets) per output; "" is the name of an only one.

    Args:
        term: What defines ``compute``.
        inputs: A column of data, or values (rows, assets), or (rows, 1), per input.
        mask: Where it is computed, (rows, assets).
        days: The sessions of the rows, in days since 1970-01-01.
        sids: The assets.
        first: The first row that is needed.
    """
    columns = [AsOf(each) if isinstance(each, Loaded) else each for each in inputs]
    names = term.outputs or ("",)
    results = {name: _missing(term, mask.shape) for name in names}
    length = max(term.window_length, 1)
    for row in range(first, len(days)):
        for column in columns:
            if isinstance(column, AsOf):
                column.move(row)
        chosen = np.flatnonzero(mask[row])
        if not len(chosen):
            continue
        windows = [_window(column, row, length, chosen) for column in columns]
        out = _output(term, len(chosen))
        today = days[row].astype("datetime64[D]").astype("datetime64[ns]")
        compute: Any = term.compute  # type: ignore[attr-defined]  # it computes windows
        try:
            compute(today, sids[chosen], out, *windows, **term.params)
        except Exception as error:
            error.add_note(f"in {term!r}, session {today.astype('datetime64[D]')}")
            raise
        for name in names:
            results[name][row, chosen] = out[name] if name else out
    return results


def _window(column: AsOf | Values, row: int, length: int, chosen: NDArray[np.int64]) -> Values:
    """The rows that end at one, of some assets; it cannot be written to."""
    values = column.values if isinstance(column, AsOf) else column
    window = values[row - length + 1 : row + 1]
    if window.shape[1] not in {1, len(chosen)} or len(chosen) == 1 != window.shape[1]:
        window = window[:, chosen]
    else:
        window = window.view()
    window.flags.writeable = False
    return window


def _missing(term: ComputableTerm, shape: tuple[int, ...]) -> Values:
    return np.full(shape, term.missing_value, dtype=term.dtype)


def _output(term: ComputableTerm, assets: int) -> Any:  # noqa: ANN401 - a record array, or an array
    if not term.outputs:
        return _missing(term, (assets,))
    out = np.recarray(assets, dtype=[(name, term.dtype) for name in term.outputs])
    for name in term.outputs:
        out[name] = term.missing_value
    return out
