"""``rustybt data`` in this process, and files for it to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from rustybt.cli import main

#: The sessions of XNYS from 2024-01-02 to 2024-01-12: the 6th and 7th are a weekend.
DAYS = (2, 3, 4, 5, 8, 9, 10, 11, 12)


def rustybt(*arguments: str | Path) -> Result:
    """Run a command; what it prints is not cut."""
    return CliRunner().invoke(main, [*map(str, arguments)], env={"COLUMNS": "200"})


def done(*arguments: str | Path) -> str:
    """What a command prints that succeeds."""
    result = rustybt(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str | Path) -> str:
    """The one line of a command that is refused."""
    result = rustybt(*arguments)
    assert result.exit_code in {1, 2}, result.output
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, result.output
    return lines[0].removeprefix("Error: ")


def table(printed: str, first: str) -> list[dict[str, str]]:
    """The rows of the table whose header begins with a column."""
    lines = printed.splitlines()
    head = next(place for place, line in enumerate(lines) if line.strip().startswith(f"{first}  "))
    found = list(re.finditer(r"\S+(?: \S+)*", lines[head]))
    names, starts = [each[0] for each in found], [each.start() for each in found]
    rows = []
    for line in lines[head + 2 :]:
        if not line.strip():
            break
        ends = [*starts[1:], len(line)]
        cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def csv_file(
    folder: Path,
    name: str = "prices.csv",
    *,
    closes: Sequence[str] = ("10", "10.25", "10.5", "10.25", "10", "10.25", "10.5", "10.25", "10"),
    symbol: str = "AAA",
    more: str = "",
) -> Path:
    """Daily bars of January 2024: opens are closes, highs one more, lows one less, volume 100."""
    lines = ["date,symbol,open,high,low,close,volume"]
    for day, close in zip(DAYS, closes, strict=False):
        whole, _, rest = close.partition(".")
        point = f".{rest}" if rest else ""
        high, low = f"{int(whole) + 1}{point}", f"{int(whole) - 1}{point}"
        lines.append(f"2024-01-{day:02},{symbol},{close},{high},{low},{close},100")
    file = folder / name
    file.write_text("\n".join(lines) + "\n" + more, "utf-8")
    return file
