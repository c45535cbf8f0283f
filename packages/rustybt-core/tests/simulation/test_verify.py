"""Repeating a saved run: equal to the last bit, and honest about what is not."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from accelerator_stubs import GivenAccelerator, registered

from rustybt import run_algorithm
from rustybt.errors import InvalidArgument, InvalidStrategy, ResultMismatch
from rustybt.finance.account_types import CallPolicy, CashAccount, MarginAccount
from rustybt.finance.margin import CryptoCross
from rustybt.plugins.extensions import extension_assignments, set_extension_args
from rustybt.plugins.scripts import run_file, run_text
from rustybt.simulation.kernel import ReferenceKernel
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.verify import first_difference, verify

STRATEGY = """
from rustybt.api import order_target_percent, record, symbol

SHARE = 0.5

def initialize(context):
    context.bars = 0

def handle_data(context, data):
    context.bars += 1
    price = data.current(symbol("BTC/USDT"), "close")
    order_target_percent(symbol("BTC/USDT"), SHARE if context.bars % 2 else 0.1)
    record(price=price)

def analyze(context, result):
    context.seen = result
"""


@pytest.fixture(scope="module")
def market() -> pl.DataFrame:
    days = [date(2024, 1, 1) + timedelta(days=day) for day in range(8)]
    closes = [100.5, 101.25, 99.75, 103.0, 104.5, 98.25, 97.0, 105.125]
    return pl.DataFrame(
        {
            "timestamp": days,
            "symbol": ["BTC/USDT"] * 8,
            "open": closes,
            "high": closes,
            "low": closes,
            "close": closes,
            "volume": [1000.0] * 8,
        }
    )


@pytest.fixture(scope="module")
def strategy() -> ModuleType:
    return run_text(STRATEGY, filename="<verified>", name="__test_verified__")


def run(market: pl.DataFrame, strategy: ModuleType, **arguments: object) -> BacktestResult:
    return run_algorithm(
        start="2024-01-01",
        end="2024-01-08",
        initialize=strategy.initialize,
        handle_data=strategy.handle_data,
        analyze=strategy.analyze,
        capital_base=100_000,
        data=market,
        **arguments,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
def test_a_run_repeats_to_the_bit(
    market: pl.DataFrame, strategy: ModuleType, numeric: str, tmp_path: Path
) -> None:
    result = run(market, strategy, numeric=numeric)
    assert len(result.transactions) > 3
    report = verify(result.save(tmp_path / "run"))
    assert report.ok
    assert not report.data_changed
    assert not report.version_changes
    assert {check.name for check in report.frames} >= {"performance", "orders", "journal"}
    report.require()
    assert str(report).startswith(f"{tmp_path / 'run'}: the same, bit for bit")


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
def test_a_run_with_funding_repeats_to_the_bit(
    market: pl.DataFrame, numeric: str, tmp_path: Path
) -> None:
    swaps = market.with_columns(symbol=pl.lit("BTC/USDT:USDT"), funding_rate=pl.lit("0.000123"))
    trader = run_text(STRATEGY.replace("/USDT", "/USDT:USDT"), filename="<x>", name="__test_swap__")
    result = run(swaps, trader, numeric=numeric)
    assert sum(result.performance["funding"]) > 0
    assert verify(result.save(tmp_path / "run")).ok


@pytest.mark.parametrize(
    "account",
    [
        CashAccount({"crypto": 5}, on_refusal="reject"),
        MarginAccount(
            CryptoCross([(0, "0.1"), (20_000, "0.2")], leverage=2),
            calls=CallPolicy(sale_order="loss"),
        ),
    ],
    ids=repr,
)
def test_a_run_with_an_account_of_its_own_repeats_to_the_bit(
    market: pl.DataFrame, account: CashAccount | MarginAccount, tmp_path: Path
) -> None:
    """Buys for ten times its money: the account decides how much of it happens."""
    eager = run_text(STRATEGY.replace("0.5", "10"), filename="<eager>", name="__test_eager__")
    result = run(market, eager, account=account)
    free = run(market, eager)
    assert first_difference(result.tables.performance, free.tables.performance) is not None
    folder = result.save(tmp_path / "run")
    saved = BacktestResult.load(folder).manifest.arguments["account"]
    assert type(saved) is type(account)
    assert repr(saved) == repr(account)
    assert verify(folder).ok


class ElsewhereKernel(ReferenceKernel):
    name = "elsewhere 1.0"


def test_a_run_is_repeated_by_another_kernel_and_says_so(
    market: pl.DataFrame, strategy: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "auto")
    kernel = {"kernel": lambda venue, book, _: ElsewhereKernel(venue, book)}
    with registered(GivenAccelerator(name="elsewhere", capabilities=kernel)):
        result = run(market, strategy)
        folder = result.save(tmp_path / "run")
        assert verify(folder).kernel_change is None
    assert result.summary().kernel == "elsewhere 1.0"
    assert "kernel elsewhere 1.0>" in repr(result)
    assert BacktestResult.load(folder).manifest.kernel == "elsewhere 1.0"
    monkeypatch.setenv("RUSTYBT_ACCEL", "off")
    report = verify(folder)
    assert report.ok
    assert report.kernel_change == ("elsewhere 1.0", "python")
    assert "  the kernel was elsewhere 1.0, is python" in str(report).splitlines()


def test_a_run_repeats_with_the_extension_args_of_then(
    market: pl.DataFrame, tmp_path: Path
) -> None:
    source = STRATEGY.replace("SHARE = 0.5", "from rustybt import extension_args").replace(
        "SHARE if", "float(extension_args.sma.share) if"
    )
    strategy = run_text(source, filename="<with arguments>", name="__test_arguments__")
    set_extension_args(["sma.share=0.5"])
    try:
        folder = run(market, strategy).save(tmp_path / "run")
        set_extension_args(["other=1"])
        assert verify(folder).ok
        assert extension_assignments() == ("other=1",)
    finally:
        set_extension_args(())


def test_a_strategy_finds_its_neighbours_where_they_were(
    market: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shares_of_a_test.py").write_text("SHARE = 0.5\n")
    path = tmp_path / "strategy.py"
    path.write_text(STRATEGY.replace("SHARE = 0.5", "from shares_of_a_test import SHARE"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", list(sys.path))
        folder = run(market, run_file(path, name="__test_neighbour__")).save(tmp_path / "run")
    # As in another process, which was started somewhere else.
    del sys.modules["shares_of_a_test"]
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert verify(folder).ok
    del sys.modules["shares_of_a_test"]


def test_other_code_gives_another_result(
    market: pl.DataFrame, strategy: ModuleType, tmp_path: Path
) -> None:
    folder = run(market, strategy).save(tmp_path / "run")
    code = folder / "strategy.py"
    code.write_text(code.read_text().replace("SHARE = 0.5", "SHARE = 0.4"))
    report = verify(folder)
    assert not report.ok
    differing = {check.name for check in report.frames if check.difference}
    assert "orders" in differing
    assert "recorded" not in differing
    assert "NOT the same" in str(report)
    with pytest.raises(ResultMismatch, match="orders"):
        report.require()


def test_other_data_is_noticed(market: pl.DataFrame, strategy: ModuleType, tmp_path: Path) -> None:
    folder = run(market, strategy).save(tmp_path / "run")
    data = pl.read_parquet(folder / "data.parquet")
    data.with_columns(pl.col("high") * 2).write_parquet(folder / "data.parquet")
    report = verify(folder)
    assert report.data_changed
    assert "the market data has changed" in str(report)


def test_benchmark_returns_are_part_of_the_run(
    market: pl.DataFrame, strategy: ModuleType, tmp_path: Path
) -> None:
    returns = {date(2024, 1, day): 0.01 * day for day in range(1, 9)}
    result = run(market, strategy, benchmark_returns=returns)
    assert result.performance["beta"][-1] is not None
    assert verify(result.save(tmp_path / "run")).ok


def test_local_functions_cannot_be_repeated(market: pl.DataFrame, tmp_path: Path) -> None:
    result = run_algorithm("2024-01-01", "2024-01-08", initialize=lambda context: None, data=market)
    with pytest.raises(InvalidStrategy, match="top level"):
        verify(result.save(tmp_path / "run"))


def test_arguments_that_are_objects_cannot_be_repeated(
    market: pl.DataFrame, strategy: ModuleType, tmp_path: Path
) -> None:
    result = run(market, strategy, metrics_set=[lambda performance: {}])
    with pytest.raises(InvalidArgument, match="give a name that is registered"):
        verify(result.save(tmp_path / "run"))


def test_opened_data_sets_cannot_be_repeated(
    market: pl.DataFrame, strategy: ModuleType, tmp_path: Path
) -> None:
    given = run(market, strategy)
    manifest = replace(given.manifest, data=replace(given.manifest.data, frame=None))
    with pytest.raises(InvalidArgument, match="give a frame or the name of a bundle"):
        verify(replace(given, manifest=manifest).save(tmp_path / "run"))


def frame(*values: float | None) -> pl.DataFrame:
    return pl.DataFrame({"a": values}, schema={"a": pl.Float64})


@pytest.mark.parametrize(
    ("a", "b", "difference"),
    [
        (frame(1.0, None), frame(1.0, None), None),
        (frame(float("nan")), frame(float("nan")), None),
        (frame(0.0), frame(-0.0), "a in row 0 was 0.0, is -0.0"),
        (frame(1.0, 0.3), frame(1.0, 0.1 + 0.2), "a in row 1 was 0.3, is 0.30000000000000004"),
        (frame(None), frame(0.0), "a in row 0 was None, is 0.0"),
        (frame(1.0), frame(1.0, 2.0), "2 rows instead of 1"),
        (frame(1.0), pl.DataFrame({"a": [1]}), "other columns or types"),
        (frame(1.0), None, "missing"),
    ],
)
def test_the_first_difference(
    a: pl.DataFrame, b: pl.DataFrame | None, difference: str | None
) -> None:
    assert first_difference(a, b) == difference
