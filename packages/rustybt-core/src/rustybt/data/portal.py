"""The data of a run, as of its present."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from rustybt.assets import Asset, ContinuousFuture, Future, Instrument
from rustybt.calendars import from_ns, to_day
from rustybt.clock.axis import BarAxis, SessionAxis
from rustybt.clock.resolution import MINUTE
from rustybt.data.actions import unexchanged
from rustybt.data.adjusted import BarColumns
from rustybt.data.blocks import AssetGroup
from rustybt.data.bundle import BundleData
from rustybt.data.chunk_window import ChunkWindow
from rustybt.data.chunks import ChunkLoader, Life
from rustybt.data.coefficients import MISSING
from rustybt.data.current import CurrentValues, NumberT
from rustybt.data.cursor import Cursor
from rustybt.data.eve_closes import EveCloses
from rustybt.data.factors import FactorBook
from rustybt.data.history import History
from rustybt.data.own_money import OwnMoney
from rustybt.data.readers import BarReader, extra_fields_of
from rustybt.data.rendering import Rendering, kernel_amounts, kernel_prices
from rustybt.data.schemas import EXTRA_FIELDS, PRICE_FIELDS, SID
from rustybt.errors import InvalidArgument, LookaheadError, RootSymbolNotFound
from rustybt.values import Arithmetic, Num, from_scaled

if TYPE_CHECKING:
    from rustybt.data.chain_data import ChainData
    from rustybt.data.rolls import RollTable

_MINUTES_A_DAY = 24 * 60


class PolarsDataPortal:
    """Bars, prices and windows of a bundle, adjusted to the present and never beyond it.

    The engine moves the present with `set_now`; strategies look through a
    :class:`~rustybt.data.bar_data.BarData`. Bars are streamed in chunks: memory does not grow
    with the length of a run. Close the portal, or use it as a context manager: it owns a thread.

    Args:
        bundle: The data.
        axis: The bars of the run.
        arithmetic: Makes kernel numbers; its scales are at least those of the data.
        last_session: Index of the last session that is needed; None: the last one with data.
        adjusted_history_decimals: Places to which adjusted prices of history are rounded; None:
            the places of the data.
        halted_mark: Whether `mark` adjusts the last price for splits, or for dividends too.
        before_open_sees_today: Zipline's view before the open: in daily runs today's whole bar;
            in shorter ones the previous session's bar is made of its minutes.
        rolls_in_hindsight: Whether continuous futures roll as zipline rolls them, which looks
            ahead.
        one_currency: Whether money that is paid on an asset counts as in the asset's currency, and
            is never exchanged.
        halted_eves: Whether an action whose eve had no trade is measured against the last close
            before it; otherwise it leaves adjusted prices as they are.
        budget_cells: How many numbers a chunk holds, about.

    Attributes:
        bundle: The data.
        axis: The bars of the run.
        calendar: Its sessions.
        arithmetic: Makes kernel numbers.
        cursor: The present; read it, but move it with `set_now`.
        history: Windows that end at the present.
        scales: Decimals of coefficients by field.
        extra_fields: Columns that the bars have beside their fields.
        rolls_in_hindsight: Whether continuous futures roll as zipline rolls them.
        set_now: Moves the present: ``(at, session, bar, *, in_bar)``; see `Cursor.move`.
        next_bar: Moves it within the session: ``(at, bar)``; see `Cursor.next_bar`.
    """

    def __init__(  # noqa: PLR0913 - a keyword for each rule of what is seen
        self,
        bundle: BundleData,
        *,
        axis: BarAxis,
        arithmetic: Arithmetic,
        last_session: int | None = None,
        adjusted_history_decimals: int | None = None,
        halted_mark: Literal["split", "total"] = "split",
        before_open_sees_today: bool = False,
        rolls_in_hindsight: bool = False,
        one_currency: bool = False,
        halted_eves: bool = True,
        budget_cells: int = 4_000_000,
    ) -> None:
        self.bundle = bundle
        self.axis = axis
        self.calendar = axis.calendar
        self.arithmetic = arithmetic
        self.before_open_sees_today = before_open_sees_today
        reader = self._run_reader()
        readers = [each for each in (bundle.daily, bundle.minute) if each is not None]
        self.scales = _scales(readers, arithmetic)
        self.extra_fields = tuple(field for field in EXTRA_FIELDS if field in self.scales)
        self._first_session = self._session_of(min(r.first_session for r in readers))
        self._last_session = (
            self._session_of(max(r.last_session for r in readers))
            if last_session is None
            else last_session
        )
        self.rolls_in_hindsight = rolls_in_hindsight
        self._chains = self._chain_data(readers)
        self._bars = self._sessions = self._window(axis, reader, budget_cells)
        if axis.resolution.is_intraday:
            days = bundle.daily or reader
            self._sessions = self._window(SessionAxis(self.calendar), days, budget_cells)
        self._exchange = unexchanged if one_currency else self._own_money()
        self._halted_eves = halted_eves
        self._factors = self._factor_book(adjusted_history_decimals)
        self.cursor = Cursor(
            self._bars, self._factors, before_open_sees_today=before_open_sees_today
        )
        self.set_now: Callable[..., None] = self.cursor.move
        self.next_bar: Callable[[int, int], None] = self.cursor.next_bar
        self.history = History(
            self.cursor,
            bars=self._bars,
            sessions=self._sessions,
            factors=self._factors,
            scales=self.scales,
            first_session=self._first_session,
            rebuilds_eve=before_open_sees_today,
        )
        self._kernel = self.values(kernel_prices(arithmetic), kernel_amounts(arithmetic))
        self._marks = self.values(
            kernel_prices(arithmetic),
            kernel_amounts(arithmetic),
            splits_only=halted_mark == "split",
        )
        self._groups: dict[tuple[Instrument, ...], AssetGroup] = {}
        self._at_close: list[Callable[[], None]] = []
        self.cursor.on_new_chunk(self._groups.clear)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop reading ahead."""
        for listener in self._at_close:
            listener()
        self._bars.close()
        self._sessions.close()

    @property
    def windows(self) -> tuple[ChunkWindow, ...]:
        """What the bars of the run are read through, and the sessions where those are others."""
        return (self._bars,) if self._sessions is self._bars else (self._bars, self._sessions)

    @property
    def roll_tables(self) -> "Mapping[int, RollTable]":
        """The contracts of continuous futures that were asked for, by their sids."""
        return {} if self._chains is None else self._chains.tables

    def on_close(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when the portal is closed."""
        self._at_close.append(listener)

    # ------------------------------------------------------------------ assets

    def subscribe(self, assets: Iterable[Instrument]) -> None:
        """Announce assets that will be asked for, so that they are read together."""
        lives: dict[int, Life] = {}
        for asset in assets:
            lives[asset.sid] = Life.of(asset)
            if isinstance(asset, ContinuousFuture):
                self._chains_of(asset).admit(asset)
        self._factors.admit(lives)
        self._bars.admit(lives)
        if self._sessions is not self._bars:
            self._sessions.admit(lives)

    def admit(self, asset: Instrument) -> None:
        """Have the present chunk hold an asset."""
        self.subscribe((asset,))
        self.cursor.refresh()

    def group(self, assets: tuple[Instrument, ...]) -> AssetGroup:
        """The assets as one thing that windows are kept for; the chunk holds all of them."""
        group = self._groups.get(assets)
        if group is None:
            if any(asset.sid not in self.cursor.chunk for asset in assets):
                self.subscribe(assets)
                self.cursor.refresh()
            group = self._groups[assets] = AssetGroup(assets)
        return group

    # ------------------------------------------------------------------ continuous futures

    def contract(self, future: ContinuousFuture) -> Future | None:
        """The contract that a continuous future holds today; None where none trades."""
        return self._roll_table(future).contract(self.cursor.session)

    def chain(self, future: ContinuousFuture) -> tuple[Future, ...]:
        """The contract of today and those behind it that are listed by now."""
        return self._roll_table(future).followers(self.cursor.session)

    # ------------------------------------------------------------------ kernel numbers

    def traded_close(self, asset: Asset) -> Num | None:
        """The raw close of the bar that just ended; None when the asset did not trade in it."""
        if self.cursor.between_bars or not self._kernel.value(asset, "volume"):
            return None
        return self._kernel.value(asset, "close")

    def mark(self, asset: Asset) -> Num | None:
        """The last known price on the scale of today's shares.

        None before the first print and outside the asset's life.
        """
        return self._marks.value(asset, "price")

    def marks(self, assets: Collection[Asset]) -> list[Num | None]:
        """The `mark` of each asset."""
        return self._marks.values(assets, "price")

    def raw_close(self, asset: Asset, session: int) -> Num | None:
        """The unadjusted close of a session that has ended.

        None when there was no trade, and outside the asset's life.

        Raises:
            LookaheadError: The session has not ended yet.
        """
        closes_at = self.calendar.session_close(session)
        if closes_at > self.cursor.now:
            raise LookaheadError(
                requested=f"close of {asset} on {self.calendar.session_date(session)}",
                now=from_ns(self.cursor.now),
            )
        close = self._session_close(asset.sid, session, Life.of(asset))
        scale = self.scales["close"]
        return None if close is None else self.arithmetic.price_from(close, scale)

    # ------------------------------------------------------------------ for views

    def values(
        self, prices: Rendering[NumberT], amounts: Rendering[NumberT], *, splits_only: bool = False
    ) -> CurrentValues[NumberT]:
        """Present values of all assets as another kind of number."""
        return CurrentValues(
            self.cursor,
            self._factors,
            self.scales,
            prices=prices,
            amounts=amounts,
            admit=self.admit,
            splits_only=splits_only,
        )

    def bar_columns(self) -> BarColumns:
        """Adjusted columns of the run's bars, for a reader with chunks of its own."""
        return BarColumns(self._bars, self.cursor, self._factors, self.scales)

    def session_columns(self) -> BarColumns:
        """Adjusted columns of the sessions, for a reader with chunks of its own."""
        return BarColumns(self._sessions, self.cursor, self._factors, self.scales)

    def last_traded(self, asset: Asset) -> int | None:
        """Label of the newest visible bar with a trade: a day in daily runs, else ns UTC."""
        cursor = self.cursor
        if asset.sid not in cursor.chunk:
            self.admit(asset)
        chunk = cursor.chunk
        row = int(chunk.traded_rows(asset.sid)[cursor.row]) if cursor.row >= 0 else -1
        daily = not self.axis.resolution.is_intraday
        if row >= 0:
            return int(chunk.days[row]) if daily else self.axis.label(chunk.first + row)
        return self._traded_before(asset.sid, chunk.lives[asset.sid], chunk.first)

    def _traded_before(self, sid: int, life: Life, bar: int) -> int | None:
        """What `last_traded` says of the bars before those that the chunk holds."""
        first, last = np.searchsorted(self.calendar.sessions, [life.first, life.last + 1]).tolist()
        if last == 0:
            return None
        newest = min(bar, self.axis.session_bounds(last - 1)[1]) - 1
        if newest < 0:
            return None
        reader = self._bars.loader.reader
        intraday = reader.resolution.is_intraday
        session = self.axis.session_of(newest)
        before = self.axis.label(newest) if intraday else self.calendar.session_day(session)
        at = reader.last_traded(sid, before)
        if at is None:
            return None
        session = (
            self.calendar.minute_to_session(at)
            if intraday
            else int(np.searchsorted(self.calendar.sessions, at))
        )
        if session < first:
            return None
        if not self.axis.resolution.is_intraday:
            return self.calendar.session_day(session)
        return self.axis.label(self.axis.index_of(at, direction="next"))

    # ------------------------------------------------------------------ private

    def _run_reader(self) -> BarReader:
        bundle, resolution = self.bundle, self.axis.resolution
        reader = bundle.minute if resolution.is_intraday else bundle.daily or bundle.minute
        if reader is None or not reader.resolution.adds_up_to(resolution):
            raise InvalidArgument(
                field="data_frequency",
                value=str(resolution),
                reason=f"bundle {bundle.name} has no bars that add up to it",
            )
        return reader

    def _window(self, axis: BarAxis, reader: BarReader, budget_cells: int) -> ChunkWindow:
        source = reader if self._chains is None else self._chains.stitched(reader)
        return ChunkWindow(
            ChunkLoader(source, axis, self.scales),
            stop=axis.session_bounds(self._last_session)[1],
            budget_cells=budget_cells,
            source_rows=_rows_per_bar(reader, axis),
        )

    def _chain_data(self, readers: list[BarReader]) -> "ChainData | None":
        """What continuous futures need; None where the bundle has no futures."""
        if not self.bundle.finder.futures_sids:
            return None
        from rustybt.data.chain_data import ChainData

        hindsight = self.rolls_in_hindsight
        last = self._session_of(max(reader.last_session for reader in readers))
        return ChainData(
            self.bundle,
            self.calendar,
            first=self._first_session,
            stop=(last if hindsight else min(last, self._last_session)) + 1,
            hindsight=hindsight,
        )

    def _chains_of(self, future: ContinuousFuture) -> "ChainData":
        if self._chains is None:
            raise RootSymbolNotFound(symbol=future.root_symbol)
        return self._chains

    def _roll_table(self, future: ContinuousFuture) -> "RollTable":
        return self._chains_of(future).table(future)

    def _factor_book(self, places: int | None) -> FactorBook:
        adjustments, exchange = self.bundle.adjustments, self._exchange
        eves = EveCloses(adjustments, self._newest_close, exchange)
        if self._chains is None:
            return FactorBook(adjustments, eves, exchange=exchange, places=places)
        return self._chains.factors(eves, exchange=exchange, sessions=self._sessions, places=places)

    def _own_money(self) -> OwnMoney:
        return OwnMoney(self.bundle, self.calendar, self.calendar.session_date(self._last_session))

    def _session_of(self, day: date) -> int:
        sessions = self.calendar.sessions
        return min(int(np.searchsorted(sessions, to_day(day))), len(sessions) - 1)

    def _newest_close(self, sid: int, day: int) -> tuple[int, Decimal] | None:
        """Day and raw close of the eve of a day; of the last session with a trade before it."""
        eve = int(np.searchsorted(self.calendar.sessions, day)) - 1
        if eve < 0:
            return None
        life = self._sessions.life(sid)
        close, session = self._session_close(sid, eve, life), eve
        if close is None and self._halted_eves:
            traded = self._traded_session(sid, life, eve)
            if traded is not None:
                close, session = self._session_close(sid, traded, life), traded
        if close is None:
            return None
        return self.calendar.session_day(session), from_scaled(close, self.scales["close"])

    def _traded_session(self, sid: int, life: Life, session: int) -> int | None:
        """The newest session up to one in which an asset traded."""
        reader = self._sessions.loader.reader
        intraday = reader.resolution.is_intraday
        before = (
            self.calendar.session_close(session) if intraday else self.calendar.session_day(session)
        )
        at = reader.last_traded(sid, before)
        if at is None:
            return None
        if intraday:
            found = self.calendar.minute_to_session(at)
        else:
            found = int(np.searchsorted(self.calendar.sessions, at))
        return found if self.calendar.session_day(found) >= life.first else None

    def _session_close(self, sid: int, session: int, life: Life) -> int | None:
        chunk = self._sessions.held(session)
        if chunk is None or sid not in chunk:
            chunk = self._sessions.loader.load(session, session + 1, {sid: life}, {sid: None})
        close = int(chunk.column(sid, "close")[session - chunk.first])
        return None if close == MISSING else close


def _scales(readers: list[BarReader], arithmetic: Arithmetic) -> dict[str, int]:
    """Decimals by field that hold the numbers of every reader."""
    price = max(reader.price_scale for reader in readers)
    volume = max(reader.volume_scale for reader in readers)
    for field, scale, most in (
        ("price_scale", price, arithmetic.price_scale),
        ("amount_scale", volume, arithmetic.amount_scale),
    ):
        if arithmetic.exact and scale > most:
            raise InvalidArgument(
                field=field,
                value=most,
                reason=f"the data have {scale} decimals; give at least those",
            )
    scales = {**dict.fromkeys((*PRICE_FIELDS, "price"), price), "volume": volume, SID: 0}
    for reader in readers:
        for field, scale in extra_fields_of(reader).items():
            scales[field] = max(scale, scales.get(field, 0))
    return scales


def _rows_per_bar(reader: BarReader, axis: BarAxis) -> int:
    """About how many rows of a reader make a bar of an axis."""
    base, length = reader.resolution.nanoseconds, axis.resolution.nanoseconds
    if base is None:
        return 1
    minute = MINUTE.nanoseconds
    assert minute is not None
    return max((length or _MINUTES_A_DAY * minute) // base, 1)
