"""A market made of a plain frame."""

from datetime import date, timedelta

import pandas as pd
import polars as pl
import pytest
from small_markets import frame

from rustybt.assets import Cryptocurrency, CurrencyPair, Equity
from rustybt.data.frames import bundle_of_frame
from rustybt.errors import DataValidationError

DAYS = {"2020-01-06": 1, "2020-01-07": 2}


def test_symbols_become_assets_numbered_in_alphabetical_order() -> None:
    bars = frame({"MSFT": DAYS, "EUR/USD": DAYS, "BTC/USDT": DAYS})
    _, market = bundle_of_frame(bars)
    assets = market.finder.retrieve_all(market.finder.sids)
    assert [(type(asset), asset.sid, asset.symbol) for asset in assets] == [
        (Cryptocurrency, 1, "BTC/USDT"),
        (CurrencyPair, 2, "EUR/USD"),
        (Equity, 3, "MSFT"),
    ]


def test_an_asset_lives_from_its_first_to_its_last_bar_and_closes_the_day_after() -> None:
    bars = frame({"A": {"2020-01-07": 1, "2020-01-10": 2}, "B": {"2020-01-06": 1}})
    _, market = bundle_of_frame(bars)
    asset = market.finder.retrieve_asset(1)
    assert (asset.start_date, asset.end_date) == (date(2020, 1, 7), date(2020, 1, 10))
    assert asset.auto_close_date == date(2020, 1, 10) + timedelta(days=1)


@pytest.mark.parametrize(
    ("symbols", "calendar"),
    [(["A"], "XNYS"), (["BTC/USDT"], "24/7"), (["BTC/USDT", "A"], "XNYS")],
)
def test_the_usual_calendar(symbols: list[str], calendar: str) -> None:
    _, market = bundle_of_frame(frame(dict.fromkeys(symbols, DAYS)))
    assert market.calendar == calendar


def test_daily_and_shorter_bars_come_as_their_own_reader() -> None:
    _, daily = bundle_of_frame(frame({"A": DAYS}))
    assert daily.daily is not None
    assert daily.minute is None
    minutes = frame({"A": {"2020-01-06 14:31": 1}}, intraday=True)
    _, intraday = bundle_of_frame(minutes, data_frequency="1m")
    assert intraday.daily is None
    assert intraday.minute is not None


def test_frames_of_every_kind_give_the_same_market() -> None:
    bars = frame({"A": DAYS}).with_columns(
        pl.col("open", "high", "low", "close", "volume").cast(float)
    )
    pandas = pd.DataFrame(bars.to_dict(as_series=False))
    pandas["timestamp"] = pd.to_datetime(pandas["timestamp"])
    markets = [
        bundle_of_frame(kind)[1].fingerprint
        for kind in (bars, bars.lazy(), pandas, pandas.set_index("timestamp"))
    ]
    assert len(set(markets)) == 1


def test_a_frame_without_bars_is_refused() -> None:
    with pytest.raises(DataValidationError, match=r"close.*missing"):
        bundle_of_frame(frame({"A": DAYS}).drop("close"))
