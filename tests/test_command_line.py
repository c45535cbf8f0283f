"""The command line on real bundles: what a user types, and what comes of it."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rustybt import BacktestResult

# Buys on the first day and holds; the amount is given with -x.
STRATEGY = """\
from rustybt import extension_args
from rustybt.api import order, symbol
from rustybt.finance.commission import NoCommission
from rustybt.finance.slippage import NoSlippage

def initialize(context):
    context.set_commission(NoCommission())
    context.set_slippage(NoSlippage())
    context.asset = symbol("AAA")
    context.done = False

def handle_data(context, data):
    if not context.done:
        order(context.asset, int(extension_args.amount))
        context.done = True
"""

# Five sessions of XNYS, the first of 2020.
CLOSES = {
    "2020-01-02": "10.00",
    "2020-01-03": "11.00",
    "2020-01-06": "12.50",
    "2020-01-07": "12.00",
    "2020-01-08": "13.25",
}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with prices and a strategy."""
    daily = tmp_path / "prices" / "daily"
    daily.mkdir(parents=True)
    rows = [f"{day},{close},{close},{close},{close},100000" for day, close in CLOSES.items()]
    lines = ["date,open,high,low,close,volume", *rows]
    (daily / "AAA.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "buy.py").write_text(STRATEGY, encoding="utf-8")
    return tmp_path


def rustybt(work: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if "RUSTYBT" not in name}
    return subprocess.run(
        [sys.executable, "-m", "rustybt", *arguments],
        cwd=work,
        env={**environ, "RUSTYBT_HOME": str(work / "home"), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def run(work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    dates = ("-s", "2020-01-02", "-e", "2020-01-08")
    return rustybt(work, "run", "-b", "mine", *dates, "--capital-base", "1000", *arguments)


def ingest(work: Path) -> None:
    done = rustybt(work, "bundle", "ingest", "mine", "--source", "csvdir", "--path", "prices")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Ingested mine as of \S+\.\n", done.stdout)


def test_a_strategy_runs_and_its_result_is_shown_saved_and_repeated(work: Path) -> None:
    ingest(work)
    done = run(work, "-f", "buy.py", "-x", "amount=20", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    # 20 shares are bought at the second close, 11.00, and are worth 13.25 each in the end.
    assert re.search(r"ending value\D+1,?045\.00", done.stdout)
    result = BacktestResult.load(work / "out")
    assert [str(value) for value in result.transactions["price"]] == ["11.000000000000"]
    repeated = rustybt(work, "verify", "out", "-x", "amount=20")
    assert repeated.returncode == 0, repeated.stderr
    assert "the same, bit for bit" in repeated.stdout


def test_a_text_runs_with_its_definitions(work: Path) -> None:
    ingest(work)
    text = STRATEGY.replace("int(extension_args.amount)", "amount")
    done = run(work, "-t", text, "-D", "amount=30", "-o", "out", "--print-algo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("amount = 30\nfrom rustybt import")
    # 30 x (13.25 - 11.00) = 67.50
    assert re.search(r"ending value\D+1,?067\.50", done.stdout)


def test_bundles_are_listed_described_and_cleaned(work: Path) -> None:
    ingest(work)
    listed = rustybt(work, "bundle", "list").stdout
    assert re.search(r"mine +20\d\d-", listed)
    assert re.search(r"sample +<no ingestions>", listed)
    described = rustybt(work, "bundle", "info", "mine").stdout
    assert re.search(r"first session +2020-01-02", described)
    assert re.search(r"daily bars +5\b", described)
    cleaned = rustybt(work, "bundle", "clean", "mine", "--keep-last", "0").stdout
    assert cleaned.endswith("1 ingestions of mine were removed.\n")
    gone = rustybt(work, "bundle", "info", "mine")
    assert gone.returncode == 1
    assert gone.stderr.startswith("Error: there is no bundle named 'mine'")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "buy.py"], "buy.py, line"),
        (["-f", "buy.py", "-x", "amount=20", "-b", "yours"], "no bundle named 'yours'"),
        (["-f", "buy.py", "-x", "amount=20", "--capital-base", "0"], "capital_base was"),
        (["-f", "buy.py", "-x", "amount"], "-x was 'amount'; give it as key=value"),
        (["-f", "buy.py", "-x", "amount=20", "--calendar", "XNYZ"], "XNYZ"),
        (["-f", "buy.py", "-x", "amount=20", "--benchmark-symbol", "ZZZ"], "'ZZZ'"),
        (["-t", STRATEGY.replace("AAA", "AAB"), "-x", "amount=1"], "symbol 'AAB' was not found"),
    ],
)
def test_a_mistake_ends_in_one_line(work: Path, arguments: list[str], message: str) -> None:
    ingest(work)
    done = run(work, *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    if "amount" in " ".join(arguments):
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("Error: ")


def test_a_terminal_shows_progress_and_leaves_the_output_alone(work: Path) -> None:
    ingest(work)
    text = STRATEGY + "    print('bar', data.current_dt.date())\n"
    (work / "buy.py").write_text(text, encoding="utf-8")
    watched, terminal = pty.openpty()
    command = [sys.executable, "-m", "rustybt", "run", "-b", "mine", "-f", "buy.py"]
    options = ["-s", "2020-01-02", "-e", "2020-01-08", "-x", "amount=20"]
    done = subprocess.run(
        [*command, *options],
        cwd=work,
        env={**os.environ, "RUSTYBT_HOME": str(work / "home"), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        check=True,
    )
    os.close(terminal)
    shown = os.read(watched, 100_000).decode()
    os.close(watched)
    assert [line for line in done.stdout.splitlines() if line.startswith("bar")] == [
        f"bar {day}" for day in CLOSES
    ]
    assert "5/5" in shown
    assert re.search(r"\d:\d\d:\d\d", shown)


def test_an_exception_of_the_strategy_shows_its_line(work: Path) -> None:
    ingest(work)
    (work / "buy.py").write_text(STRATEGY + "    1 / context.zero\n", encoding="utf-8")
    done = run(work, "-f", "buy.py", "-x", "amount=20", "-o", "out")
    assert done.returncode == 1
    assert f'File "{work}/buy.py", line 16, in handle_data\n    1 / context.zero' in done.stderr
    assert "site-packages" not in done.stderr
    assert done.stderr.count("  File ") == 1
    assert not (work / "out").exists()
    assert "rustybt/simulation" in run(work, "-f", "buy.py", "-x", "amount=20", "--debug").stderr


def test_bad_data_name_file_line_and_column(work: Path) -> None:
    path = work / "prices" / "daily" / "AAA.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("12.50", "twelve"), encoding="utf-8")
    done = rustybt(work, "bundle", "ingest", "mine", "--source", "csvdir", "--path", "prices")
    assert done.returncode == 1
    assert "AAA.csv, line 4, column open: was 'twelve'" in done.stderr
    assert "mine" not in rustybt(work, "bundle", "list").stdout


def test_an_extension_can_register_a_bundle(work: Path) -> None:
    (work / "extension.py").write_text(
        "from rustybt.data import bundles\n"
        "from rustybt.plugins import groups, registry\n"
        "read = registry(groups.DATA_ADAPTERS).load('csvdir')\n"
        f"bundles.register('other', read({str(work / 'prices')!r}, {{}}))\n",
        encoding="utf-8",
    )
    done = rustybt(work, "-e", "extension.py", "bundle", "ingest", "other")
    assert done.returncode == 0, done.stderr
    assert "other" in rustybt(work, "bundle", "list").stdout


def test_the_demo_runs_offline_and_leaves_something_to_change(work: Path) -> None:
    done = rustybt(work, "demo", "-o", "first")
    assert done.returncode == 0, done.stderr
    assert "ending value" in done.stdout
    assert "transactions" in done.stdout
    result = BacktestResult.load(work / "first" / "result")
    assert len(result.transactions) > 10
    command = re.search(r"^  rustybt (run .*)$", done.stdout, flags=re.MULTILINE)
    assert command is not None
    again = rustybt(work, *command[1].split())
    assert again.returncode == 0, again.stderr
    same = BacktestResult.load(work / "first" / "result")
    assert same.performance.equals(result.performance)
