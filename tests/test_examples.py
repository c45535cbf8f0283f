"""The small examples, against figures worked out by hand."""

import importlib.util
import re
import subprocess
import sys
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

from rustybt_data import DataCatalog

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = (
    "bracket.py",
    "crypto_perpetual.py",
    "currencies.py",
    "earnings.py",
    "futures_roll.py",
    "moving_averages.py",
    "pipeline_momentum.py",
    "short_book.py",
)


def example(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(name).stem, EXAMPLES / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RUSTYBT_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_from_the_command_line(name: str, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name], capture_output=True, text=True, check=False, cwd=home
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "pnl" in done.stdout


def test_the_list_names_every_script() -> None:
    listed = re.findall(
        r"^\| \[(\w+\.py)\]", (EXAMPLES / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(listed) == sorted(path.name for path in EXAMPLES.glob("*.py"))


def test_a_short_pays_for_its_loan_and_owes_the_dividend(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """18 % of 360 days on 1,000 x the close of the day before, three nights over the weekend.

    The last night is free: on the 11th the shares are called back.
    """
    result = example("short_book.py").run(home / "prices")
    table = result.performance
    borrow = [0, 0, 25, D("24.5"), 24, 72, D("23.5"), 23, 23, 0]
    assert table["borrow"].to_list() == borrow
    assert table["dividends"].to_list() == [0, 0, 0, 0, 0, -600, 0, 0, 0, 0]
    # Short from 50 and long from 20; the dividend is a part of what the morning of the 8th made.
    made = [0, 0, 1000, 1500, 0, 1000 + 500 - 600, 1000, 0, 1000, 0]
    assert table["gross_pnl"].to_list() == made
    bought = "loans of DEAR are recalled: the broker buys 1000 to cover"
    assert capsys.readouterr().out == f"Thursday, recall: {bought}\n"
    assert result.orders["symbol", "filled", "reason"].rows() == [
        ("DEAR", -1000, None), ("FAIR", 1000, None), ("DEAR", 1000, bought),
    ]  # fmt: skip
    assert table["commission"].to_list() == [0, 10, 0, 0, 0, 0, 0, 0, 5, 0]
    # 100,000 of free cash at 1.8 % of 360; then 130,000 - 10 less the 50,000 that secure the loan
    # of which 20,000 bought FAIR.
    assert table["financing"].to_list()[1:3] == [-5, D("-3.99975")]


def test_exchange_rates_have_their_own_profit(home: Path) -> None:
    """10,000 EUR and 700,000 JPY of shares from Tuesday on, exchanged for 3.60 USD."""
    table = example("currencies.py").run(home / "prices").performance
    yen = D(1) / 102
    assert table["conversion"].to_list() == [0, D("3.6"), 0, 0, 0]
    expected: list[D] = [
        D(0),
        D("-3.6"),
        D(10100) * D("1.12") - 11_000,
        (D(10300) - D(10100)) * D("1.12") + 690_000 * yen - 7_000,
        D(10300) * D("0.03") + 20_000 * yen,
    ]
    assert [round(value, 9) for value in table["pnl"]] == [round(v, 9) for v in expected]
    rates: list[D] = [D(0), D(0), D(10000) * D("0.02"), 700_000 * yen - 7_000, D(10300) * D("0.03")]
    assert [round(value, 9) for value in table["fx_pnl"]] == [round(v, 9) for v in rates]


def test_averages_that_cross_are_bought_and_sold_at_the_next_close() -> None:
    """Means of two and of four closes; above on the 7th, below on the 14th.

    From the fourth session on 19, 21, 24, 28, 31.5, 32, 29, 27.5, 26 and 77, 79, 86, 98, 111, 120,
    121, 119, 110 over 4. 100 shares from 26 to 28, and a cent a share each way.
    """
    result = example("moving_averages.py").run()
    fast, slow = (result.recorded[name].to_list()[3:] for name in ("fast", "slow"))
    assert fast == [19, 21, 24, 28, 31.5, 32, 29, 27.5, 26]
    assert slow == [total / 4 for total in (77, 79, 86, 98, 111, 120, 121, 119, 110)]
    filled = [(at.day, amount, price) for at, amount, price in result.transactions[
        "dt", "amount", "price"
    ].iter_rows()]  # fmt: skip
    assert filled == [(10, 100, 26), (18, -100, 28)]
    assert result.trades["net_pnl"].to_list() == [198]


def test_momentum_holds_the_best_two_of_a_week() -> None:
    """The first sessions of weeks are the 11th, 15th and 20th, counted from 1.

    Changes of five sessions, through the session before: CHARLIE 24.5 / 22, ALFA 109 / 104; ALFA
    113 / 108, CHARLIE 25 / 24 (BRAVO 51 / 50); BRAVO 56 / 51, ALFA 118 / 113. Orders are 45 % of
    the value by the closes of the day, less what is held, in whole shares, and fill at the next
    close: 4500 / 110 and 4500 / 25; of 9850 at 114 and 24, 38.88 - 40 and 184.69 - 180; of 9130
    at 119 and 57, 34.53 - 39 and 72.08, and all of CHARLIE.
    """
    result = example("pipeline_momentum.py").run()
    trades = [
        (at.day, symbol, int(amount), float(price))
        for at, symbol, amount, price in result.transactions[
            "dt", "symbol", "amount", "price"
        ].iter_rows()
    ]
    assert trades == [
        (20, "ALFA", 40, 111.0),
        (20, "CHARLIE", 180, 25.5),
        (26, "ALFA", -1, 115.0),
        (26, "CHARLIE", 4, 23.0),
        (2, "CHARLIE", -184, 18.0),
        (2, "ALFA", -4, 120.0),
        (2, "BRAVO", 72, 58.0),
    ]
    # Cash 970, 993, then 609; at the end 35 ALFA at 123 and 72 BRAVO at 61.
    assert result.performance["portfolio_value"][-1] == 609 + 35 * 123 + 72 * 61
    assert result.recorded["best"].unique(maintain_order=True).drop_nulls().to_list() == [
        "ALFA CHARLIE",
        "ALFA BRAVO",
    ]


def test_earnings_count_from_when_they_are_known(home: Path) -> None:
    """Price by earnings: 10 against 15; on the 4th, after the restatement, 21 against 15.

    The orders of a day fill at the close of the next one: ACME is bought at 20 and sold at 18,
    BOLT is bought at 33 and worth 35 at the end.
    """
    result = example("earnings.py").run(DataCatalog(home / "home" / "data"))
    trades = [
        (at.day, symbol, amount, price)
        for at, symbol, amount, price in result.transactions[
            "dt", "symbol", "amount", "price"
        ].rows()
    ]
    assert trades == [(3, "ACME", 100, 20), (5, "ACME", -100, 18), (5, "BOLT", 100, 33)]
    table = result.performance
    assert table["portfolio_value"].to_list() == [100_000, 100_000, 100_100, 99_800, 100_000]
    # 1,000 on the last session before the run, then 1,010, 1,010, 1,000, 1,000 and 1,050.
    period = [0.01, 0.01, 0, 0, 0.05]
    assert table["benchmark_period_return"].to_list() == pytest.approx(period)


def test_brackets_leave_at_their_target_at_their_stop_and_in_time(home: Path) -> None:
    """Half the spread of 0.02 at each end, but not beyond a limit; 0.005 a share at each end."""
    script = example("bracket.py")
    trades = script.trades_of(script.run(home / "prices"))
    # Bought at the open after the close that breaks out; 100 at risk from there to the low.
    expected = [
        # 4 Jan: 100 / (50.30 - 49.80) shares; target 50.30 + 2 x 0.50, a limit; 1 + 1 + 200 x 0.01.
        ("take_profit", 200, "50.31", "51.30", 200 * D("1.00"), D("4.00")),
        # 5 Jan: 100 / (52.20 - 51.60) cut to shares; the bar opens at 51.40, below the stop;
        # 2 x 0.83 + 166 x 0.02.
        ("stop_loss", 166, "52.26", "51.39", 166 * D("-0.85"), D("4.98")),
        # 6 Jan: one bar reaches 52.00 and 50.80, and the stop comes first; 2 x 1.25 + 250 x 0.02.
        ("stop_loss", 250, "51.21", "50.79", 250 * D("-0.40"), D("7.50")),
        # 7 Jan: sold for time at the open of 20:56, 53.45; 2 x 2.00 + 400 x 0.02.
        ("time", 400, "53.21", "53.44", 400 * D("0.25"), D("12.00")),
    ]
    rows = [
        (left_by, D(quantity), D(bought), D(sold), gross, costs, gross - costs)
        for left_by, quantity, bought, sold, gross, costs in expected
    ]
    assert trades.drop("entry_dt", "exit_dt").rows() == rows
    assert trades["entry_dt"].to_list() == [
        "04 Jan 14:51",
        "05 Jan 15:01",
        "06 Jan 14:43",
        "07 Jan 17:51",
    ]
    assert trades["exit_dt"].to_list() == [
        "04 Jan 15:30",
        "05 Jan 16:00",
        "06 Jan 15:47",
        "07 Jan 20:56",
    ]


def test_a_roll_moves_the_position_and_joins_the_history(home: Path) -> None:
    """Two contracts of 100 units: a change of 1 in price is 200. 2.50 per contract and trade."""
    result, history = example("futures_roll.py").run(home / "prices")
    # WXJ21 first traded more on the 17th, WXK21 on the 22nd; each is held from the day after.
    held = ["WXH21"] * 2 + ["WXJ21"] * 3 + ["WXK21"] * 4 + [None]
    assert result.recorded["contract"].to_list() == held
    assert result.recorded["chain"].to_list()[1:3] == ["WXH21, WXJ21", "WXJ21, WXK21"]
    # Bought at 61 on the 17th; over to WXJ21 on the 19th and to WXK21 on the 24th, at the closes.
    settled: list[D | int] = [
        0,
        -5,  # 2 x 2.50
        (62 - 61) * 200,
        D("-0.5") * 200 - 10,  # WXH21 from 62.00 to 61.50, where WXJ21 is bought
        D("0.5") * 200,
        (67 - 66) * 200,
        D("-0.5") * 200 - 10,  # WXJ21 from 67.00 to 66.50
        (69 - 68) * 200,
        D("0.4") * 200,  # and the end of WXK21, which costs nothing
        0,
    ]
    table = result.performance
    assert table["pnl"].to_list() == settled
    assert table["ending_cash"].to_list() == [50_000 + sum(settled[: n + 1]) for n in range(10)]
    trades = result.trades.select("symbol", "gross_pnl", "commission", "net_pnl").rows()
    assert trades == [
        ("WXH21", D("0.5") * 200, 10, 90),
        ("WXJ21", D("1.0") * 200, 10, 190),
        ("WXK21", D("1.4") * 200, 5, 275),
    ]
    traded = ["60", "61", "65.1", "65.5", "66", "68.5", "68", "69", "69.4"]
    assert history["traded"].to_list() == [D(price) for price in traded]
    # Closes of the 17th: 61.00 and 64.05, 3.05 or 1.05 times; of the 22nd: 66.00 and 67.32,
    # 1.32 or 1.02 times.
    add, mul = D("1.32"), D("1.02")
    shifts = [D("3.05") + add] * 2 + [add] * 3 + [D(0)] * 4
    ratios = [D("1.05") * mul] * 2 + [mul] * 3 + [D(1)] * 4
    assert history["add"].to_list() == [D(p) + s for p, s in zip(traded, shifts, strict=True)]
    assert history["mul"].to_list() == [D(p) * r for p, r in zip(traded, ratios, strict=True)]


def test_perpetual_swaps_pay_funding_and_one_is_liquidated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Half a BTC from 60,000 and 5 ETH short from 3,000, at the ends of eight hours each."""
    result = example("crypto_perpetual.py").run()
    table = result.performance
    long = [
        D("0.5") * price * D(rate)
        for price, rate in ((60_000, "0.0001"), (60_400, "0.0003"), (60_800, "0.0005"),
                            (60_200, "0.0004"), (59_000, "0.0002"), (57_600, "-0.0001"),
                            (56_000, "0.0001"))
    ]  # fmt: skip
    assert [str(paid.normalize()) for paid in long] == [
        "3", "9.06", "15.2", "12.04", "5.9", "-2.88", "2.8"
    ]  # fmt: skip
    short = [-5 * price * D("0.0001") * 3 for price in (3_000, 2_950, 2_800)]  # -4.5 -4.425 -4.2
    assert table["funding"].to_list() == [
        D("27.26") - D("4.5"), D("15.06") - D("4.425"), D("2.8") - D("4.2")
    ]  # fmt: skip
    # Set aside were 3,000; 27.26 and 15.06 of them were paid by the ends of the first two days.
    # (margin - 0.5 x 60,000) / (0.5 x (0.005 - 1))
    prices = [round(price, 6) for price in result.recorded["liquidation_price"][:2]]
    assert prices == [
        round((margin - 30_000) / D("-0.4975"), 6) for margin in (D("2972.74"), D("2957.68"))
    ]
    # 54,362.05 with the last payment, reached in the hour from 56,000 to 54,000.
    closed = result.transactions.row(2, named=True)
    assert round(closed["price"], 6) == round((D("2954.88") - 30_000) / D("-0.4975"), 6)
    assert capsys.readouterr().out.startswith("2024-03-03 09:00 BTC/USDT:USDT: closed at its liqu")
    # What is left of the margin goes to the fee: 3,000 are lost, with 15 of commission; the short
    # made 5 x 200, got its funding and paid 7.50.
    assert result.trades["net_pnl"].to_list() == [-3_015, D(1000) - sum(short) - D("7.5")]
    assert table["portfolio_value"][-1] == 10_000 - 3_015 + 1_000 + D("13.125") - D("7.5")
    assert result.trades["other_costs"].to_list() == [sum(long), sum(short)]
