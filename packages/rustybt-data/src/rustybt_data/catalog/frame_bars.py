"""Bars of a frame, checked: all symbols together where nothing is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.readers import as_decimals
from rustybt.data.schemas import BAR_FIELDS, BarKind, stamp_column
from rustybt.errors import DataValidationError
from rustybt_data.origin import NameOf, Origin
from rustybt_data.parquet.bars import AssetBars, ReadColumns, read_bars, read_columns
from rustybt_data.parquet.extras import Extras
from rustybt_data.parquet.scales import Scales
from rustybt_data.predicates import STORABLE, BarTest, passes

_LABELS: Final[Mapping[BarKind, tuple[type[pl.DataType], pl.DataType]]] = {
    "daily": (pl.Int32, pl.Date()),
    "intraday": (pl.Int64, pl.Datetime("ns", "UTC")),
}


class Batch(NamedTuple):
    """Checked bars of one asset or of many.

    Attributes:
        rows: ``sid, at`` and the coefficients of the fields, Int64 without nulls.
        scales: Decimals that the coefficients count.
        origin: Where each row comes from.
    """

    rows: pl.DataFrame
    scales: Scales
    origin: NameOf


class NewBars(NamedTuple):
    """Checked bars and what is beside them, by sid.

    Attributes:
        batches: The bars.
        extras: The other columns of each sid that has any.
    """

    batches: tuple[Batch, ...]
    extras: Mapping[int, Extras]

    @property
    def rows(self) -> int:
        """Number of bars."""
        return sum(batch.rows.height for batch in self.batches)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameBars:
    """Checked bars of a frame.

    Attributes:
        kind: What the labels are.
        symbols: The symbols, sorted.
        batches: Their bars; a ``sid`` is the place of the symbol among the symbols.
        spans: The first and the last label of each symbol's rows, with or without a trade.
        extras: The other columns of each symbol that has any.
    """

    kind: BarKind
    symbols: tuple[str, ...]
    batches: tuple[Batch, ...]
    spans: Mapping[str, tuple[int, int]]
    extras: Mapping[str, Extras]

    @property
    def counts(self) -> dict[str, int]:
        """Number of bars of each symbol."""
        counts = np.zeros(len(self.symbols), np.int64)
        for batch in self.batches:
            counts += np.bincount(batch.rows["sid"].to_numpy(), minlength=len(self.symbols))
        return dict(zip(self.symbols, counts.tolist(), strict=True))

    def numbered(self, sids: Mapping[str, int]) -> NewBars:
        """The bars by the sids of their symbols."""
        own = pl.Series([sids[symbol] for symbol in self.symbols], dtype=pl.Int64)
        return NewBars(
            tuple(
                batch._replace(
                    rows=batch.rows.with_columns(own.gather(batch.rows["sid"]).alias("sid"))
                )
                for batch in self.batches
            ),
            {sids[symbol]: extras for symbol, extras in self.extras.items()},
        )

    def within(self, spans: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
        """Label, symbol and Decimals of the bars that lie within a span of their symbol.

        Args:
            spans: The first and the last label by symbol; of others there is none.
        """
        never = (1, 0)
        ends = np.array([spans.get(symbol, never) for symbol in self.symbols], np.int64)
        names = pl.lit(pl.Series(self.symbols, dtype=pl.String))
        stored, label = _LABELS[self.kind]
        frames = []
        for batch in self.batches:
            at, places = batch.rows["at"].to_numpy(), batch.rows["sid"].to_numpy()
            inside = (at >= ends[places, 0]) & (at <= ends[places, 1])
            frames.append(
                batch.rows.filter(pl.Series(inside)).select(
                    pl.col("at").cast(stored).cast(label).alias(stamp_column(self.kind)),
                    names.gather(pl.col("sid")).alias("symbol"),
                    *(as_decimals(pl.col(name), batch.scales.of(name)) for name in BAR_FIELDS),
                )
            )
        return pl.concat(frames, how="vertical_relaxed") if frames else pl.DataFrame()


def bars_of_frame(
    frame: pl.DataFrame,
    resolution: Resolution,
    calendar: TradingCalendar,
    *,
    source: str,
    tests: Sequence[BarTest] = STORABLE,
) -> FrameBars:
    """Checked bars by symbol.

    They are read together. Where something is wrong, or one scale does not do for all of them,
    they are read symbol by symbol: then errors name the symbol and its row.

    Args:
        frame: ``symbol``, the label (``timestamp``, the end of the bar; ``date``, the session, from
            a day on), the fields of bars and those beside them; in any order.
        resolution: Length of a bar.
        calendar: Whose sessions they are on.
        source: Where they come from, for errors.
        tests: What bars must not be; what cannot be stored at least.

    Raises:
        DataValidationError: A column is missing, or a cell is not what it has to be.
    """
    kind: BarKind = "intraday" if resolution.is_intraday else "daily"
    for column in (stamp_column(kind), "symbol"):
        if column not in frame.columns:
            raise DataValidationError(
                file=source,
                column=column,
                reason=f"the column is missing; there are {', '.join(frame.columns)}",
            )
    if frame["symbol"].null_count():
        row = int(frame["symbol"].is_null().arg_true()[0])
        raise Origin(source).error(row, "symbol", None, "give a symbol")
    ordered = frame.sort("symbol", stamp_column(kind), maintain_order=True)
    _check_symbols(ordered["symbol"].unique(), source)
    return _together(ordered, kind, calendar, source, tests) or _one_by_one(
        {
            str(symbol): read_bars(
                rows, kind, Origin(f"{source}, {symbol}"), calendar=calendar, tests=tests
            )
            for (symbol,), rows in ordered.group_by("symbol", maintain_order=True)
        },
        kind,
    )


def _together(
    ordered: pl.DataFrame,
    kind: BarKind,
    calendar: TradingCalendar,
    source: str,
    tests: Sequence[BarTest],
) -> FrameBars | None:
    """The bars of all symbols at once, None where something is wrong with any of them."""
    if ordered.is_empty():
        return None
    try:
        read = read_columns(ordered, kind, Origin(source), stamp_column(kind))
    except DataValidationError:
        return None
    places = ordered["symbol"].rle_id().cast(pl.Int64)
    starts = np.flatnonzero(np.diff(places.to_numpy(), prepend=-1))
    if not _is_sound(read, places, kind, calendar, tests):
        return None
    symbols = tuple(map(str, ordered["symbol"].gather(starts)))
    at = read.labels.to_numpy()
    spans = zip(at[starts].tolist(), at[[*(starts[1:] - 1), len(at) - 1]].tolist(), strict=True)
    own = places.gather(read.traded["row"])
    rows = read.traded.select(own.alias("sid"), "at", *BAR_FIELDS)
    return FrameBars(
        kind=kind,
        symbols=symbols,
        batches=(Batch(rows, read.scales, _names(own, symbols, source)),),
        spans=dict(zip(symbols, spans, strict=True)),
        extras=dict(_extras(read, places, symbols)),
    )


def _is_sound(
    read: ReadColumns,
    places: pl.Series,
    kind: BarKind,
    calendar: TradingCalendar,
    tests: Sequence[BarTest],
) -> bool:
    """Whether nothing is wrong with the bars: neither order, nor numbers, nor sessions."""
    at = read.kept["at"].to_numpy()
    own = places.gather(read.kept["row"]).to_numpy()
    if not ((at[1:] > at[:-1]) | (own[1:] != own[:-1])).all():
        return False
    if kind == "daily" and not np.isin(at, calendar.sessions).all():
        return False
    return passes(read.traded, tests)


def _extras(
    read: ReadColumns, places: pl.Series, symbols: Sequence[str]
) -> Iterator[tuple[str, Extras]]:
    """The columns beside the bars of each symbol that has any."""
    if not len(read.extras):
        return
    own = places.filter(read.held).alias("place")
    for (place,), rows in (
        read.extras.rows.with_columns(own)
        .partition_by("place", as_dict=True, include_key=False)
        .items()
    ):
        yield symbols[int(place)], Extras(rows=rows, scales=read.extras.scales)


def _names(places: pl.Series, symbols: Sequence[str], source: str) -> Callable[[int], str]:
    return lambda row: f"{source}, {symbols[places[row]]}"


def _one_by_one(bars: Mapping[str, AssetBars], kind: BarKind) -> FrameBars:
    return FrameBars(
        kind=kind,
        symbols=tuple(bars),
        batches=tuple(
            Batch(
                found.bars.select(pl.lit(place, pl.Int64).alias("sid"), "at", *BAR_FIELDS),
                Scales(found.price_scale, found.volume_scale),
                found.origin,
            )
            for place, found in enumerate(bars.values())
        ),
        spans={
            symbol: (found.first_label, found.last_label)
            for symbol, found in bars.items()
            if found.first_label is not None and found.last_label is not None
        },
        extras={symbol: found.extras for symbol, found in bars.items() if len(found.extras)},
    )


def _check_symbols(symbols: pl.Series, source: str) -> None:
    """Refuse symbols that look like others, or like nothing."""
    for symbol in sorted(map(str, symbols)):
        if not symbol.strip() or symbol != symbol.strip() or not symbol.isprintable():
            reason = "give a symbol without blanks around it and without control characters"
            raise DataValidationError(
                file=source, column="symbol", value=repr(symbol), reason=reason
            )
