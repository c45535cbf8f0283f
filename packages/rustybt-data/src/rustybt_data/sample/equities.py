"""The bundle `sample`: a synthetic market of twenty shares on the calendar of New York."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from rustybt.calendars import TradingCalendar, to_day
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt_data.sample.draws import Draws
from rustybt_data.sample.paths import FINE, Bar, Walk, day_of, traded
from rustybt_data.sample.tables import daily_frame, minute_frame

FIRST_SESSION: Final = date(2019, 1, 2)
LAST_SESSION: Final = date(2023, 12, 29)
MINUTE_SESSIONS: Final = 20
"""So many of the last sessions have minutes, for the shares that have any."""

_SEED: Final = 20_190_102
_EXCHANGE: Final = "SAMPLE"
_CENTS: Final = 2
_QUARTER: Final = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is settled about a share beforehand.

    Attributes:
        symbol: Its symbol.
        first: First session.
        last: Last session.
        splits: By effective session the number of new shares and of old ones.
        dividend: Cents that are paid every 63 sessions, 0 for none.
        has_minutes: Whether there are minutes of its last sessions.
    """

    symbol: str
    first: date = FIRST_SESSION
    last: date = LAST_SESSION
    splits: Mapping[date, tuple[int, int]] = field(default_factory=dict)
    dividend: int = 0
    has_minutes: bool = False


SHARES: Final = (
    Share(symbol="ALFA", splits={date(2020, 8, 31): (2, 1)}, has_minutes=True),
    Share(symbol="BRAVO", splits={date(2021, 6, 7): (3, 2)}, dividend=22, has_minutes=True),
    Share(symbol="CHARLIE", splits={date(2022, 3, 14): (1, 10)}, has_minutes=True),
    Share(
        symbol="DELTA",
        splits={date(2019, 11, 4): (2, 1), date(2023, 5, 15): (4, 1)},
        has_minutes=True,
    ),
    Share(symbol="ECHO", dividend=45, has_minutes=True),
    Share(symbol="FOXTROT"),
    Share(symbol="GOLF", dividend=31),
    Share(symbol="HOTEL"),
    Share(symbol="INDIA"),
    Share(symbol="JULIETT"),
    Share(symbol="KILO", dividend=18),
    Share(symbol="LIMA"),
    Share(symbol="MIKE"),
    Share(symbol="NOVEMBER"),
    Share(symbol="OSCAR", dividend=60),
    Share(symbol="PAPA"),
    Share(symbol="QUEBEC", dividend=12),
    Share(symbol="ROMEO"),
    Share(symbol="SIERRA", first=date(2020, 6, 1)),
    Share(symbol="TANGO", last=date(2022, 6, 30)),
)
"""All shares, in order of their sids from 0."""


def ingest_sample(  # noqa: PLR0913, PLR0917 - Zipline's signature
    environ: Mapping[str, str],
    asset_db_writer: AssetWriter,
    minute_bar_writer: BarWriter,
    daily_bar_writer: BarWriter,
    adjustment_writer: AdjustmentWriter,
    calendar: TradingCalendar,
    start_session: date,
    end_session: date,
    cache: MutableMapping[str, Any],
    show_progress: bool,  # noqa: FBT001
    output_dir: str,
    /,
) -> None:
    """Generate the market and write it; see `rustybt.data.bundles.IngestFunction`."""
    del environ, start_session, end_session, cache, show_progress, output_dir
    market = _Market(calendar)
    for sid, share in enumerate(SHARES):
        market.trade(sid, share)
    daily_bar_writer.write(market.daily.items())
    minute_bar_writer.write(market.minute.items())
    adjustment_writer.write(
        splits=pl.DataFrame(market.splits), dividends=pl.DataFrame(market.dividends)
    )
    asset_db_writer.write(
        equities=[_row(sid, share) for sid, share in enumerate(SHARES)],
        exchanges=[{"exchange": _EXCHANGE, "country_code": "US"}],
    )


class _Market:
    """What all shares do together, and what comes out for each of them."""

    def __init__(self, calendar: TradingCalendar) -> None:
        self._calendar = calendar
        first, self._last = calendar.session_range(FIRST_SESSION, LAST_SESSION)
        draws = Draws(_SEED)
        self._moves = {session: draws.bell(7_000) for session in range(first, self._last + 1)}
        self.daily: dict[int, pl.DataFrame] = {}
        self.minute: dict[int, pl.DataFrame] = {}
        self.splits: list[dict[str, Any]] = []
        self.dividends: list[dict[str, Any]] = []

    def trade(self, sid: int, share: Share) -> None:
        """Let a share live from its first to its last session."""
        walk = _walk(Draws(_SEED + 1 + sid))
        daily: list[tuple[int, Bar]] = []
        minutes: list[tuple[int, Bar]] = []
        first, last = self._calendar.session_range(share.first, share.last)
        for session in range(first, last + 1):
            self._act(sid, share, walk, session, age=session - first)
            if share.has_minutes and session > self._last - MINUTE_SESSIONS:
                stamps = self._calendar.minutes(session).tolist()
                prints = walk.minutes(len(stamps))
                minutes += [(stamps[place], bar) for place, bar in traded(prints)]
                bar = day_of(prints)
            else:
                bar = walk.day(self._moves[session])
            daily.append((to_day(self._calendar.session_date(session)), bar))
        self.daily[sid] = daily_frame(daily, price_scale=_CENTS, volume_scale=0)
        if minutes:
            self.minute[sid] = minute_frame(minutes, price_scale=_CENTS, volume_scale=0)

    def _act(self, sid: int, share: Share, walk: Walk, session: int, *, age: int) -> None:
        """Do what a share has announced for the morning of a session."""
        today = self._calendar.session_date(session)
        if today in share.splits:
            new, old = share.splits[today]
            walk.rescale(old, new)
            self.splits.append({"sid": sid, "effective_date": today, "ratio": f"{old}/{new}"})
        if share.dividend and age and age % _QUARTER == 0:
            walk.pay(share.dividend)
            self.dividends.append(
                {
                    "sid": sid,
                    "ex_date": today,
                    "declared_date": today - timedelta(days=21),
                    "record_date": self._calendar.session_date(session + 1),
                    "pay_date": self._calendar.session_date(session + 10),
                    "amount": f"{share.dividend // 100}.{share.dividend % 100:02d}",
                    "currency": "USD",
                }
            )


def _walk(draws: Draws) -> Walk:
    return Walk(
        draws=draws,
        level=(2_000 + draws.below(18_000)) * FINE,
        drift=draws.below(700) - 100,
        volatility=9_000 + draws.below(12_000),
        volume=200_000 + draws.below(3_000_000),
    )


def _row(sid: int, share: Share) -> dict[str, Any]:
    return {
        "sid": sid,
        "symbol": share.symbol,
        "asset_name": f"{share.symbol.title()} (synthetic)",
        "exchange": _EXCHANGE,
        "start_date": share.first,
        "end_date": share.last,
        "first_traded": share.first,
        "auto_close_date": share.last + timedelta(days=1),
    }
