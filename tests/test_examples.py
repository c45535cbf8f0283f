"""The small examples, against figures worked out by hand."""

import importlib.util
import subprocess
import sys
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
SCRIPTS = ("currencies.py", "short_book.py")


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


def test_a_short_pays_for_its_loan_and_owes_the_dividend(home: Path) -> None:
    """18 % of 360 days on 1,000 x the close of the day before, three nights over the weekend."""
    table = example("short_book.py").run(home / "prices").performance
    borrow = [0, 0, 25, D("24.5"), 24, 72, D("23.5"), 23, 23, D("22.5")]
    assert table["borrow"].to_list() == borrow
    assert table["dividends"].to_list() == [0, 0, 0, 0, 0, -600, 0, 0, 0, 0]
    # Short from 50 and long from 20; the dividend is a part of what the morning of the 8th made.
    made = [0, 0, 1000, 1500, 0, 1000 + 500 - 600, 1000, 0, 1000, 0]
    assert table["gross_pnl"].to_list() == made
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
