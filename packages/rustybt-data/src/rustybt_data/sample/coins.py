"""The bundle `sample-crypto`: three synthetic coins that trade around the clock."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from rustybt.calendars import TradingCalendar, to_day
from rustybt.data.bundles import AdjustmentWriter, AssetWriter, BarWriter
from rustybt_data.sample.draws import Draws
from rustybt_data.sample.paths import FINE, Bar, Walk, day_of, traded
from rustybt_data.sample.tables import daily_frame, minute_frame

FIRST_SESSION: Final = date(2021, 1, 1)
LAST_SESSION: Final = date(2023, 12, 31)
MINUTE_SESSIONS: Final = 3
"""So many of the last days have minutes."""

_SEED: Final = 20_210_101
_EXCHANGE: Final = "SAMPLE-CRYPTO"
_VOLUME_SCALE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """What is settled about a coin beforehand.

    Attributes:
        symbol: The pair.
        price_scale: Decimals of its prices; one unit is its tick.
        level: Its first price in units.
        volume: Usual volume of a day in hundred-millionths of the coin.
    """

    symbol: str
    price_scale: int
    level: int
    volume: int


COINS: Final = (
    Coin(symbol="ALFA/USDT", price_scale=2, level=2_900_000, volume=3_000_000_000_000),
    Coin(symbol="BRAVO/USDT", price_scale=4, level=11_500_000, volume=40_000_000_000_000),
    Coin(symbol="CHARLIE/USDT", price_scale=8, level=1_200_000, volume=5_000_000_000_000_000),
)
"""All coins, in order of their sids from 0."""


def ingest_sample_crypto(  # noqa: PLR0913, PLR0917 - Zipline's signature
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
    del environ, adjustment_writer, start_session, end_session, cache, show_progress, output_dir
    for sid, coin in enumerate(COINS):
        daily, minutes = _bars(sid, coin, calendar)
        scales = {"price_scale": coin.price_scale, "volume_scale": _VOLUME_SCALE}
        daily_bar_writer.write([(sid, daily_frame(daily, **scales))])
        minute_bar_writer.write([(sid, minute_frame(minutes, **scales))])
    asset_db_writer.write(
        cryptocurrencies=[_row(sid, coin) for sid, coin in enumerate(COINS)],
        exchanges=[{"exchange": _EXCHANGE}],
    )


def _bars(
    sid: int, coin: Coin, calendar: TradingCalendar
) -> tuple[list[tuple[int, Bar]], list[tuple[int, Bar]]]:
    """Daily bars and minutes with their labels."""
    walk = Walk(
        draws=Draws(_SEED + sid),
        level=coin.level * FINE,
        drift=500,
        volatility=30_000,
        volume=coin.volume,
    )
    daily: list[tuple[int, Bar]] = []
    minutes: list[tuple[int, Bar]] = []
    first, last = calendar.session_range(FIRST_SESSION, LAST_SESSION)
    for session in range(first, last + 1):
        if session > last - MINUTE_SESSIONS:
            stamps = calendar.minutes(session).tolist()
            prints = walk.minutes(len(stamps))
            minutes += [(stamps[place], bar) for place, bar in traded(prints)]
            bar = day_of(prints)
        else:
            bar = walk.day(0)
        daily.append((to_day(calendar.session_date(session)), bar))
    return daily, minutes


def _row(sid: int, coin: Coin) -> dict[str, Any]:
    base = coin.symbol.partition("/")[0]
    return {
        "sid": sid,
        "symbol": coin.symbol,
        "asset_name": f"{base.title()} coin (synthetic)",
        "exchange": _EXCHANGE,
        "start_date": FIRST_SESSION,
        "end_date": LAST_SESSION,
        "first_traded": FIRST_SESSION,
        "auto_close_date": LAST_SESSION + timedelta(days=1),
        "tick_size": f"0.{'1':0>{coin.price_scale}}",
    }
