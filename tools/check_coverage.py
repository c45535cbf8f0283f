"""Hold the coverage of the tests against the gates in pyproject.toml.

Reads the JSON report of coverage; the gates are in ``[tool.rustybt.coverage]``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tools.workspace import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How many statements there are and how many of them ran."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """Share that ran; an empty set counts as covered."""
        return 100 * self.covered / self.total if self.total else 100.0


def add_up(files: Iterable[Mapping[str, Any]]) -> Lines:
    """Sum over the files of a report."""
    summaries = [file["summary"] for file in files]
    return Lines(
        covered=sum(summary["covered_lines"] for summary in summaries),
        total=sum(summary["num_statements"] for summary in summaries),
    )


def failures(report: Mapping[str, Any], gates: Mapping[str, Any]) -> list[str]:
    """Print both figures; return a line for each gate that does not hold."""
    files: Mapping[str, Mapping[str, Any]] = report["files"]
    folders = tuple(gates["financial_paths"])
    financial = {name: file for name, file in files.items() if name.startswith(folders)}
    wrong = []
    for label, chosen, least in (
        ("overall", files, gates["overall"]),
        ("financial modules", financial, gates["financial"]),
    ):
        lines = add_up(chosen.values())
        print(f"coverage {label}: {lines.percent:.1f} % of {lines.total} lines (gate {least} %)")
        if lines.percent < least:
            wrong.append(f"coverage {label} was {lines.percent:.1f} %, needs {least} %:")
            wrong.extend(worst(chosen))
    return wrong


def worst(files: Mapping[str, Mapping[str, Any]], count: int = 10) -> list[str]:
    """The files with the most lines that no test runs."""
    missing = sorted(((file["summary"]["missing_lines"], name) for name, file in files.items()))
    return [f"  {lines:5} lines missing in {name}" for lines, name in reversed(missing[-count:])]


def main() -> int:
    """Check both gates."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    report = json.loads((ROOT / ".coverage.json").read_text(encoding="utf-8"))
    wrong = failures(report, settings["tool"]["rustybt"]["coverage"])
    print("\n".join(wrong), file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
