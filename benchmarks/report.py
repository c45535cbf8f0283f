"""The figures: as tables in the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.runner import Measurement
from benchmarks.verdict import Verdict
from benchmarks.workload import Workload

MEGABYTE = 1e6
ENTRY_COLUMNS = (
    "engine",
    "kernel",
    "cold s",
    "warm s",
    "warm CPU s",
    "warm us per asset and bar",
    "peak MB",
    "fills",
    "final value",
    "counts",
)
GOAL_COLUMNS = ("goal", "of", "ratio", "verdict")
NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadReport:
    """What was seen of one workload.

    Attributes:
        workload: which.
        measured: by entry.
        ignored: entries whose times do not count, with the reason.
        verdicts: on the goals.
    """

    workload: Workload
    measured: Mapping[str, Measurement]
    ignored: Mapping[str, str]
    verdicts: list[Verdict]

    def entry_rows(self) -> Iterator[tuple[str, ...]]:
        """A row per entry, as text."""
        for name, measurement in self.measured.items():
            if measurement.error or measurement.outcome is None:
                reason = measurement.error or "not measured"
                yield (name, *[NOTHING] * (len(ENTRY_COLUMNS) - 2), f"no: {reason}")
                continue
            yield (
                name,
                measurement.outcome.kernel or NOTHING,
                _spread(measurement.cold),
                _spread(measurement.warm),
                f"{median(measurement.warm_cpu):.3f}",
                f"{measurement.warm_seconds_per_bar * 1e6:.2f}",
                f"{measurement.peak_bytes / MEGABYTE:.0f}",
                f"{measurement.outcome.fills:,}",
                f"{measurement.outcome.final_value:,.2f}",
                f"no: {self.ignored[name]}" if name in self.ignored else "yes",
            )

    def goal_rows(self) -> Iterator[tuple[str, ...]]:
        """A row per goal and quantity, as text."""
        for verdict in self.verdicts:
            ratio = NOTHING if verdict.ratio is None else f"{verdict.ratio:.2f}"
            word = {True: "met", False: "missed", None: "not judged"}[verdict.met]
            yield (str(verdict.goal), verdict.quantity, ratio, word)

    def to_json(self) -> dict[str, Any]:
        """Every single run, so that the figures can be looked at again."""
        return {
            "workload": self.workload.name,
            "description": self.workload.description,
            "entries": [
                {
                    "name": name,
                    "options": dict(measurement.entry.task.options),
                    "assets": measurement.entry.market.assets,
                    "bars": measurement.entry.market.bars,
                    "cold_seconds": measurement.cold,
                    "warm_seconds": measurement.warm,
                    "warm_cpu_seconds": measurement.warm_cpu,
                    "peak_bytes": measurement.peaks,
                    "outcome": measurement.outcome and asdict(measurement.outcome),
                    "versions": dict(measurement.versions),
                    "error": measurement.error,
                    "does_not_count": self.ignored.get(name, ""),
                }
                for name, measurement in self.measured.items()
            ],
            "goals": [
                {
                    "goal": str(verdict.goal),
                    "quantity": verdict.quantity,
                    "ratio": verdict.ratio,
                    "met": verdict.met,
                }
                for verdict in self.verdicts
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run of the benchmarks.

    Attributes:
        facts: of the machine, and of this run.
        workloads: what was measured.
    """

    facts: Mapping[str, str]
    workloads: list[WorkloadReport]

    def versions(self) -> dict[str, str]:
        """Distributions by engine, as "name version"."""
        return {
            name: ", ".join(" ".join(item) for item in measurement.versions.items())
            for each in self.workloads
            if each.workload.agree
            for name, measurement in each.measured.items()
            if measurement.versions
        }

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write latest.md and latest.json.

        Returns:
            Their paths.
        """
        folder.mkdir(parents=True, exist_ok=True)
        markdown, data = folder / "latest.md", folder / "latest.json"
        markdown.write_text("\n".join(self._markdown()), "utf-8")
        document = {
            "facts": dict(self.facts),
            "workloads": [each.to_json() for each in self.workloads],
        }
        data.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        return markdown, data

    def _markdown(self) -> Iterator[str]:
        yield "# Benchmark figures"
        yield ""
        yield "Written by `make bench`; [README.md](../README.md) says how they are measured."
        yield ""
        yield from _markdown_table(("fact", "value"), self.facts.items())
        for each in self.workloads:
            yield f"## {each.workload.title}"
            yield ""
            yield each.workload.description
            yield ""
            yield from _markdown_table(ENTRY_COLUMNS, each.entry_rows())
            yield from _markdown_table(GOAL_COLUMNS, each.goal_rows())
        yield "## Versions"
        yield ""
        yield from _markdown_table(("engine", "distributions"), self.versions().items())


def show(report: WorkloadReport, console: Console) -> None:
    """Print a workload's tables."""
    console.print()
    console.print(report.workload.title, style="bold")
    console.print(_table(ENTRY_COLUMNS, report.entry_rows()))
    console.print(_table(GOAL_COLUMNS, report.goal_rows()))


def _table(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Table:
    colours = {"met": "green", "missed": "red", "not judged": "yellow"}
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        right = 0 < number < len(columns) - 1
        table.add_column(column, justify="right" if right else "left")
    for row in rows:
        table.add_row(*map(escape, row), style=colours.get(row[-1]))
    return table


def _markdown_table(columns: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(text.replace('|', '/') for text in row)} |"
    yield ""


def _spread(seconds: list[float]) -> str:
    """Median, quickest, slowest."""
    return f"{median(seconds):.3f} [{min(seconds):.3f}, {max(seconds):.3f}]"
