"""Facts as they were known at a time: fundamentals and whatever else is restated."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol, Self, runtime_checkable

import polars as pl

from rustybt.calendars import Moment, TradingCalendar, from_ns, to_ns
from rustybt.data.fact_cells import INSTANT
from rustybt.data.facts import KEYS, read_facts
from rustybt.errors import InvalidArgument, LookaheadError

Symbols = Sequence[str]

_NEVER: Final = 2**62


@runtime_checkable
class FactReader(Protocol):
    """What is known of symbols at a time; loaders of a Pipeline read through it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields."""
        ...

    def as_of(
        self,
        at: Moment | None = None,
        symbols: Symbols | None = None,
        fields: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Of each symbol and field the newest value known at a time."""
        ...

    def history(
        self, symbol: str, field: str, periods: int, at: Moment | None = None
    ) -> pl.DataFrame:
        """The newest values of a field, as known at a time."""
        ...

    def panel(self, field: str, symbols: Symbols, at: Sequence[Moment] | pl.Series) -> pl.DataFrame:
        """A value per time and symbol, each as known then."""
        ...


class _Timeline(NamedTuple):
    """What the newest value of one symbol was, since when."""

    times: list[int]
    values: list[Any]


class PointInTime:
    """Facts as they were known at a time. Immutable.

    A fact is a value of a field of a symbol, about a time (`effective_at`) and known since a time
    (`known_at`). A later fact about the same time restates the earlier one. What counts at a time
    is, of the facts known by then, the one about the newest time, as it was last stated.

    Args:
        facts: What `rustybt.data.facts.read_facts` returns; `of` takes any frame.
        now: The present in ns UTC, beyond which nothing can be asked for; None for no limit.
    """

    __slots__ = ("_facts", "_known", "_now", "_steps", "_timelines")

    def __init__(self, facts: pl.DataFrame, *, now: Callable[[], int] | None = None) -> None:
        self._facts = facts
        self._now = now
        self._steps: dict[str, pl.DataFrame] = {}
        self._known: dict[str, pl.DataFrame] = {}
        self._timelines: dict[str, dict[str, _Timeline]] = {}

    @classmethod
    def of(cls, frame: pl.DataFrame, *, forecasts: bool = False) -> Self:
        """Of a frame ``symbol, effective_at, known_at, fields…``; see `read_facts`.

        Raises:
            DataValidationError: A cell is not what it has to be.
        """
        return cls(read_facts(frame, forecasts=forecasts))

    def until(self, now: Callable[[], int]) -> Self:
        """The same facts, of which none can be asked for beyond a present."""
        bounded = type(self)(self._facts, now=now)
        bounded._steps, bounded._known = self._steps, self._known  # noqa: SLF001 - of this class
        bounded._timelines = self._timelines  # noqa: SLF001
        return bounded

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields."""
        return tuple(name for name in self._facts.columns if name not in KEYS)

    def is_text(self, field: str) -> bool:
        """Whether a field holds texts.

        Raises:
            InvalidArgument: There is no such field.
        """
        return self.dtype(field) == pl.String

    def dtype(self, field: str) -> pl.DataType:
        """Type of a field: a Decimal, or String.

        Raises:
            InvalidArgument: There is no such field.
        """
        self._check(field)
        return self._facts.schema[field]

    def value(self, symbol: str, field: str, at: int) -> Any:  # noqa: ANN401 - a Decimal or a text
        """The newest value known at a time in ns UTC; None where none is.

        Raises:
            InvalidArgument: There is no such field.
            LookaheadError: The time lies after the present.
        """
        self._moment(at)
        timeline = self._timelines_of(field).get(symbol)
        place = 0 if timeline is None else bisect_right(timeline.times, at)
        return timeline.values[place - 1] if timeline is not None and place else None

    def as_of(
        self,
        at: Moment | None = None,
        symbols: Symbols | None = None,
        fields: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Of each symbol and field the newest value known at a time.

        Args:
            at: The time; None for the present, or for all that is known where there is none.
            symbols: Which; None for all of which anything is known by then.
            fields: Which; None for all.

        Returns:
            ``symbol, fields…``, a row per symbol in the order given, else sorted; null where
            nothing is known.

        Raises:
            InvalidArgument: There is no such field.
            LookaheadError: The time lies after the present.
        """
        limit = self._moment(at)
        chosen = self.fields if fields is None else tuple(fields)
        if symbols is None:
            known = self._facts.filter(_known_by(limit))
            rows = known.select(pl.col("symbol").unique().sort())
        else:
            rows = pl.DataFrame({"symbol": list(symbols)}, schema={"symbol": pl.String})
        for field in chosen:
            newest = self._steps_of(field).filter(_known_by(limit))
            newest = newest.unique("symbol", keep="last", maintain_order=True)
            rows = rows.join(
                newest.select("symbol", field), on="symbol", how="left", maintain_order="left"
            )
        return rows

    def history(
        self, symbol: str, field: str, periods: int, at: Moment | None = None
    ) -> pl.DataFrame:
        """The values about the newest times, as known at a time.

        Args:
            symbol: Which symbol.
            field: Which field.
            periods: How many times, at most.
            at: When it is asked; None for the present.

        Returns:
            ``effective_at, known_at, field``, by `effective_at`: of each the newest statement.

        Raises:
            InvalidArgument: There is no such field, or `periods` is not positive.
            LookaheadError: The time lies after the present.
        """
        limit = self._moment(at)
        if periods < 1:
            raise InvalidArgument(field="periods", value=periods, reason="give 1 or more")
        stated = self._known_of(field).filter(pl.col("symbol") == symbol, _known_by(limit))
        newest = stated.unique("effective_at", keep="last", maintain_order=True)
        return newest.sort("effective_at").tail(periods).select("effective_at", "known_at", field)

    def panel(self, field: str, symbols: Symbols, at: Sequence[Moment] | pl.Series) -> pl.DataFrame:
        """A value per time and symbol, each as known then.

        Args:
            field: Which field.
            symbols: Which symbols.
            at: The times, in any order; integers are ns UTC, dates the starts of days in UTC.

        Returns:
            ``timestamp, symbol, field``: for each time all symbols, in the orders given; so the
            column is a matrix, row by row. Null where nothing was known.

        Raises:
            InvalidArgument: There is no such field.
            LookaheadError: A time lies after the present.
        """
        times = pl.Series("timestamp", [to_ns(moment) for moment in at], pl.Int64)
        if len(times):
            self._moment(times.max())  # type: ignore[arg-type]
        asked = times.cast(INSTANT).to_frame().with_row_index("row")
        columns = pl.DataFrame({"symbol": list(symbols)}, schema={"symbol": pl.String})
        asked = asked.join(columns.with_row_index("column"), how="cross").sort("timestamp")
        found = asked.join_asof(
            self._steps_of(field).rename({"known_at": "timestamp"}),
            on="timestamp",
            by="symbol",
            strategy="backward",
            check_sortedness=False,
        )
        return found.sort("row", "column").select("timestamp", "symbol", field)

    def session_panel(
        self,
        field: str,
        symbols: Symbols,
        calendar: TradingCalendar,
        sessions: range,
        *,
        known_by: Literal["open", "close"] = "close",
    ) -> pl.DataFrame:
        """A value per session and symbol, each as known at its close, or at its open.

        Args:
            field: Which field.
            symbols: Which symbols.
            calendar: Whose sessions.
            sessions: Their indices in the calendar.
            known_by: The moment of each session that counts.

        Returns:
            ``session, symbol, field``, as `panel` does.

        Raises:
            InvalidArgument: There is no such field.
            LookaheadError: A moment lies after the present.
        """
        moment = calendar.session_open if known_by == "open" else calendar.session_close
        found = self.panel(field, symbols, [moment(session) for session in sessions])
        days = [calendar.session_date(session) for session in sessions for _ in symbols]
        return found.select(pl.Series("session", days, pl.Date), "symbol", field)

    # ------------------------------------------------------------------ private

    def _moment(self, at: Moment | None) -> int:
        """A time in ns, which must not lie after the present."""
        now = _NEVER if self._now is None else self._now()
        if at is None:
            return now
        asked = to_ns(at)
        if asked > now:
            raise LookaheadError(requested=f"what is known at {from_ns(asked)}", now=from_ns(now))
        return asked

    def _check(self, field: str) -> None:
        if field not in self.fields:
            reason = f"there is no such field; there are {', '.join(self.fields)}"
            raise InvalidArgument(field="field", value=field, reason=reason)

    def _known_of(self, field: str) -> pl.DataFrame:
        """The facts of a field in the order in which they became known."""
        if field not in self._known:
            self._check(field)
            given = self._facts.filter(pl.col(field).is_not_null())
            self._known[field] = given.select(*KEYS, field).sort("known_at", "effective_at")
        return self._known[field]

    def _steps_of(self, field: str) -> pl.DataFrame:
        """What the newest value of each symbol was, since when: ``symbol, known_at, field``."""
        if field not in self._steps:
            known = self._known_of(field)
            self._steps[field] = newest_known(known, ("symbol",)).select(
                "symbol", "known_at", field
            )
        return self._steps[field]

    def _timelines_of(self, field: str) -> dict[str, _Timeline]:
        if field not in self._timelines:
            steps = self._steps_of(field)
            times = steps.with_columns(pl.col("known_at").to_physical())
            self._timelines[field] = {
                str(symbol): _Timeline(own["known_at"].to_list(), own[field].to_list())
                for (symbol,), own in times.group_by("symbol", maintain_order=True)
            }
        return self._timelines[field]


def newest_known(known: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows at which the newest fact of each key becomes another one.

    A fact about an earlier time than one that is known already changes nothing.

    Args:
        known: ``effective_at, known_at`` and the key, sorted by `known_at`, then `effective_at`.
        by: Columns of the key.
    """
    about = pl.col("effective_at").to_physical()
    steps = known.filter(about >= about.cum_max().over(by))
    steps = steps.unique([*by, "known_at"], keep="last", maintain_order=True)
    return steps.sort("known_at", maintain_order=True)


def _known_by(limit: int) -> pl.Expr:
    return pl.col("known_at").to_physical() <= limit
