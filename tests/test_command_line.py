"""The command line on real bundles: what a user types, and what comes of it."""

import errno
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rustybt import BacktestResult
from rustybt.cli import main
from rustybt.data.bundles import info, unregister
from rustybt.plugins.extensions import set_extension_args

Rustybt = Callable[..., Result]

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


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with prices, a strategy, and a home in which the prices are the bundle mine."""
    folder = tmp_path_factory.mktemp("ingested")
    daily = folder / "prices" / "daily"
    daily.mkdir(parents=True)
    rows = [f"{day},{close},{close},{close},{close},100000" for day, close in CLOSES.items()]
    lines = ["date,open,high,low,close,volume", *rows]
    (daily / "AAA.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "buy.py").write_text(STRATEGY, encoding="utf-8")
    command = [sys.executable, "-m", "rustybt", "bundle", "ingest", "mine"]
    done = subprocess.run(
        [*command, "--source", "csvdir", "--path", "prices"],
        cwd=folder,
        env={**os.environ, "RUSTYBT_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(
        r"Ingested mine as of \S+: 1 assets, 5 daily bars, 0 minute bars\.\n", done.stdout
    )
    assert done.stderr == ""
    return folder


@pytest.fixture
def work(ingested: Path, tmp_path: Path) -> Path:
    """The same for one test alone."""
    return shutil.copytree(ingested, tmp_path / "work")


@pytest.fixture
def rustybt(work: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rustybt]:
    """The command, called in that folder from within this process."""
    monkeypatch.chdir(work)
    for name in os.environ:
        if name.startswith("RUSTYBT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUSTYBT_HOME", str(work / "home"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield lambda *arguments: CliRunner().invoke(main, arguments)
    set_extension_args(())


@pytest.fixture
def run(rustybt: Rustybt) -> Rustybt:
    """``rustybt run`` over the bundle mine, with a thousand dollars."""
    dates = ("-s", "2020-01-02", "-e", "2020-01-08")
    return lambda *options: rustybt("run", "-b", "mine", *dates, "--capital-base", "1000", *options)


def test_a_strategy_runs_and_its_result_is_shown_saved_and_repeated(
    work: Path, run: Rustybt, rustybt: Rustybt
) -> None:
    done = run("-f", "buy.py", "-x", "amount=20", "-o", "out")
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    # 20 shares are bought at the second close, 11.00, and are worth 13.25 each in the end.
    assert re.search(r"ending value\D+1,?045\.00", done.stdout)
    result = BacktestResult.load(work / "out")
    assert [str(value) for value in result.transactions["price"]] == ["11.000000000000"]
    repeated = rustybt("verify", "out")
    assert repeated.exit_code == 0, repeated.stderr
    assert "the same, bit for bit" in repeated.stdout


def test_the_envelope_shows_three_ways_of_filling(run: Rustybt) -> None:
    # Every bar is a single price and the strategy trades without costs: the three are the same.
    done = run("-f", "buy.py", "-x", "amount=20", "--envelope", "--lots", "hifo")
    assert done.exit_code == 0, done.stderr
    assert re.search(r"ending value(\W+1,045\.00){3}", done.stdout.partition("envelope")[2])
    assert "0 decisions hung on the order of touch within a bar" in done.stdout


def test_a_cash_account_refuses_what_its_cash_does_not_cover(run: Rustybt) -> None:
    # 200 shares at the first close, 10.00, are 2,000; there are 1,000.
    refused = run("-f", "buy.py", "-x", "amount=200", "--account", "cash")
    assert refused.exit_code == 0
    assert re.search(r"rejected\W+1\b", refused.stdout)
    assert refused.stderr.count("\n") == 1
    assert refused.stderr.startswith(
        "1 of 1 orders were rejected; the first, for AAA at 2020-01-02"
    )
    assert run("-f", "buy.py", "-x", "amount=20", "--account", "cash").exit_code == 0


def test_a_currency_without_a_rate_is_named(run: Rustybt) -> None:
    done = run("-f", "buy.py", "-x", "amount=20", "--currency", "EUR")
    assert done.exit_code == 1
    assert re.match(r"Error: there is no rate of USD in EUR at 2020-01-03 21:00", done.stderr)


def test_an_extension_sees_the_values_of_the_run_that_is_repeated(
    work: Path, run: Rustybt, rustybt: Rustybt
) -> None:
    text = "from rustybt import extension_args\nprint('amount is', extension_args.amount)\n"
    for name in ("first.py", "again.py"):  # each is loaded once in the life of a process
        (work / name).write_text(text, encoding="utf-8")
    done = run("-f", "buy.py", "--extension", "first.py", "-x", "amount=20", "-o", "out")
    assert done.stdout.startswith("amount is 20\n")
    repeated = rustybt("verify", "out", "--extension", "again.py")
    assert repeated.stdout.startswith("amount is 20\nout: the same, bit for bit\n")
    other = rustybt("verify", "out", "--extension", "again.py", "-x", "amount=30")
    assert other.stdout.startswith("out: the same, bit for bit\n")


def test_a_text_runs_with_its_definitions(run: Rustybt) -> None:
    text = STRATEGY.replace("int(extension_args.amount)", "amount")
    done = run("-t", text, "-D", "amount=30", "-o", "out", "--print-algo")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("amount = 30\nfrom rustybt import")
    # 30 x (13.25 - 11.00) = 67.50
    assert re.search(r"ending value\D+1,?067\.50", done.stdout)


def test_bundles_are_listed_described_and_cleaned(rustybt: Rustybt) -> None:
    listed = rustybt("bundle", "list").stdout
    assert re.search(r"mine +20\d\d-", listed)
    assert re.search(r"sample +<no ingestions>", listed)
    described = rustybt("bundle", "info", "mine").stdout
    assert re.search(r"first session +2020-01-02", described)
    assert re.search(r"daily bars +5\b", described)
    cleaned = rustybt("bundle", "clean", "mine", "--keep-last", "0").stdout
    assert cleaned.endswith("1 ingestions of mine were removed.\n")
    gone = rustybt("bundle", "info", "mine")
    assert gone.exit_code == 1
    assert gone.stderr.startswith("Error: there is no bundle named 'mine'")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "buy.py", "-x", "amount=20", "-b", "yours"], "no bundle named 'yours'"),
        (["-f", "buy.py", "-x", "amount=20", "--capital-base", "0"], "capital_base was"),
        (["-f", "buy.py", "-x", "amount"], "-x was 'amount'; give it as key=value"),
        (["-f", "buy.py", "-x", "amount=20", "--calendar", "XNYZ"], "XNYZ"),
        (["-f", "buy.py", "-x", "amount=20", "--benchmark-symbol", "ZZZ"], "'ZZZ'"),
        (["-t", STRATEGY.replace("AAA", "AAB"), "-x", "amount=1"], "symbol 'AAB' was not found"),
    ],
)
def test_a_mistake_ends_in_one_line(arguments: list[str], message: str, run: Rustybt) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


def test_a_value_that_was_not_given_says_so(run: Rustybt) -> None:
    done = run("-f", "buy.py")
    assert done.exit_code == 1
    assert done.stderr.count("  File ") == 1
    message = "AttributeError: there is no extension argument 'amount'; give it with -x\n"
    assert done.stderr.endswith(message)


def test_a_terminal_shows_progress_and_leaves_the_output_alone(work: Path) -> None:
    text = STRATEGY + "    print('bar', data.current_dt.date())\n"
    (work / "buy.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "rustybt", "run", "-b", "mine", "-f", "buy.py"]
    options = ["-s", "2020-01-02", "-e", "2020-01-08", "-x", "amount=20"]
    output, shown = _watched([*command, *options], work)
    assert [line for line in output.splitlines() if line.startswith("bar")] == [
        f"bar {day}" for day in CLOSES
    ]
    assert "5/5" in shown
    assert re.search(r"\d:\d\d:\d\d", shown)


def test_a_terminal_shows_which_files_are_read(work: Path) -> None:
    prices = work / "prices" / "daily"
    shutil.copyfile(prices / "AAA.csv", prices / "BBB.csv")
    command = [sys.executable, "-m", "rustybt", "bundle", "ingest", "two"]
    options = ["--source", "csvdir", "--path", "prices"]
    output, shown = _watched([*command, *options], work)
    assert output.endswith(": 2 assets, 10 daily bars, 0 minute bars.\n")
    assert "2/2" in shown
    _, shown = _watched([*command, *options, "--no-show-progress"], work)
    assert shown == ""


def _watched(command: list[str], work: Path) -> tuple[str, str]:
    """What a command writes to a pipe, and what it shows on the terminal of its errors."""
    watched, terminal = pty.openpty()
    with subprocess.Popen(
        command,
        cwd=work,
        env={**os.environ, "RUSTYBT_HOME": str(work / "home"), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
    ) as process:
        os.close(terminal)
        shown = _read_terminal(watched)
        output, _ = process.communicate()
    assert process.returncode == 0, shown
    return output, shown


def _read_terminal(descriptor: int) -> str:
    """All that is written to a terminal until its last writer has gone."""
    parts = []
    try:
        while part := os.read(descriptor, 4096):
            parts.append(part)
    except OSError as error:
        if error.errno != errno.EIO:  # how Linux says that it is over
            raise
    finally:
        os.close(descriptor)
    return b"".join(parts).decode()


def test_an_exception_of_the_strategy_shows_its_line(work: Path, run: Rustybt) -> None:
    (work / "buy.py").write_text(STRATEGY + "    1 / 0\n", encoding="utf-8")
    done = run("-f", "buy.py", "-x", "amount=20", "-o", "out")
    assert done.exit_code == 1
    assert f'File "{work}/buy.py", line 16, in handle_data\n    1 / 0' in done.stderr
    assert "site-packages" not in done.stderr
    assert done.stderr.count("  File ") == 1
    assert not (work / "out").exists()
    shown = run("-f", "buy.py", "-x", "amount=20", "--debug")
    assert isinstance(shown.exception, ZeroDivisionError)


def test_bad_data_name_file_line_and_column(work: Path, rustybt: Rustybt) -> None:
    path = work / "prices" / "daily" / "AAA.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("12.50", "twelve"), encoding="utf-8")
    done = rustybt("bundle", "ingest", "mine", "--source", "csvdir", "--path", "prices")
    assert done.exit_code == 1
    assert "AAA.csv, line 4, column open: was 'twelve'" in done.stderr
    assert rustybt("bundle", "list").stdout.count("mine") == 1


def test_an_extension_can_register_a_bundle(work: Path, rustybt: Rustybt) -> None:
    (work / "extension.py").write_text(
        "from rustybt.data import bundles\n"
        "from rustybt.plugins import groups, registry\n"
        "read = registry(groups.DATA_ADAPTERS).load('csvdir')\n"
        f"bundles.register('other', read({str(work / 'prices')!r}, {{}}))\n",
        encoding="utf-8",
    )
    done = rustybt("-e", "extension.py", "bundle", "ingest", "other")
    assert done.exit_code == 0, done.stderr
    assert "other" in rustybt("bundle", "list").stdout
    unregister("other")


def test_the_demo_runs_offline_and_leaves_something_to_change(work: Path, rustybt: Rustybt) -> None:
    done = rustybt("demo", "-o", "first")
    assert done.exit_code == 0, done.stderr
    assert "ending value" in done.stdout
    assert "transactions" in done.stdout
    result = BacktestResult.load(work / "first" / "result")
    assert len(result.transactions) > 10
    command = re.search(r"^  rustybt (run .*)$", done.stdout, flags=re.MULTILINE)
    assert command is not None
    again = rustybt(*command[1].split())
    assert again.exit_code == 0, again.stderr
    same = BacktestResult.load(work / "first" / "result")
    assert same.performance.equals(result.performance)


def files_of(bundle: str) -> set[tuple[str, int, int]]:
    """Every file of a bundle, which one it is and when it was written."""
    files = [path for path in Path(info(bundle).location).rglob("*") if path.is_file()]
    return {(path.name, path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_the_demo_runs_what_the_user_made_of_it(work: Path, rustybt: Rustybt) -> None:
    assert rustybt("demo", "-o", "first").exit_code == 0
    copy = work / "first" / "sma_crossover.py"
    changed = copy.read_text(encoding="utf-8") + "\nprint('changed')\n"
    copy.write_text(changed, encoding="utf-8")
    made = files_of("sample")
    done = rustybt("demo", "-o", "first")
    assert done.exit_code == 0, done.stderr
    assert "\nchanged\n" in done.stdout
    assert copy.read_text(encoding="utf-8") == changed
    assert (work / "first" / "result" / "strategy.py").read_text(encoding="utf-8") == changed
    assert files_of("sample") == made
