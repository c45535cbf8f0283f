"""Small markets in memory, written by hand, and strategies that do what a test says when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from rustybt import run_algorithm
from rustybt.algorithm import TradingAlgorithm
from rustybt.assets import Asset, AssetFinder, Equity, ExchangeInfo
from rustybt.calendars import TradingCalendar, from_day, get_calendar, to_day
from rustybt.data.adjustments import Adjustments, CashDividend, Split
from rustybt.data.bar_data import BarData
from rustybt.data.bundle import BundleData
from rustybt.data.frame_reader import FrameReader
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import NoSlippage
from rustybt.simulation.result import BacktestResult
from rustybt.values import Ratio

MONDAY = date(2020, 6, 1)
"""First session of most markets here: a Monday, with a full week of XNYS after it."""

NANOS_PER_DAY = 86_400_000_000_000
NANOS_PER_MINUTE = 60_000_000_000
VENUE = ExchangeInfo("Test Exchange", "TEST", "US")

Number = str | int | float | Decimal


class Bar(NamedTuple):
    """One bar; prices as texts, so that they are exact."""

    open: Number | None
    high: Number | None
    low: Number | None
    close: Number | None
    volume: Number | None


Print = Bar | Number | None
"""A bar; a price at which everything of the bar happened; or None where there is no row."""


def bar(
    close: Number,
    *,
    open: Number | None = None,  # noqa: A002 - the bar's own word
    high: Number | None = None,
    low: Number | None = None,
    volume: Number = 1_000_000,
) -> Bar:
    """A bar, the close in place of every price that is not given."""
    opened, highest, lowest = (close if price is None else price for price in (open, high, low))
    return Bar(opened, highest, lowest, close, volume)


def stock(symbol: str, sid: int, **fields: Any) -> Equity:
    """A share that has been listed for ever and has no end, unless the fields say otherwise."""
    fields.setdefault("start_date", date(2015, 1, 2))
    return Equity(sid=sid, symbol=symbol, exchange_info=VENUE, **fields)


def small_sessions(
    days: int, minutes: int, *, first: date = MONDAY, name: str = "SMALL"
) -> TradingCalendar:
    """A calendar of weekdays that open at 14:30 UTC for a few minutes.

    It begins a week earlier and ends some days later, since a calendar is longer than any run.
    """
    span = range(to_day(first) - 7, to_day(first) + 2 * days + 14)
    weekdays = [day for day in span if from_day(day).weekday() < 5]
    opens = [day * NANOS_PER_DAY + (14 * 60 + 30) * NANOS_PER_MINUTE for day in weekdays]
    return TradingCalendar(
        name=name,
        tz=ZoneInfo("UTC"),
        sessions=weekdays,
        opens=opens,
        closes=[at + minutes * NANOS_PER_MINUTE for at in opens],
    )


# ------------------------------------------------------------------ corporate actions


def split(asset: Asset, effective: date | str, ratio: str) -> Split:
    """A split; the ratio multiplies earlier prices: 1/2 for two new shares per old one."""
    return Split(sid=asset.sid, effective=to_day(effective), ratio=Ratio.parse(ratio))


def dividend(asset: Asset, ex: date | str, pay: date | str, amount: str) -> CashDividend:
    """A cash dividend."""
    return CashDividend(sid=asset.sid, ex=to_day(ex), pay=to_day(pay), amount=Decimal(amount))


# ------------------------------------------------------------------ markets


@dataclass(frozen=True, kw_only=True)
class Market:
    """A bundle and the calendar that its bars belong to."""

    bundle: BundleData
    calendar: TradingCalendar
    first: date
    last: date

    @property
    def assets(self) -> list[Asset]:
        """All assets, by sid."""
        finder = self.bundle.finder
        return finder.retrieve_all(finder.sids)


def daily_market(
    prices: Mapping[Any, Sequence[Print]],
    *,
    events: Iterable[Split | CashDividend] = (),
    first: date = MONDAY,
    calendar: TradingCalendar | None = None,
) -> Market:
    """Daily bars by asset, one per session from `first` on; XNYS unless a calendar is given."""
    calendar = calendar or get_calendar("XNYS")
    start = calendar.session_index(first)
    days = [calendar.session_date(start + n) for n in range(max(map(len, prices.values())))]
    frame = _frame({asset: dict(zip(days, bars, strict=False)) for asset, bars in prices.items()})
    reader = FrameReader(frame, resolution="1d", calendar=calendar, sids=_sids(prices))
    return _market(prices, events, calendar, (days[0], days[-1]), daily=reader)


def minute_market(
    prices: Mapping[Any, Mapping[tuple[int, int], Print]],
    *,
    sessions: int,
    daily: Mapping[Any, Sequence[Print]] | None = None,
    events: Iterable[Split | CashDividend] = (),
    first: date = MONDAY,
    calendar: TradingCalendar | None = None,
) -> Market:
    """Minute bars by asset and (session, minute), each from 0; and daily ones, where given."""
    calendar = calendar or get_calendar("XNYS")
    start = calendar.session_index(first)
    labels = [calendar.minutes(start + n).tolist() for n in range(sessions)]
    frame = _frame(
        {
            asset: {labels[session][minute]: print_ for (session, minute), print_ in bars.items()}
            for asset, bars in prices.items()
        }
    )
    stamps = pl.from_epoch("timestamp", "ns").dt.replace_time_zone("UTC")
    reader = FrameReader(
        frame.with_columns(stamps), resolution="1m", calendar=calendar, sids=_sids(prices)
    )
    days = [calendar.session_date(start + n) for n in range(sessions)]
    rows = {a: dict(zip(days, bars, strict=False)) for a, bars in (daily or {}).items()}
    daily_reader = (
        FrameReader(_frame(rows), resolution="1d", calendar=calendar, sids=_sids(prices))
        if rows
        else None
    )
    return _market(prices, events, calendar, (days[0], days[-1]), daily=daily_reader, minute=reader)


def _sids(prices: Iterable[Asset]) -> dict[str, int]:
    return {asset.symbol: asset.sid for asset in prices}


def _frame(bars: Mapping[Asset, Mapping[Any, Print]]) -> pl.DataFrame:
    rows = [
        (label, asset.symbol, *_texts(print_))
        for asset, prints in bars.items()
        for label, print_ in prints.items()
        if print_ is not None
    ]
    names = ["timestamp", "symbol", "open", "high", "low", "close", "volume"]
    texts = dict.fromkeys(names[1:], pl.String)
    return pl.DataFrame(rows, schema=names, schema_overrides=texts, orient="row")


def _texts(print_: Bar | Number) -> list[str | None]:
    values = print_ if isinstance(print_, Bar) else bar(print_)
    return [None if value is None else str(value) for value in values]


def _market(
    assets: Iterable[Asset],
    events: Iterable[Split | CashDividend],
    calendar: TradingCalendar,
    span: tuple[date, date],
    *,
    daily: FrameReader | None = None,
    minute: FrameReader | None = None,
) -> Market:
    events = list(events)
    bundle = BundleData(
        name="by-hand",
        timestamp=None,
        calendar=calendar.name,
        finder=AssetFinder.from_assets(assets),
        daily=daily,
        minute=minute,
        adjustments=Adjustments(
            splits=[event for event in events if isinstance(event, Split)],
            dividends=[event for event in events if isinstance(event, CashDividend)],
        ),
        fingerprint="by-hand",
    )
    return Market(bundle=bundle, calendar=calendar, first=span[0], last=span[1])


# ------------------------------------------------------------------ strategies

Action = Callable[[Any, BarData], object]


@dataclass(kw_only=True)
class Played:
    """A run and what its actions returned.

    Attributes:
        result: The run's result.
        seen: What the action of each bar returned, by number of the bar.
        context: The strategy, as the run left it.
    """

    result: BacktestResult
    seen: dict[int, Any] = field(default_factory=dict)
    context: Any = None

    def column(self, name: str) -> list[Any]:
        """A column of the performance rows."""
        return self.result.performance[name].to_list()

    @property
    def fills(self) -> list[tuple[Any, ...]]:
        """Day, symbol, amount and price of every execution."""
        table = self.result.transactions
        return [
            (at.date(), symbol, amount, price)
            for at, symbol, amount, price in table["dt", "symbol", "amount", "price"].iter_rows()
        ]

    @property
    def statuses(self) -> list[str]:
        """The final status of every order, in order of creation."""
        return self.result.orders["status"].to_list()


def play(
    market: Market,
    actions: Mapping[int, Action] | None = None,
    *,
    setup: Callable[[Any], object] | None = None,
    slippage: object = None,
    commission: object = None,
    before_open: Mapping[int, Action] | None = None,
    algorithm: TradingAlgorithm | None = None,
    **options: Any,
) -> Played:
    """Run a strategy that acts at the bars with these numbers, counted from 0; free of costs.

    Args:
        market: What it trades on.
        actions: `f(context, data)` by number of the bar.
        setup: `f(context)`, called at the end of `initialize`.
        slippage: A model for every class of assets in place of none.
        commission: A model for every class of assets in place of none.
        before_open: `f(context, data)` by number of the session.
        algorithm: Where further hooks come from.
        **options: Arguments of `run_algorithm`; by default over all bars, with 100,000.
    """
    played = Played(result=None)  # type: ignore[arg-type] # the run is still to come
    algorithm = algorithm or TradingAlgorithm()
    counts = {"bar": -1, "session": -1}

    def initialize(context: Any) -> None:
        played.context = context
        price, charge = slippage or NoSlippage(), commission or NoCommission()
        for kind in {asset.asset_class for asset in market.assets}:
            context.set_slippage(**{_ARGUMENT[kind]: price})
            context.set_commission(**{_ARGUMENT[kind]: charge})
        if setup is not None:
            setup(context)

    def handle_data(context: Any, data: BarData) -> None:
        counts["bar"] += 1
        action = (actions or {}).get(counts["bar"])
        if action is not None:
            played.seen[counts["bar"]] = action(context, data)

    def before_trading_start(context: Any, data: BarData) -> None:
        counts["session"] += 1
        action = (before_open or {}).get(counts["session"])
        if action is not None:
            action(context, data)

    algorithm.use(initialize=initialize, handle_data=handle_data)
    if before_open is not None:
        algorithm.use(before_trading_start=before_trading_start)
    options = {
        "start": market.first,
        "end": market.last,
        "capital_base": 100_000,
        "calendar": market.calendar,
        **options,
    }
    played.result = run_algorithm(algorithm=algorithm, data=market.bundle, **options)
    return played


_ARGUMENT = {"equity": "us_equities", "future": "us_futures", "crypto": "crypto", "forex": "forex"}
