"""`fetch_csv`: columns of a file beside the bars."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl

from rustybt.algorithm.base import AlgorithmBase
from rustybt.calendars import to_ns
from rustybt.data.fetched import Key, read_csv_text
from rustybt.errors import InvalidArgument, SymbolNotFound, UnsupportedDatetimeFormat

if TYPE_CHECKING:
    from rustybt.algorithm.base import Hook


class FetchMethods(AlgorithmBase):
    """`fetch_csv`."""

    def fetch_csv(  # noqa: PLR0913, PLR0917 - Zipline's signature
        self,
        url: str,
        pre_func: "Hook | None" = None,
        post_func: "Hook | None" = None,
        date_column: str = "date",
        date_format: str | None = None,
        timezone: str = "UTC",
        symbol: str | None = None,
        mask: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
        symbol_column: str | None = None,
        country_code: str | None = None,
    ) -> None:
        """Add the columns of a CSV file to what `data.current` knows.

        A row holds from its date on, until the next row of the same asset or name. With a symbol
        column, ``data.current(asset, "column")`` shows the asset's value and
        ``data.fetcher_assets`` the assets that have any; without one,
        ``data.current(symbol, "column")`` takes the text given as `symbol`.

        Args:
            url: Path of the file, or its http or https address.
            pre_func: Given the frame as it was read, returns the frame to go on with. Frames are
                Polars frames, or pandas frames where the strategy sees pandas.
            post_func: The same for the frame whose dates have been parsed.
            date_column: Column of the dates.
            date_format: Their format as for `strptime`; ISO 8601 when not given.
            timezone: Zone of dates that name none.
            symbol: Name of the rows of a file without a symbol column.
            mask: Whether rows of symbols that no asset has are left out; otherwise they are an
                error.
            symbol_column: Column of the symbols.
            country_code: Where the same symbol trades in several countries.

        Raises:
            InvalidArgument: The file cannot be read, or lacks a column.
            UnsupportedDatetimeFormat: A date cannot be read.
            SymbolNotFound: No asset has a symbol, and `mask` is off.
        """
        if (symbol is None) == (symbol_column is None):
            raise InvalidArgument(
                field="symbol", value=symbol, reason="give either symbol or symbol_column"
            )
        frame = self._transformed(pl.read_csv(read_csv_text(url)), pre_func)
        needed = [date_column] if symbol_column is None else [date_column, symbol_column]
        for column in needed:
            if column not in frame.columns:
                raise InvalidArgument(
                    field="column", value=column, reason=f"{url} has {', '.join(frame.columns)}"
                )
        moments = [_moment(text, date_format, ZoneInfo(timezone)) for text in frame[date_column]]
        frame = frame.with_columns(pl.Series(date_column, moments))
        frame = self._transformed(frame, post_func)
        keys = self._keys(frame, symbol, symbol_column, country_code, leave_out=mask)
        kept = [place for place, key in enumerate(keys) if key is not None]
        times = [to_ns(moment) for moment in frame[date_column]]
        rows = [(times[place], key) for place, key in enumerate(keys) if key is not None]
        self._env.data.fetched.add(rows, frame.drop(needed)[kept])

    def _transformed(self, frame: pl.DataFrame, function: "Hook | None") -> pl.DataFrame:
        if function is None:
            return frame
        if not self._env.shows_pandas:
            result: pl.DataFrame = function(frame)
            return result
        return pl.from_pandas(function(frame.to_pandas()))

    def _keys(
        self,
        frame: pl.DataFrame,
        symbol: str | None,
        symbol_column: str | None,
        country_code: str | None,
        *,
        leave_out: bool,
    ) -> "list[Key | None]":
        if symbol_column is None:
            return [symbol] * len(frame)
        env, found = self._env, dict[Any, Key | None]()
        as_of = env.lookup_date or env.parameters.end_session
        for name in frame[symbol_column].unique(maintain_order=True).drop_nulls():
            try:
                found[name] = env.finder.lookup_symbol(
                    str(name).upper(), as_of, country_code=country_code
                )
            except SymbolNotFound:
                if not leave_out:
                    raise
        return [found.get(name) for name in frame[symbol_column]]


def _moment(text: object, date_format: str | None, zone: tzinfo) -> datetime:
    try:
        moment = (
            datetime.fromisoformat(str(text))
            if date_format is None
            else datetime.strptime(str(text), date_format)  # noqa: DTZ007 - the zone comes next
        )
    except ValueError as error:
        raise UnsupportedDatetimeFormat(input=text, method="fetch_csv") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
