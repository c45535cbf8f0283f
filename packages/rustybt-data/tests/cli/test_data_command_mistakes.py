"""Mistakes of users: one line each, and an exit code."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from data_commands import csv_file, done, refused
from polygon_replies import KEY

MISTAKES = [
    (("info", "mina"), "there is no bundle named 'mina'; did you mean mine?"),
    (("check", "mina"), "did you mean mine?"),
    (("export", "mina", "x.csv"), "did you mean mine?"),
    (("diff", "mina"), "did you mean mine?"),
    (("verify", "mina"), "did you mean mine?"),
    (("gc", "--name", "mina"), "did you mean mine?"),
    (("info", "mine@2000-01-01"), "has no ingestion at or before 2000-01-01"),
    (("info", "mine@yesterday"), "yesterday"),
    (("fetch", "poligon", "AAPL"), "has no plugin named 'poligon'; did you mean polygon?"),
    (("fetch", "polygon"), "Say which symbols: there is no 'polygon' yet."),
    (("fetch", "polygon", "AAPL"), "start was ''; give the source the option start=2020-01-02"),
    (("fetch", "polygon", "AAPL", "--start", "soon"), "start was 'soon'; write 2024-01-31"),
    (("fetch", "polygon", "AAPL", "--start", "2024-01-02"), "needs the variable POLYGON_API_KEY"),
    (("fetch", "polygon", "AAPL", "--option", "x"), "Give --option as key=value, not as 'x'."),
    (("fetch", "polygon", "A", "--option", "x=1"), "polygon option was 'x'; give some of symbols"),
    (("fetch", "polygon", "A", "--resolution", "1x"), "1x"),
    (("fetch", "polygon", "A", "--name", "a/b", "--start", "2024-01-02"), "bundle name was 'a/b'"),
    (("import", "x", "none.csv"), "none.csv: there is no file of that name or pattern"),
    (("import", "x", "none.what"), "Say with --format what none.what is"),
    (("import", "x", "PRICES", "--format", "exel"), "has no plugin named 'exel'"),
    (("import", "x", "PRICES", "--calendar", "XNIS"), "XNIS"),
    (("import", "mine", "PRICES", "--calendar", "24/7"), "the versions before have XNYS"),
    (("import", "x", "PRICES", "--rules", "none.toml"), "rules was 'none.toml'"),
    (("import", "x", "PRICES", "--symbols", "ZZZ"), "has no symbol 'ZZZ'"),
    (("import", "x", "PRICES", "--mapping", "none.toml"), "mapping was 'none.toml'"),
    (("export", "mine", "out.xls"), "Say with --format what out.xls is to be"),
    (("export", "mine", "out.csv", "--symbols", "ZZZ"), "ZZZ"),
    (("export", "mine", "out.csv", "--resolution", "1m"), "bars of 1m"),
    (("export", "mine", "out.csv", "--to", "1h"), "1h"),
    (("export", "mine", "out.csv", "--start", "2024-02-01", "--end", "2024-01-01"), "end was"),
    (("export", "mine", "none/out.csv"), "none"),
    (("check", "mine", "--resolution", "1m"), "bundle mine has bars of 1d"),
    (("check", "mine", "--html", "none/page.html"), "none/page.html"),
]


@pytest.fixture
def prices(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("POLYGON_API_KEY", raising=False)
    monkeypatch.delenv("MASSIVE_API_KEY", raising=False)
    file = csv_file(folder)
    done("data", "import", "mine", file)
    return file


@pytest.mark.parametrize(("arguments", "told"), MISTAKES, ids=lambda value: str(value)[:60])
def test_a_mistake_is_one_line(prices: Path, arguments: tuple[str, ...], told: str) -> None:
    given = [str(prices) if each == "PRICES" else each for each in arguments]
    assert told in refused("data", *given)


def test_a_client_that_is_not_installed_is_named() -> None:
    program = "import sys; sys.modules['massive'] = None; from rustybt.cli import main; main()"
    arguments = ("data", "fetch", "polygon", "AAPL", "--start", "2024-01-02")
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "POLYGON_API_KEY": KEY},
    )
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "Error: the client of polygon is not installed; run: pip install 'rustybt-data[polygon]'"
    ]


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_a_full_disk_leaves_no_half_of_a_file(prices: Path, data_dir: Path, kind: str) -> None:
    """Files of this process may have 300 bytes, as if there were no more space."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))

    ran = subprocess.run(
        [sys.executable, "-m", "rustybt", "data", "export", "mine", f"out.{kind}"],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        cwd=prices.parent,
        env={**os.environ, "RUSTYBT_DATA_DIR": str(data_dir)},
    )
    assert ran.returncode == 1
    (line,) = (line for line in ran.stderr.splitlines() if line.startswith("Error: "))
    assert f"{prices.parent} cannot take the data" in line
    assert [path.name for path in prices.parent.iterdir()] == [prices.name]
