"""Money columns in other currencies, at the rates of each row's own day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_markets import VENUE, bundle, frame, split, weekdays

from rustybt.assets import CurrencyPair, Equity
from rustybt.data.bundle import BundleData
from rustybt.data.rates import ExchangeRates
from rustybt.errors import InvalidArgument, MissingRate
from rustybt.pipeline import CustomFactor, Pipeline
from rustybt.pipeline.data import BoundColumn, Column, DataSet, EquityPricing
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.factors import Returns, SimpleMovingAverage
from rustybt.pipeline.loaders import Loaded, LoadRequest

# Sessions from 14:30 to 14:36 UTC on 1 2 3 4 5 and 8 January 2024
CALENDAR = weekdays("2024-01-01", 6)
DAYS = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]


def share(sid: int, symbol: str, currency: str) -> Equity:
    return Equity(
        sid=sid,
        symbol=symbol,
        exchange_info=VENUE,
        currency=currency,
        start_date=date(2024, 1, 1),
        end_date=date(2024, 1, 31),
    )


ASSETS = [share(1, "US", "USD"), share(2, "EU", "EUR")]
BARS = frame(
    {
        "US": dict(zip(DAYS, [10, 11, 12, 13, 14], strict=True)),
        "EU": dict(zip(DAYS, [100, 110, None, 130, 140], strict=True)),
    }
)


def rates(rows: Mapping[str, str]) -> ExchangeRates:
    """Of EUR in USD, by times of January 2024 like ``02T14:36``."""
    found = pl.DataFrame(
        {
            "timestamp": [datetime.fromisoformat(f"2024-01-{at}:00+00:00") for at in rows],
            "base": ["EUR"] * len(rows),
            "quote": ["USD"] * len(rows),
            "rate": list(rows.values()),
        }
    )
    return ExchangeRates.from_frame(found)


RATES = rates({"01T12:00": "2", "02T14:36": "3", "04T14:37": "5", "05T10:00": "4"})


def market(given: ExchangeRates = RATES, **more: Any) -> BundleData:
    return replace(bundle(CALENDAR, ASSETS, daily=BARS, **more), rates=given)


def run(data: BundleData, start: str, end: str, **columns: Any) -> dict[str, list[Any]]:
    found = PipelineEngine(data, calendar=CALENDAR).run(Pipeline(columns), start, end)
    wide = {}
    for name in columns:
        for symbol in found["symbol"].unique().sort():
            wide[f"{name} {symbol}"] = found.filter(pl.col("symbol") == symbol)[name].to_list()
    return wide


def test_each_row_has_the_rate_of_its_own_close() -> None:
    found = run(market(), "2024-01-02", "2024-01-08", x=EquityPricing.close.fx("USD").latest)
    # the close of the 1st knows the rate of noon, 2; that of the 2nd, at 14:36, the rate of that
    # minute, 3; there is no bar on the 3rd; the rate of the 4th, 14:37, came after its close
    assert found["x EU"] == [100 * 2, 110 * 3, None, 130 * 3, 140 * 4]
    assert found["x US"] == [10, 11, 12, 13, 14]


def test_an_inverse_rate_is_derived() -> None:
    found = run(market(), "2024-01-02", "2024-01-03", x=EquityPricing.close.fx("EUR").latest)
    # half a euro for a dollar; a third, which has 18 decimals
    assert found["x US"] == [5, pytest.approx(11 / 3, rel=1e-15)]
    assert found["x EU"] == [100, 110]


def test_a_window_keeps_the_rate_of_each_day() -> None:
    mean = SimpleMovingAverage(inputs=[EquityPricing.close.fx("USD")], window_length=2)
    plain = SimpleMovingAverage(inputs=[EquityPricing.close], window_length=2)
    growth = Returns(inputs=[EquityPricing.close.fx("USD")], window_length=2)

    class Last(CustomFactor):
        window_length = 2

        def compute(self, today: Any, assets: Any, out: Any, *inputs: Any, **params: Any) -> None:
            out[:] = inputs[0][0] * 1000 + inputs[0][1]

    last = Last(inputs=[EquityPricing.close.fx("USD")])
    found = run(
        market(), "2024-01-03", "2024-01-03", mean=mean, plain=plain, growth=growth, last=last
    )
    # 1st: 100 x 2 = 200; 2nd: 110 x 3 = 330; 330 / 200 - 1
    assert found["mean EU"] == [265]
    assert found["plain EU"] == [105]
    assert found["growth EU"] == [pytest.approx(0.65, rel=1e-15)]
    assert found["last EU"] == [200330]


def test_splits_adjust_what_was_exchanged() -> None:
    # four for one on the 3rd: the window of the 3rd sees 100 / 4 x 2 = 50 and 110 / 4 x 3 = 82.5
    data = market(events=[split(2, "2024-01-03", "1/4")])
    mean = SimpleMovingAverage(inputs=[EquityPricing.close.fx("USD")], window_length=2)
    assert run(data, "2024-01-03", "2024-01-03", x=mean)["x EU"] == [66.25]


def test_rates_are_those_of_pairs_of_the_bundle_too() -> None:
    pair = CurrencyPair(
        sid=3, symbol="EUR/USD", exchange_info=VENUE, base_currency="EUR", quote_currency="USD"
    )
    bars = pl.concat([BARS, frame({"EUR/USD": {"2024-01-01": 7, "2024-01-02": 8}})])
    data = bundle(CALENDAR, [*ASSETS, pair], daily=bars)
    found = run(data, "2024-01-02", "2024-01-03", x=EquityPricing.close.fx("USD").latest)
    assert found["x EU"] == [700, 880]


def test_a_rate_that_lacks_is_an_error_where_there_is_something_to_exchange() -> None:
    late = rates({"03T00:00": "3"})
    close = EquityPricing.close.fx("USD").latest
    with pytest.raises(MissingRate, match="no rate of EUR in USD at 2024-01-01 14:36"):
        run(market(late), "2024-01-02", "2024-01-05", x=close)
    # the close of the 3rd is missing, and needs no rate; that of the 4th has one
    assert run(market(late), "2024-01-04", "2024-01-05", x=close)["x EU"] == [None, 390]
    with pytest.raises(MissingRate, match="no rate of EUR in JPY"):
        run(market(), "2024-01-02", "2024-01-02", x=EquityPricing.close.fx("JPY").latest)


class Targets(DataSet):
    """Prices that analysts expect, in currencies of their own."""

    price = Column(float, currency_aware=True)
    currency = Column(object)


class Payouts(DataSet):
    """Money in the currencies of the assets."""

    amount = Column(float, currency_aware=True)


class Fixed:
    """Brings the same row always."""

    def __init__(self, **rows: list[Any]) -> None:
        self.rows = rows

    def load(
        self, columns: Sequence[BoundColumn], request: LoadRequest
    ) -> Mapping[BoundColumn, Loaded]:
        assert not [column for column in columns if column.currency]
        return {
            column: Loaded(
                np.repeat(
                    np.array(self.rows[column.name], column.dtype)[:, None], request.rows, axis=1
                )
            )
            for column in columns
        }

    def first_session(self, request: LoadRequest) -> int | None:
        return None


def test_a_data_set_says_in_which_currency_its_money_is() -> None:
    engine = PipelineEngine(
        market(),
        calendar=CALENDAR,
        loaders={
            Targets.price: Fixed(price=[7.0, 9.0]),
            Targets: Fixed(currency=["EUR", None]),
            Payouts: Fixed(amount=[1.0, 1.0]),
        },
    )
    pipeline = Pipeline(
        {"target": Targets.price.fx("USD").latest, "amount": Payouts.amount.fx("USD").latest}
    )
    found = engine.run(pipeline, "2024-01-03", "2024-01-03")
    # at the close of the 2nd a euro is 3 dollars; of what has no currency the value is missing
    assert found["target"].to_list() == [21, None]
    assert found["amount"].to_list() == [1, 3]


def test_converted_and_reported_columns_go_together() -> None:
    ratio = EquityPricing.close.fx("USD").latest / EquityPricing.close.latest
    found = run(market(), "2024-01-02", "2024-01-03", x=ratio)
    assert found["x EU"] == [2, 3]
    assert found["x US"] == [1, 1]


@pytest.mark.parametrize(
    ("brought", "message"),
    [
        ({}, "was 'nothing'; bring each column that is asked for"),
        ({Payouts.amount: Loaded(np.zeros(3))}, r"was 'shape \(3,\)'; bring an array"),
        ({Payouts.amount: Loaded(np.zeros((2, 1), int))}, "was 'dtype int64'; its column is of fl"),
    ],
)
def test_what_a_loader_brings_is_checked(brought: dict[BoundColumn, Loaded], message: str) -> None:
    class Wrong(Fixed):
        def load(
            self, columns: Sequence[BoundColumn], request: LoadRequest
        ) -> Mapping[BoundColumn, Loaded]:
            return brought

    engine = PipelineEngine(market(), calendar=CALENDAR, loaders={Payouts: Wrong()})
    with pytest.raises(InvalidArgument, match=message) as error:
        engine.run(Pipeline({"x": Payouts.amount.latest}), "2024-01-02", "2024-01-02")
    assert "Payouts.amount, as Wrong brought it," in str(error.value)


def test_a_rate_that_is_too_old_is_named() -> None:  # a date means its end
    old = ExchangeRates.from_frame(
        pl.DataFrame(
            {
                "timestamp": [date(2023, 12, 20)],
                "base": ["EUR"],
                "quote": ["USD"],
                "rate": ["2"],
            }
        )
    )
    with pytest.raises(MissingRate, match="the last one, of 2023-12-21 00:00:00"):
        run(market(old), "2024-01-02", "2024-01-05", x=EquityPricing.close.fx("USD").latest)
