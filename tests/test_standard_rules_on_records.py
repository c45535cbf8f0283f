"""What the standard rules change in recorded runs, choice by choice, each with its reason.

Every run is repeated as recorded, but with one choice of the standard rules (or all of them) in
place of zipline's. Which choices matter is asserted, and what they change is worked out by hand
from the prices in `recorded/zipline/inputs`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rustybt.simulation.rules import SimulationRules
from tests.recorded_runs import Case, differences, ingest, run

STANDARD, ZIPLINE = SimulationRules.standard(), SimulationRules.zipline()
CHOICES = [
    name
    for name, value in STANDARD.to_dict().items()
    if name != "name" and value != ZIPLINE.to_dict()[name]
]


def repeated(name: str, variant: str | None, scratch: Path, rules: SimulationRules) -> Any:
    case = Case(name, variant)
    ingest(case.bundle, scratch)
    return run(case, profile="zipline", numeric="decimal", rules=rules)


def under(choice: str, name: str, variant: str | None, scratch: Path) -> Any:
    """The run with one choice of the standard rules."""
    rules = replace(ZIPLINE, **{choice: STANDARD.to_dict()[choice]})
    return repeated(name, variant, scratch, rules)


def recorded(name: str, variant: str | None = None) -> Any:
    return Case(name, variant).expected


# Prices, and the choices that move them, of the recorded runs of issue 2.
MATTERS = [
    ("a03_sma_cross", None,
     {"cash_in_lieu", "receivables_in_value", "pnl_includes_dividends", "history_decimals"}),
    ("a04_order_types", "volumeshare", {"cash_in_lieu", "float_rounding"}),
    ("a04_order_types", "volumeshare_highimpact", {"cash_in_lieu", "float_rounding"}),
    ("a04_order_types", "fixedbps", {"cash_in_lieu", "float_rounding", "recheck_limit"}),
    ("a04_order_types", "fixedspread", {"cash_in_lieu", "float_rounding", "recheck_limit"}),
    ("a04_order_types", "none", {"cash_in_lieu", "float_rounding"}),
    ("a06_cancel", "never", {"receivables_in_value", "pnl_includes_dividends"}),
    ("a06_cancel", "eod",
     {"receivables_in_value", "pnl_includes_dividends", "eod_cancels_first_only"}),
    ("a09_splits_fractional", None,
     {"cash_in_lieu", "receivables_in_value", "pnl_includes_dividends"}),
    ("a14_history_daily", None, {"before_open_sees_today"}),
    ("a17_minute_data", None, {"before_open_sees_today"}),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant", "matters"), MATTERS)
def test_these_choices_matter_and_no_others(
    name: str, variant: str | None, matters: set[str], tmp_path: Path
) -> None:
    """Beyond the tolerances of the records, and beyond what Decimals change by themselves."""
    expected = recorded(name, variant)
    usual = set(differences(repeated(name, variant, tmp_path, ZIPLINE), expected))
    found = {
        choice
        for choice in CHOICES
        if set(differences(under(choice, name, variant, tmp_path), expected)) - usual
    }
    assert found == matters


# ------------------------------------------------------------------ a03: percentages


def test_a03_orders_count_the_dividend_that_is_owed(tmp_path: Path) -> None:
    """EEE went ex on 2019-11-07: 95 shares x 1.25 = 118.75 are owed the day after.

    24 % of 95,818.76 at 213.01 are 107.96 shares; of 118.75 more they are 108.09.
    """
    ours = under("receivables_in_value", "a03_sma_cross", None, tmp_path)["orders"]
    theirs = recorded("a03_sma_cross")["orders"]
    assert theirs[12]["created"] == ours[12]["created"] == "2019-11-08T21:00:00Z"
    assert (theirs[12]["amount"], ours[12]["amount"]) == (107, 108)


def test_a03_a_pay_date_has_its_profit(tmp_path: Path) -> None:
    """The same 118.75 arrive on 2019-11-21; zipline's row leaves them out of the profit."""
    ours = under("pnl_includes_dividends", "a03_sma_cross", None, tmp_path)
    row = ours["sessions"].index("2019-11-21")
    theirs = recorded("a03_sma_cross")["perf"]["pnl"][row]
    assert theirs == pytest.approx(-398.04)
    assert ours["perf"]["pnl"][row] == pytest.approx(-398.04 + 118.75)


def test_a03_the_cost_of_a_holding_stays_exact(tmp_path: Path) -> None:
    """AAA, bought at 185.883895, splits 2:1: zipline rounds the half of it to 92.94."""
    ours = under("cash_in_lieu", "a03_sma_cross", None, tmp_path)
    row = ours["sessions"].index("2020-08-31")
    basis = {symbol: basis for symbol, _, basis, _ in ours["positions"][row]}
    assert basis["AAA"] == pytest.approx(185.883895 / 2, abs=1e-12)
    theirs = {s: b for s, _, b, _ in recorded("a03_sma_cross")["positions"][row]}
    assert theirs["AAA"] == 92.94


# ------------------------------------------------------------------ a04: order types

ON_THE_EDGE = {
    # A stop buy at 1.01 x 87.05 = 87.9205 lies on the edge of its band: exactly it is 87.92.
    18: ("stop", 87.93, 87.92),
    # A limit of 168.91 becomes 84.455 in the split: half even 84.46, the nearest float is below.
    27: ("limit", 84.45, 84.46),
}


def test_a04_prices_are_put_on_the_tick_exactly(tmp_path: Path) -> None:
    ours = under("float_rounding", "a04_order_types", "none", tmp_path)["orders"]
    theirs = recorded("a04_order_types", "none")["orders"]
    for number, (field, floating, exact) in ON_THE_EDGE.items():
        assert (theirs[number - 1][field], ours[number - 1][field]) == (floating, exact)


def test_a04_a_stop_on_the_edge_is_touched_earlier(tmp_path: Path) -> None:
    """DDD closes at exactly 87.92 on 2020-07-20; zipline's stop of 87.93 waits until September."""
    ours = under("float_rounding", "a04_order_types", "none", tmp_path)["orders"][17]
    theirs = recorded("a04_order_types", "none")["orders"][17]
    assert ours["last_modified"] == "2020-07-20T20:00:00Z"
    assert theirs["last_modified"] == "2020-09-15T20:00:00Z"


@pytest.mark.parametrize(
    ("variant", "first", "fills"),
    [
        # The limit of 289.43 is touched by 289.49 on 07-06. Less 5 basis points that is 289.345:
        # below the limit. 291.47 on 07-07 is 291.324 after them.
        ("fixedbps", 289.49 * 0.9995, "2020-07-07T20:00:00Z"),
        # Less half a spread of 0.10 it is 289.44, which the limit allows.
        ("fixedspread", 289.44, "2020-07-06T20:00:00Z"),
        ("none", 289.49, "2020-07-06T20:00:00Z"),
    ],
)
def test_a04_no_execution_beyond_its_limit(
    variant: str, first: float, fills: str, tmp_path: Path
) -> None:
    ours = under("recheck_limit", "a04_order_types", variant, tmp_path)["orders"][9]
    theirs = recorded("a04_order_types", variant)["orders"][9]
    assert (theirs["limit"], theirs["amount"]) == (289.43, -20)
    assert theirs["last_modified"] == "2020-07-06T20:00:00Z"
    assert ours["last_modified"] == fills
    assert (first >= 289.43) is (fills == theirs["last_modified"])


def test_a04_an_order_may_stay_open_where_zipline_broke_its_limit(tmp_path: Path) -> None:
    """EEE touches 323.93 with 323.94 on 2020-08-21 alone; 5 basis points are 0.16 too many."""
    ours = under("recheck_limit", "a04_order_types", "fixedbps", tmp_path)["orders"][53]
    theirs = recorded("a04_order_types", "fixedbps")["orders"][53]
    assert (theirs["status"], theirs["filled"]) == ("FILLED", -20)
    assert (ours["status"], ours["filled"], ours["limit_reached"]) == ("OPEN", 0, True)


# ------------------------------------------------------------------ a06: cancels


def test_a06_the_value_includes_a_dividend_that_is_owed(tmp_path: Path) -> None:
    """DDD: 20 shares x 0.55 = 11.00 from the ex date 2020-03-12 to the day before 03-26."""
    ours = repeated("a06_cancel", "never", tmp_path, STANDARD)
    theirs = recorded("a06_cancel", "never")
    values = zip(ours["perf"]["portfolio_value"], theirs["perf"]["portfolio_value"], strict=True)
    owed = dict(zip(ours["sessions"], (a - b for a, b in values), strict=True))
    for day, difference in owed.items():
        expected = 11.0 if "2020-03-12" <= day < "2020-03-26" else 0.0
        assert difference == pytest.approx(expected, abs=1e-6)
    assert ours["orders"] == [
        {**order, "reason": None, "commission": pytest.approx(order["commission"])}
        for order in theirs["orders"]
    ]


def test_a06_an_ex_date_makes_no_false_loss(tmp_path: Path) -> None:
    """Zipline loses 235.18 on the ex date, of which 11.00 are only not yet paid."""
    ours = repeated("a06_cancel", "never", tmp_path, STANDARD)
    row = ours["sessions"].index("2020-03-12")
    assert recorded("a06_cancel", "never")["perf"]["pnl"][row] == pytest.approx(-235.18)
    assert ours["perf"]["pnl"][row] == pytest.approx(-224.18)


def test_a06_the_cancel_policy_ends_every_order_with_its_day(tmp_path: Path) -> None:
    """A daily order is placed at the close, and so ends at once; zipline lets 3 of 6 fill."""
    ours = repeated("a06_cancel", "eod", tmp_path, STANDARD)["orders"]
    theirs = recorded("a06_cancel", "eod")["orders"]
    assert [order["filled"] for order in theirs] == [287, 0, 20, 0, -200, 100]
    assert {(order["filled"], order["status"]) for order in ours} == {(0, "CANCELLED")}
    assert all(order["created"] == order["last_modified"] for order in ours)


# ------------------------------------------------------------------ a09: fractions of shares


def test_a09_a_fraction_is_paid_at_the_market_price(tmp_path: Path) -> None:
    """Fractions of two splits.

    CCC, 33 shares 1:5: 6.6, so 0.6 x 4.93 x 5 = 14.79; zipline pays 0.6 x 5.39 x 5 = 16.17 by
    its cost. BBB, 101 shares 3:2: 151.5, so 0.5 x 170.50 x 2/3 = 56.83; zipline pays half of
    92.35, its cost of 138.53 x 2/3 in cents: 46.175, as a float 46.17.
    """
    ours = under("cash_in_lieu", "a09_splits_fractional", None, tmp_path)
    theirs = recorded("a09_splits_fractional")
    cash, cash_there = (of["perf"]["ending_cash"] for of in (ours, theirs))
    row = ours["sessions"].index("2019-09-16")
    assert cash[row] - cash_there[row] == pytest.approx(14.79 - 16.17, abs=1e-6)
    row = ours["sessions"].index("2021-03-08")
    gained = (cash[row] - cash_there[row]) - (14.79 - 16.17)
    assert gained == pytest.approx(56.83 - 46.17, abs=1e-6)


def test_a09_the_cost_loses_the_share_of_the_fraction(tmp_path: Path) -> None:
    """101 BBB cost 13,991.53; less 0.5 of 151.5 shares 13,945.3533; 28 more at 113.74 follow."""
    ours = under("cash_in_lieu", "a09_splits_fractional", None, tmp_path)
    row = ours["sessions"].index("2021-03-08")
    amount, basis = next((a, b) for s, a, b, _ in ours["positions"][row] if s == "BBB")
    cost = 13_991.53 * 151 / 151.5 + 28 * 113.74
    assert amount == 179
    assert basis == pytest.approx(cost / 179, abs=1e-10)


# ------------------------------------------------------------------ a14, a17: what is seen


def test_a14_before_the_open_today_is_not_there_yet(tmp_path: Path) -> None:
    """In handle_data nothing differs; before the open zipline shows the bar that is to come."""
    ours = repeated("a14_history_daily", None, tmp_path, STANDARD)["captures"]
    theirs = recorded("a14_history_daily")["captures"]
    assert len(ours) == len(theirs) == 58
    for here, there in zip(ours, theirs, strict=True):
        days, days_there = (of["history"]["close"]["index"] for of in (here, there))
        assert days_there[-1] == here["date"]
        if here["where"] == "before_trading_start":
            assert days[1:] == days_there[:-1]
            assert days[-1] < here["date"]
            assert here["last_traded"]["AAA"].startswith(days[-1])
        else:
            assert days == days_there


def test_a14_adjusted_prices_are_not_rounded_to_3_decimals(tmp_path: Path) -> None:
    """AAA goes ex 0.82 after a close of 179.88: the day before, 178.63 x 179.06 / 179.88."""
    ours = repeated("a14_history_daily", None, tmp_path, STANDARD)["captures"]
    theirs = recorded("a14_history_daily")["captures"]
    place = next(n for n, c in enumerate(theirs) if c["dt"].startswith("2020-02-07 21"))
    closes, closes_there = (of[place]["history"]["close"]["data"] for of in (ours, theirs))
    assert closes_there[5][0] == 177.816
    assert closes[5][0] == 177.81569824  # 177.815698243..., to the 8 decimals of the column


def test_a17_before_the_open_assets_are_tradable_and_have_traded(tmp_path: Path) -> None:
    """Zipline says that nothing can be traded, and fails on the time of the last trade."""
    ours = repeated("a17_minute_data", None, tmp_path, STANDARD)["captures"]
    theirs = recorded("a17_minute_data")["captures"]
    mornings = [n for n, c in enumerate(theirs) if c["where"] == "before_trading_start"]
    for place in mornings:
        here, there = ours[place], theirs[place]
        assert set(there["can_trade"].values()) == {False}
        assert set(here["can_trade"].values()) == {True}
    failing = [place for place in mornings if "last_traded_error" in theirs[place]]
    assert len(failing) == 9
    for place in failing:
        assert set(ours[place]["last_traded"]) == {"AAA", "BBB", "DDD"}
    second = ours[mornings[1]]
    assert second["last_traded"]["AAA"] == "2021-03-01 21:00:00+00:00"


def test_a17_before_the_open_the_last_session_is_the_stored_one(tmp_path: Path) -> None:
    """On 2021-03-01, the first day with minutes, zipline has no prices of 02-26: it makes that
    day's bar of minutes that are not there."""
    ours = repeated("a17_minute_data", None, tmp_path, STANDARD)["captures"][0]["history_1d"]
    theirs = recorded("a17_minute_data")["captures"][0]["history_1d"]
    assert ours["close"]["index"][-1] == theirs["close"]["index"][-1] == "2021-02-26"
    assert ours["close"]["data"][-1] == [121.1, 177.21, 104.47]
    assert theirs["close"]["data"][-1] == [None, None, None]
