"""What a strategy sees of the market."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol, TypeVar, overload

import polars as pl

from rustybt.assets import Asset, ContinuousFuture, Future, Instrument
from rustybt.calendars import from_day, from_ns
from rustybt.data.arguments import (
    CURRENT_CHAIN_FIELDS,
    CURRENT_FIELDS,
    check_once,
    checked_assets,
    checked_count,
    checked_field,
    checked_fields,
    checked_frequency,
    history_fields,
    one_or_several,
)
from rustybt.data.blocks import Wanted
from rustybt.data.fact_access import FactAccess
from rustybt.data.fetched import FetchedData
from rustybt.data.history import Window
from rustybt.data.polars_shapes import (
    ColumnMaker,
    PolarsShape,
    Shapes,
    ShapeT,
    label_series,
    present_table,
)
from rustybt.data.portal import PolarsDataPortal
from rustybt.data.rendering import Rendering, public_amounts, public_prices
from rustybt.data.requests import LongRequest, WindowRequest
from rustybt.data.schemas import SID
from rustybt.data.venues import Venues
from rustybt.errors import InvalidArgument
from rustybt.values import Value

NumberField = Literal["open", "high", "low", "close", "volume", "price"]
"""Fields whose present values are numbers."""

Several = list[str] | tuple[str, ...]
"""Names of fields."""

Windows = Callable[[int], Window]

InstrumentT = TypeVar("InstrumentT", bound=Instrument)

_DAY_SECONDS = 86_400


class RestrictionSource(Protocol):
    """Knows which assets must not be traded."""

    def is_restricted(self, assets: Asset, dt: datetime) -> object:
        """Whether an asset is restricted at a moment."""


class BarData(FactAccess):
    """The market at the present of a run: `data` of `handle_data(context, data)`.

    Nothing after the present can be asked for. Numbers are Decimals, or floats in float mode;
    a value that does not exist is None. Prices stand on the scale of today's shares.

    Args:
        portal: The data.

    Attributes:
        fetched: Columns of the user's own files, beside the bars.
    """

    def __init__(self, portal: PolarsDataPortal) -> None:
        self.fetched = FetchedData()
        self._portal = portal
        self._cursor = portal.cursor
        self._restrictions: RestrictionSource | None = None
        self._values = portal.values(*self._renderings())
        self._columns = self._values.columns
        self._requests: dict[object, Callable[[], object]] = {}
        self._cursor.on_new_chunk(self._requests.clear)
        self._shapes: dict[bool, Shapes] = {}
        self._venues = Venues(portal.calendar)
        self._daily = not portal.axis.resolution.is_intraday
        self._dated = self._cursor.today
        self._date = from_day(self._dated)

    def restrict(self, restrictions: RestrictionSource) -> None:
        """Have `can_trade` know what must not be traded."""
        self._restrictions = restrictions

    # ------------------------------------------------------------------ time

    @property
    def current_dt(self) -> datetime:
        """The present, in UTC."""
        return from_ns(self._cursor.now)

    @property
    def current_session(self) -> date:
        """Today's session."""
        return from_day(self._cursor.today)

    @property
    def current_session_minutes(self) -> pl.Series:
        """The ends of all minutes of today's session, in UTC."""
        minutes = self._portal.calendar.minutes(self._cursor.session)
        return label_series(minutes, "instant")

    @property
    def fetcher_assets(self) -> list[Asset]:
        """The assets that the user's own files have rows of."""
        return list(self.fetched.assets)

    # ------------------------------------------------------------------ the newest bar

    @overload
    def current(self, assets: Instrument, fields: Literal["last_traded"]) -> datetime | None: ...
    @overload
    def current(self, assets: Instrument, fields: NumberField) -> Value | None: ...
    @overload
    def current(self, assets: ContinuousFuture, fields: Literal["contract"]) -> Future | None: ...
    @overload
    def current(self, assets: Instrument | str, fields: str) -> Any: ...  # noqa: ANN401 - own columns
    @overload
    def current(self, assets: Sequence[InstrumentT], fields: str) -> dict[InstrumentT, Any]: ...
    @overload
    def current(
        self, assets: Instrument | Sequence[Instrument], fields: Several
    ) -> pl.DataFrame: ...
    def current(
        self, assets: Instrument | Sequence[Instrument] | str, fields: str | Several
    ) -> object:
        """Present values of one or several assets and fields.

        The fields are those of the newest bar: ``open high low close volume``; ``price``, the
        last known close; and ``last_traded``, when the asset traded last. Before the open the
        newest bar is the last one of an earlier session. Columns that the bars have beside these
        (``bid ask spread open_interest funding_rate``) are fields too, and columns of the user's
        own files.

        Of a continuous future they are those of the contract that it holds today; besides
        ``contract``, the contract itself, and ``sid``, its number.

        Args:
            assets: One, or a list.
            fields: One, or a list.

        Returns:
            A value for one asset and one field, a dict by asset for several assets and one
            field, a frame ``symbol, fields…`` for a list of fields.

        Raises:
            InvalidArgument: For what is no asset or no field.
        """
        try:
            return self._columns[fields][assets.sid][self._cursor.bar_row]  # type: ignore[index, union-attr]
        except (KeyError, TypeError, IndexError, AttributeError):
            return self._current(assets, fields)

    @overload
    def can_trade(self, assets: Instrument) -> bool: ...
    @overload
    def can_trade(self, assets: Sequence[InstrumentT]) -> dict[InstrumentT, bool]: ...
    def can_trade(self, assets: Instrument | Sequence[Instrument]) -> object:
        """Whether an order could fill: not restricted, alive, its venue open, with a price.

        Before the open: whether the asset trades today. A continuous future answers for the
        contract that it holds today.

        Args:
            assets: One, or a list.

        Returns:
            A bool, or a dict by asset.
        """
        if isinstance(assets, Asset):
            return self._can_trade(assets)
        if isinstance(assets, ContinuousFuture):
            return self._of_contract(self._can_trade, assets)
        several = checked_assets(assets)
        flags = [self._of_contract(self._can_trade, asset) for asset in several]
        return self._by_asset(several, flags, None)

    @overload
    def is_stale(self, assets: Instrument) -> bool: ...
    @overload
    def is_stale(self, assets: Sequence[InstrumentT]) -> dict[InstrumentT, bool]: ...
    def is_stale(self, assets: Instrument | Sequence[Instrument]) -> object:
        """Whether an asset is alive and traded before, but not in the newest bar.

        A continuous future answers for the contract that it holds today.

        Args:
            assets: One, or a list.

        Returns:
            A bool, or a dict by asset.
        """
        if isinstance(assets, Asset):
            return self._is_stale(assets)
        if isinstance(assets, ContinuousFuture):
            return self._of_contract(self._is_stale, assets)
        several = checked_assets(assets)
        flags = [self._of_contract(self._is_stale, asset) for asset in several]
        return self._by_asset(several, flags, None)

    def current_chain(self, continuous_future: ContinuousFuture) -> list[Future]:
        """The contract that a continuous future holds today, and those behind it.

        Args:
            continuous_future: Its offset counts: an offset of 1 starts with the second contract.

        Returns:
            Contracts that are listed by now, in the order in which they come to the front; none
            where no contract trades.

        Raises:
            InvalidArgument: For what is no continuous future.
        """
        if not isinstance(continuous_future, ContinuousFuture):
            raise InvalidArgument(
                field="continuous_future",
                value=continuous_future,
                reason="give what continuous_future() returns",
            )
        return list(self._portal.chain(continuous_future))

    # ------------------------------------------------------------------ windows

    @overload
    def history(
        self,
        assets: Instrument,
        fields: str,
        bar_count: int,
        frequency: str,
        dtype: Literal["float64"] | None = None,
    ) -> pl.Series: ...
    @overload
    def history(
        self,
        assets: Sequence[Instrument],
        fields: str,
        bar_count: int,
        frequency: str,
        dtype: Literal["float64"] | None = None,
    ) -> pl.DataFrame: ...
    @overload
    def history(
        self,
        assets: Instrument | Sequence[Instrument],
        fields: Several,
        bar_count: int,
        frequency: str,
        dtype: Literal["float64"] | None = None,
    ) -> pl.DataFrame: ...
    def history(
        self,
        assets: Instrument | Sequence[Instrument],
        fields: str | Several,
        bar_count: int,
        frequency: str,
        dtype: Literal["float64"] | None = None,
    ) -> object:
        """The newest `bar_count` bars, the last of which ends at the present.

        Splits and dividends up to today are taken out of earlier prices and volumes. ``price``
        is filled forward, the fields of bars are not. The last bar of ``"1d"``, ``"1w"`` and the
        like is made of what there is of it so far.

        A continuous future shows the bars of the contract that it held in each session. Its
        adjustment makes prices before a roll comparable with today's: multiplied by, or moved by,
        what made the last closes of both contracts equal. A roll becomes known on its day.

        Args:
            assets: One, or a list.
            fields: ``open high low close volume price``, or a further column of the bars, one or
                a list; of continuous futures also ``sid``, the contract that was held.
            bar_count: How many bars.
            frequency: Their length: ``"1d"``, ``"1m"``, ``"5m"``, ``"1w"``, ``"1mo"``, …
            dtype: ``"float64"`` for floats.

        Returns:
            One asset, one field: a series. Several assets, one field: a frame of ``timestamp``
            and a column per symbol. One asset, several fields: ``timestamp`` and a column per
            field. Several of both: a long frame ``timestamp, symbol, fields…``.

        Raises:
            InvalidArgument: For what is no asset, field, count or frequency.
            IncompatibleHistoryFrequency: The bars of the run are longer than that.
            HistoryWindowStartsBeforeData: The window begins before the data.
            MissingRollPrice: Two contracts in the window have no price to be joined by.
        """
        try:
            request = self._requests[assets, fields, bar_count, frequency, dtype]
        except (KeyError, TypeError):
            request = self._request(assets, fields, bar_count, frequency, dtype)
        return request()

    def _request(
        self, assets: object, fields: object, bar_count: object, frequency: object, dtype: object
    ) -> Callable[[], object]:
        """A request whose arguments have been checked; the same ones give the same request."""
        one, several = one_or_several(assets)
        known = history_fields(several, self._portal.extra_fields)
        names = fields if isinstance(fields, str) else checked_fields(fields, known)
        key = (assets if one else several, names, bar_count, frequency, dtype)
        if key not in self._requests:
            names = checked_field(names, known) if isinstance(names, str) else names
            count = checked_count(bar_count)
            windows = self._portal.history.windows(checked_frequency(frequency))
            if dtype not in (None, "float64"):
                reason = 'give "float64", or None for exact numbers'
                raise InvalidArgument(field="dtype", value=dtype, reason=reason)
            # The group is made last: making the chunk hold its assets may clear all requests.
            group = self._portal.group(several)
            wanted = Wanted(group, (names,) if isinstance(names, str) else names)
            make = self._single_field if isinstance(names, str) else self._several_fields
            self._requests[key] = make(windows, wanted, count, one=one, floats=dtype is not None)
        return self._requests[key]

    # ------------------------------------------------------------------ shapes

    def _renderings(self) -> tuple[Rendering[Value], Rendering[Value]]:
        """How prices and volumes look."""
        arithmetic = self._portal.arithmetic
        return public_prices(arithmetic), public_amounts(arithmetic)

    def _moment(self, label: int | None) -> datetime | None:
        """The label of a bar as a time: midnight UTC of a session, or the end of a bar."""
        if label is None:
            return None
        if self._daily:
            return datetime.fromtimestamp(label * _DAY_SECONDS, UTC)
        return from_ns(label)

    def _by_asset(
        self, assets: Sequence[Instrument], values: list[Any], field: str | None
    ) -> object:
        """Values of several assets."""
        return dict(zip(assets, values, strict=True))

    def _fields_now(self, asset: Instrument, fields: Sequence[str], values: list[Any]) -> object:
        """Values of several fields of one asset."""
        return self._table((asset,), fields, [values])

    def _table(
        self, assets: Sequence[Instrument], fields: Sequence[str], rows: list[list[Any]]
    ) -> object:
        """Values of several fields of several assets."""
        return present_table(self._portal.arithmetic, self._portal.scales, assets, fields, rows)

    def _single_field(
        self, windows: Windows, wanted: Wanted, count: int, *, one: bool, floats: bool
    ) -> Callable[[], object]:
        """A window of one field."""
        shapes = self._shapes_of(floats=floats)
        if one:
            return self._window(windows, shapes.series, wanted, count)
        check_once(wanted.group.assets)
        return self._window(windows, shapes.of_assets, wanted, count)

    def _several_fields(
        self, windows: Windows, wanted: Wanted, count: int, *, one: bool, floats: bool
    ) -> Callable[[], object]:
        """A window of a list of fields."""
        shapes = self._shapes_of(floats=floats)
        if one:
            return self._window(windows, shapes.of_fields, wanted, count)
        check_once(wanted.group.assets)
        group, fields = wanted
        requests = [
            self._window(windows, shapes.of_assets, Wanted(group, (field,)), count)
            for field in fields
        ]
        return LongRequest(requests, fields)

    def _window(
        self, windows: Windows, shape: PolarsShape[ShapeT], wanted: Wanted, count: int
    ) -> WindowRequest[ShapeT]:
        bars = self._portal.history.bars
        return WindowRequest(self._cursor, bars, windows, shape, wanted, count)

    def _shapes_of(self, *, floats: bool) -> Shapes:
        floats = floats or not self._portal.arithmetic.exact
        if floats not in self._shapes:
            columns = ColumnMaker(self._portal.scales, floats=floats)
            self._shapes[floats] = Shapes(self._cursor, columns)
        return self._shapes[floats]

    # ------------------------------------------------------------------ values

    def _current(self, assets: object, fields: object) -> object:
        """`current` with its arguments checked."""
        if isinstance(fields, str) and self.fetched.knows(fields):
            return self._fetched_value(assets, fields)
        if isinstance(assets, Asset) and isinstance(fields, str) and fields in self._columns:
            return self._values.value(assets, fields)
        one, several = one_or_several(assets)
        value: Callable[[Any, str], object] = self._value
        known: tuple[str, ...] = CURRENT_FIELDS
        if self._portal.group(several).has_chains:
            value, known = self._value_of_contract, CURRENT_CHAIN_FIELDS
        known = (*known, *self._portal.extra_fields)
        if isinstance(fields, str):
            field = checked_field(fields, known)
            if one:
                return value(several[0], field)
            return self._by_asset(several, [value(a, field) for a in several], field)
        names = checked_fields(fields, known)
        rows = [[value(asset, name) for name in names] for asset in several]
        if one:
            return self._fields_now(several[0], names, rows[0])
        return self._table(several, names, rows)

    def _fetched_value(self, keys: object, field: str) -> object:
        """The newest value of a column of the user's files."""
        now = self._cursor.now
        if isinstance(keys, Asset | str):
            return self.fetched.value(keys, field, now)
        assets = checked_assets(keys)
        return self._by_asset(assets, [self.fetched.value(a, field, now) for a in assets], field)

    def _value(self, asset: Asset, field: str) -> object:
        if field == "last_traded":
            return self._moment(self._last_traded(asset))
        return self._values.value(asset, field)

    def _value_of_contract(self, instrument: Instrument, field: str) -> object:
        """A present value of an asset, or of the contract that a continuous future holds."""
        if isinstance(instrument, Asset):
            known = (*CURRENT_FIELDS, *self._portal.extra_fields)
            return self._value(instrument, checked_field(field, known))
        contract = self._portal.contract(instrument)
        if field == "contract":
            return contract
        if field == SID:
            return None if contract is None else contract.sid
        if contract is not None:
            alive = contract.is_alive_for_session(self._session_date())
            if field == "price" and self._portal.rolls_in_hindsight and alive:
                # Zipline shows the last contract's price until the new one has traded.
                return self._values.last_print(instrument)
            return self._value(contract, field)
        return self._moment(None) if field == "last_traded" else self._values.absent(field)

    def _of_contract(self, ask: Callable[[Asset], bool], instrument: Instrument) -> bool:
        """What is true of an asset, or of the contract that a continuous future holds."""
        if isinstance(instrument, Asset):
            return ask(instrument)
        contract = self._portal.contract(instrument)
        return contract is not None and ask(contract)

    def _last_traded(self, asset: Asset) -> int | None:
        label = self._portal.last_traded(asset)
        if label is not None and self._zipline_before_open and not self._daily:
            # Zipline adjusts the time itself, as if it were a price, and fails.
            raise TypeError("unsupported operand type(s) for *=: 'Timestamp' and 'float'")
        return label

    @property
    def _zipline_before_open(self) -> bool:
        return self._portal.before_open_sees_today and self._cursor.between_bars

    def _can_trade(self, asset: Asset) -> bool:
        restrictions, cursor = self._restrictions, self._cursor
        if restrictions is not None and restrictions.is_restricted(asset, self.current_dt):
            return False
        session, closes = self._session_date(), asset.auto_close_date
        if not asset.is_alive_for_session(session) or (closes is not None and session > closes):
            return False
        if cursor.between_bars:
            trades_today = self._venues.trades_today(asset, cursor.session)
            return trades_today and not self._zipline_before_open
        if not self._daily and not self._venues.is_open(asset, cursor.now):
            return False
        return self._portal.mark(asset) is not None

    def _is_stale(self, asset: Asset) -> bool:
        if not asset.is_alive_for_session(self._session_date()):
            return False
        return not self._value(asset, "volume") and self._portal.last_traded(asset) is not None

    def _session_date(self) -> date:
        if self._dated != self._cursor.today:
            self._dated = self._cursor.today
            self._date = from_day(self._dated)
        return self._date
