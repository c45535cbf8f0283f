"""A small chain of futures, and a portal that stands in one of its sessions."""

from collections.abc import Mapping, Sequence
from decimal import Decimal as D
from typing import Any

from small_markets import VENUE, Run, bundle, frame, run, weekdays

from rustybt.assets import ContinuousFuture, Equity, Future
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData

CALENDAR = weekdays("2020-01-06", 12)
DAYS = [CALENDAR.session_date(number) for number in range(12)]

# Sessions:     0     1     2     3     4     5     6     7     8
CLOSES: dict[str, Sequence[str | None]] = {
    "XF20": ["100", "101", "102", "103", "104", None, None, None, None],
    "XG20": ["200", "202", "204", "206", "208", "210", "212", "214", None],
    "XH20": [None, "103", "102", "104", "103", "105", "106", "107", "108"],
}
VOLUMES = {
    "XF20": [900, 900, 100, 90, 80, 0, 0, 0, 0],
    "XG20": [100, 100, 500, 600, 700, 300, 200, 100, 0],
    "XH20": [0, 10, 20, 30, 40, 800, 900, 950, 990],
}
"""XG20 trades more than XF20 from session 2 on, XH20 more than XG20 from 5 on."""


def contract(symbol: str, sid: int, start: int, end: int, close: int | None) -> Future:
    return Future(
        sid=sid,
        symbol=symbol,
        exchange_info=VENUE,
        root_symbol=symbol[:1],
        start_date=DAYS[start],
        end_date=DAYS[end],
        auto_close_date=None if close is None else DAYS[close],
        tick_size=D("0.01"),
    )


F, G, H = (
    contract("XF20", 1, 0, 4, 4),
    contract("XG20", 2, 0, 7, 7),
    contract("XH20", 3, 1, 8, None),
)
SHARE = Equity(sid=9, symbol="SHARE", exchange_info=VENUE, start_date=DAYS[0])


def rows_of(closes: Sequence[str | None], volumes: Sequence[int]) -> dict[str, Any]:
    """Bars by day: open 1 below the close, high 2 above, low 3 below."""
    return {
        str(DAYS[n]): (D(close) - 1, D(close) + 2, D(close) - 3, close, volumes[n])
        for n, close in enumerate(closes)
        if close is not None
    }


def market(
    contracts: Sequence[Future] = (F, G, H),
    closes: Mapping[str, Sequence[str | None]] = CLOSES,
    volumes: Mapping[str, Sequence[int]] = VOLUMES,
) -> BundleData:
    bars = {c.symbol: rows_of(closes[c.symbol], volumes[c.symbol]) for c in contracts}
    bars["SHARE"] = {str(day): 10 for day in DAYS[:9]}
    return bundle(CALENDAR, [*contracts, SHARE], daily=frame(bars))


def chain(
    of: BundleData,
    offset: int = 0,
    roll: str = "volume",
    adjustment: str | None = None,
) -> ContinuousFuture:
    return of.finder.create_continuous_future("X", offset, roll, adjustment)  # type: ignore[arg-type]


def opened(made: BundleData | None = None, **options: Any) -> tuple[Run, BarData, BundleData]:
    made = made or market()
    here = run(made, CALENDAR, "1d", **options)
    return here, BarData(here.portal), made


def on(here: Run, session: int) -> None:
    here.on(str(DAYS[session]))
