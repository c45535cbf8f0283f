"""The loader of `EquityPricing`: daily bars of the bundle, with factors of corporate actions."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from rustybt.calendars import to_day
from rustybt.data.actions import unexchanged
from rustybt.data.coefficients import IntArray
from rustybt.data.eve_closes import EveCloses
from rustybt.data.own_money import OwnMoney
from rustybt.data.readers import BarReader
from rustybt.data.schemas import PRICE_FIELDS
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.loaders.base import FloatArray, Loaded, LoadRequest, Steps
from rustybt.values import from_scaled


class BarLoader:
    """Daily bars of the bundle, with factors of corporate actions.

    Args:
        one_currency: Whether money that is paid on an asset is never exchanged.
        halted_eves: Whether an action whose eve had no trade is measured against the last close
            before it; otherwise it has no factor.
    """

    def __init__(self, *, one_currency: bool = False, halted_eves: bool = True) -> None:
        self._one_currency = one_currency
        self._halted_eves = halted_eves

    def first_session(self, request: LoadRequest) -> int | None:
        """First session of the bars."""
        return to_day(_reader(request).first_session)

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        """Prices and volumes, and the currencies of the assets."""
        reader = _reader(request)
        bars = [column for column in columns if column.name != "currency"]
        values = _bars(reader, request, list(dict.fromkeys(column.name for column in bars)))
        prices, volumes = self._steps(reader, request) if bars else (None, None)
        found = {
            column: Loaded(values[column.name], prices if column.name in PRICE_FIELDS else volumes)
            for column in bars
        }
        for column in columns:
            if column.name == "currency":
                found[column] = Loaded(_currencies(request))
        return found

    def _steps(self, reader: BarReader, request: LoadRequest) -> tuple[Steps | None, Steps | None]:
        """The factors of prices and of volumes."""
        adjustments, days = request.bundle.adjustments, request.days
        exchange = unexchanged if self._one_currency else OwnMoney(request.bundle, request.calendar)
        closes = _Closes(reader, request, halted=self._halted_eves)
        eves = EveCloses(adjustments, closes, exchange)
        found: list[tuple[int, int, int, float, float]] = []
        for place, sid in enumerate(request.sids.tolist()):
            for effect in adjustments.effects(sid):
                row = int(np.searchsorted(days, effect.day))
                if effect.day <= request.data_days[0] or row == len(days):
                    continue
                for day in effect.days:
                    since = int(np.searchsorted(days, day))
                    factor = effect.factor(eves, exchange, day)
                    if factor is not None and since < len(days):
                        ratios = (
                            float(factor.price.as_fraction()),
                            float(factor.volume.as_fraction()),
                        )
                        found.append((place, since, row, *ratios))
                    if factor is not None:
                        break
        if not found:
            return None, None
        found.sort(key=lambda step: step[1])
        table = np.array(found)
        assets, as_of, through = table[:, :3].T.astype(np.int64)
        return (
            Steps(assets, as_of, through, table[:, 3]),
            Steps(assets, as_of, through, table[:, 4]),
        )


class _Closes:
    """Raw closes before a day."""

    def __init__(self, reader: BarReader, request: LoadRequest, *, halted: bool) -> None:
        self._reader = reader
        self._sessions = request.calendar.sessions
        self._halted = halted

    def __call__(self, sid: int, day: int) -> tuple[int, Decimal] | None:
        """Day and close of the newest session before a day that has one."""
        eve = int(np.searchsorted(self._sessions, day)) - 1
        if eve < 0:
            return None
        at: int | None = int(self._sessions[eve])
        close = self._close(sid, int(self._sessions[eve]))
        if close is None and self._halted:
            at = self._reader.last_traded(sid, int(self._sessions[eve]))
            close = None if at is None else self._close(sid, at)
        return None if close is None or at is None else (at, close)

    def _close(self, sid: int, day: int) -> Decimal | None:
        bar = self._reader.read([sid], day, day + 1, ("close",))["close"]
        return from_scaled(bar[0], self._reader.price_scale) if len(bar) and bar[0] else None


def _reader(request: LoadRequest) -> BarReader:
    reader = request.bundle.daily
    if reader is None:
        raise InvalidArgument(
            field="bundle",
            value=request.bundle.name,
            reason="it has no daily bars; ingest some, or aggregate its minutes to 1d",
        )
    return reader


def _bars(reader: BarReader, request: LoadRequest, fields: Sequence[str]) -> dict[str, FloatArray]:
    """Columns (assets, rows); NaN where there is no price, 0 where there is no volume."""
    shape = len(request.sids), request.rows
    found = {
        field: np.full(shape, 0.0 if field == "volume" else np.nan, np.float64) for field in fields
    }
    if not fields:
        return found
    days = request.data_days
    frame = reader.read(request.sids.tolist(), int(days[0]), int(days[-1]) + 1, tuple(fields))
    cells = _cells(request, frame["sid"].to_numpy(), frame["at"].to_numpy())
    for field in fields:
        scale = reader.volume_scale if field == "volume" else reader.price_scale
        numbers = frame[field].cast(float) / 10.0**scale
        if field == "volume":
            numbers = numbers.fill_null(0.0)
        found[field].ravel()[cells] = numbers.to_numpy()
    return found


def _cells(request: LoadRequest, sids: IntArray, days: IntArray) -> IntArray:
    rows = np.searchsorted(request.data_days, days)
    return np.searchsorted(request.sids, sids) * request.rows + rows


def _currencies(request: LoadRequest) -> np.ndarray:
    assets = request.bundle.finder.retrieve_all(request.sids.tolist())
    names = np.array([asset.currency for asset in assets], dtype=object)
    return np.repeat(names[:, None], request.rows, axis=1)
