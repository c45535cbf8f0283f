"""Configuration as JSON and back, without loss."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cost_stubs import AAA, BTC, CL, EUR
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.account_types import (
    CallPolicy,
    CashAccount,
    MarginAccount,
    UnlimitedAccount,
)
from rustybt.finance.margin import (
    ByAssetClass,
    CryptoCross,
    CryptoIsolated,
    FutureMargins,
    PortfolioPercent,
    RegT,
)
from rustybt.simulation.encoding import Opaque, decode, encode
from rustybt.simulation.rules import SimulationRules


def through_json(value: object) -> Any:
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        "text",
        "$text",
        0.1,
        math.inf,
        Decimal("1.500"),
        date(2020, 6, 1),
        datetime(2020, 6, 1, 14, 31, tzinfo=UTC),
        datetime(2020, 6, 1, 14, 31),  # noqa: DTZ001 - stays without a zone
        timedelta(minutes=31),
        Path("a/b"),
        [1, [Decimal(2)]],
        {"a": {"b": Decimal(1)}},
        {"$decimal": 1, "b": 2},
        {date(2020, 6, 1): 0.01},
        {},
        AAA,
        CL,
        BTC,
        EUR,
        SimulationRules.standard(),
        SimulationRules.zipline(),
        Opaque("what it was"),
    ],
    ids=repr,
)
def test_there_and_back(value: object) -> None:
    again = through_json(value)
    assert again == value
    assert type(again) is type(value)


SHARES: dict[Asset | str, Any] = {AAA: "0.5", "CL": "0.2", "crypto": "0.9"}
CONTRACTS: dict[Asset | str, Any] = {CL: (5_000, "4500.50"), "ES": (12_000, 11_000)}
MODELS = [
    UnlimitedAccount(),
    CashAccount(),
    CashAccount({"equity": 2, "crypto": 1}, allow_unsettled=True, on_refusal="fail"),
    MarginAccount(),
    MarginAccount(
        RegT("0.6", "0.3", "0.35", minimum_equity=2000),
        calls=CallPolicy(sale_order="loss", restored_to="maintenance", grace_sessions=2),
        settlement_days=3,
        pattern_day_trader=True,
        on_refusal="fail",
    ),
    MarginAccount(PortfolioPercent(SHARES, "0.1")),
    MarginAccount(FutureMargins(CONTRACTS, initial="0.2")),
    MarginAccount(CryptoCross([(0, "0.004"), (50_000, "0.005")], leverage=50)),
    MarginAccount(CryptoIsolated(5, "0.01", liquidation_fee="0.002")),
    MarginAccount(
        ByAssetClass({"equity": RegT(), "perpetual": CryptoCross()}, default=RegT("0.8"))
    ),
    CallPolicy(grace_bars=3),
]


def made_of(model: Any) -> Any:
    """A model as its class and what it was made of, models within it alike."""
    if isinstance(model, dict):
        return {key: made_of(value) for key, value in model.items()}
    if isinstance(model, list | tuple):
        return [made_of(value) for value in model]
    if hasattr(model, "arguments"):
        return type(model), made_of(model.arguments())
    return model


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_accounts_and_margin_models_are_made_again(model: Any) -> None:
    again = through_json(model)
    assert made_of(again) == made_of(model)
    assert repr(again) == repr(model)
    assert encode(again) == encode(model)


def test_what_a_user_made_of_an_account_type_is_opaque() -> None:
    class Mine(CashAccount):
        """Could do anything."""

    namesake = type("MarginAccount", (CashAccount,), {})
    assert type(through_json(Mine())) is Opaque
    assert type(through_json(namesake())) is Opaque


def test_decimals_keep_their_zeros() -> None:
    assert str(through_json(Decimal("100.50"))) == "100.50"


def test_not_a_number_stays_it() -> None:
    assert math.isnan(through_json(math.nan))


def test_tuples_become_lists() -> None:
    assert through_json((1, 2)) == [1, 2]


def test_frames_and_series() -> None:
    frame = pl.DataFrame({"day": [date(2020, 6, 1)], "return": [0.01]})
    assert through_json(frame).equals(frame)
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([0.01], index=[pandas.Timestamp("2020-06-01")])
    assert through_json(series) == {datetime(2020, 6, 1): 0.01}  # noqa: DTZ001


def test_what_has_no_json_is_opaque() -> None:
    assert through_json(len) == Opaque("<built-in function len>")
    assert through_json([object]) == [Opaque("<class 'object'>")]


def test_an_unknown_mark_is_an_error() -> None:
    with pytest.raises(InvalidArgument, match="version of RustyBT that wrote it"):
        decode({"$quaternion": [1, 2, 3, 4]})
    with pytest.raises(InvalidArgument):
        decode({"$record": "Bond", "fields": {}})
    with pytest.raises(InvalidArgument):
        decode({"$model": "PensionAccount", "arguments": {}})


JSONLIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False, allow_infinity=False) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@through_files
@given(value=JSONLIKE)
def test_any_configuration_comes_back(value: Any) -> None:
    assert through_json(value) == value
