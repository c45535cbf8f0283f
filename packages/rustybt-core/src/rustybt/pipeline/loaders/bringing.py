"""All columns of data of a plan, from their loaders: checked, and exchanged where need be."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.dtypes import TEXT
from rustybt.pipeline.loaders.base import Loaded, LoadRequest, PipelineLoader
from rustybt.pipeline.loaders.exchanging import MoneyExchange, currencies_of
from rustybt.pipeline.loaders.sources import Sources

Begins = Callable[[Sequence[BoundColumn], int], None]
"""Is told on which day the data of some columns begin."""


def asked_columns(columns: Iterable[BoundColumn]) -> list[BoundColumn]:
    """What loaders are asked for: columns as they are reported, and currencies, each once."""
    asked: dict[BoundColumn, None] = {}
    for column in columns:
        asked[column.reported] = None
        by = currencies_of(column)
        if by is not None:
            asked[by] = None
    return list(asked)


class Bringer:
    """Brings columns of data.

    Args:
        sources: Finds their loaders.
        bundle: The data.
        calendar: The sessions.
    """

    def __init__(self, sources: Sources, bundle: BundleData, calendar: TradingCalendar) -> None:
        self._sources = sources
        self._exchange = MoneyExchange(bundle, calendar)

    def bring(
        self, columns: Iterable[BoundColumn], request: LoadRequest, begins: Begins
    ) -> dict[BoundColumn, Loaded]:
        """The values of columns.

        Args:
            columns: Which.
            request: Of which assets and rows.
            begins: Is told on which day the data of columns begin, before they are loaded; it
                refuses windows that begin before.

        Raises:
            InvalidArgument: A column has no loader, or its loader brought something else.
            MissingRate: A value has to be exchanged, and has no rate.
        """
        wanted = list(columns)
        reported: dict[BoundColumn, Loaded] = {}
        for loader, asked in self._sources.groups(asked_columns(wanted)):
            begin = loader.first_session(request)
            if begin is not None:
                begins([column for column in wanted if column.reported in asked], begin)
            found = loader.load(asked, request)
            reported.update({column: _checked(loader, column, found, request) for column in asked})
        return {column: self._finished(column, reported, request) for column in wanted}

    def _finished(
        self, column: BoundColumn, reported: Mapping[BoundColumn, Loaded], request: LoadRequest
    ) -> Loaded:
        loaded = reported[column.reported]
        if column.currency is None:
            return loaded
        by = currencies_of(column)
        currencies = None if by is None else reported[by]
        return self._exchange.converted(column, loaded, currencies, request)


def _checked(
    loader: PipelineLoader,
    column: BoundColumn,
    found: Mapping[BoundColumn, Loaded],
    request: LoadRequest,
) -> Loaded:
    """What a loader brought of a column, in the shape and the dtype that are due."""
    loaded = found.get(column)
    if loaded is None:
        raise _wrong(loader, column, "nothing", "bring each column that is asked for")
    values, shape = loaded.values, (len(request.sids), request.rows)
    if getattr(values, "shape", None) != shape:
        met = f"shape {getattr(values, 'shape', type(values).__name__)}"
        raise _wrong(loader, column, met, f"bring an array (assets, rows), here {shape}")
    if values.dtype != column.dtype:
        kind = "object, texts or None" if column.dtype == TEXT else column.dtype
        raise _wrong(loader, column, f"dtype {values.dtype}", f"its column is of {kind}")
    return loaded


def _wrong(loader: PipelineLoader, column: BoundColumn, met: str, reason: str) -> InvalidArgument:
    return InvalidArgument(
        field=f"{column!r}, as {type(loader).__name__} brought it,", value=met, reason=reason
    )
