"""The loader of facts: fundamentals and whatever else is restated, as known before each session."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from rustybt.data.bundle import FUNDAMENTALS, BundleData
from rustybt.data.point_in_time import FactReader, PointInTime
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.data.fundamentals import no_fundamentals
from rustybt.pipeline.dtypes import FLOAT, INTEGER, TEXT, TRUTH
from rustybt.pipeline.loaders.base import Loaded, LoadRequest
from rustybt.pipeline.loaders.known import KnownBy, check_known_by, moments_of


class FactLoader:
    """Facts as they were known before each session.

    A row has the value about the newest time, as it was last stated by a moment before the open:
    what a strategy can know in `before_trading_start`. A fact of that evening or of the morning
    before is in it; one that is told later in the day is in the next row. A window has each row as
    it was known then. Assets are found by their symbols.

    A column holds the field of its name, or of ``metadata={"field": …}``. Numbers go into columns
    of floats, integers (a fraction is an error) and truth values (0 is False); texts into columns
    of texts.

    Args:
        facts: The facts; None: the table ``fundamentals`` of the bundle.
        known_by: The moment that counts.

    Raises:
        InvalidArgument: There is no such moment.
    """

    def __init__(
        self, facts: FactReader | None = None, *, known_by: KnownBy = "before_open"
    ) -> None:
        check_known_by(known_by)
        self._given = facts
        self._known_by = known_by
        self._read: tuple[BundleData, FactReader] | None = None

    @property
    def fingerprint(self) -> str | None:
        """What its data depend on beside the bundle; None where facts were given."""
        return None if self._given is not None else f"known_by={self._known_by}"

    def first_session(self, request: LoadRequest) -> int | None:
        """Facts begin when they begin: what is not known yet is missing."""
        del request
        return None

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """The values of fields.

        Raises:
            InvalidArgument: There is no such field, or its values are none for the column.
        """
        facts = self._facts(request.bundle)
        moments = pl.Series(moments_of(request, self._known_by))
        assets = request.bundle.finder.retrieve_all(request.sids.tolist())
        symbols = [asset.symbol for asset in assets]
        found = {}
        for column in columns:
            field = column.metadata.get("field", column.name)
            if field not in facts.fields:
                raise InvalidArgument(
                    field=f"field of {column!r}",
                    value=field,
                    reason=f"the facts have {', '.join(facts.fields)}",
                )
            values = facts.panel(field, symbols, moments)[field]
            cells = _cells(values, column).reshape(request.rows, len(symbols))
            found[column] = Loaded(np.ascontiguousarray(cells.T))
        return found

    def _facts(self, bundle: BundleData) -> FactReader:
        if self._given is not None:
            return self._given
        if self._read is None or self._read[0] is not bundle:
            read = bundle.tables.get(FUNDAMENTALS)
            if read is None:
                raise no_fundamentals(bundle)
            self._read = bundle, PointInTime.of(read(), forecasts=True)
        return self._read[1]


def _cells(values: pl.Series, column: BoundColumn) -> NDArray[Any]:
    """Values of a field in the dtype of a column."""
    texts = values.dtype == pl.String
    if texts != (column.dtype == TEXT) or column.dtype not in {FLOAT, INTEGER, TRUTH, TEXT}:
        raise InvalidArgument(
            field=f"dtype of {column!r}",
            value=str(column.dtype),
            reason=f"its field holds {'texts' if texts else 'numbers'}; declare it so",
        )
    if texts:
        return np.array(values.to_list(), dtype=object)
    numbers = values.cast(pl.Float64)
    if column.dtype == FLOAT:
        return np.array(numbers.to_numpy())
    if column.dtype == INTEGER and (numbers % 1 != 0).any():
        fraction = values.filter((numbers % 1 != 0).fill_null(value=False))[0]
        raise InvalidArgument(
            field=f"value of {column!r}", value=fraction, reason="its column holds whole numbers"
        )
    typed = numbers != 0 if column.dtype == TRUTH else values.cast(pl.Int64)
    return typed.fill_null(column.missing_value).to_numpy().astype(column.dtype)
