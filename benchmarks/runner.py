"""Measure entries in processes of their own, in turns, so that a busy moment hits all alike."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from threading import Timer
from typing import IO, Any

from benchmarks.drivers.task import Outcome, Task
from benchmarks.folders import ROOT, Folders
from benchmarks.peers import Peer
from benchmarks.workload import Entry

OnProcess = Callable[[str, int], object]


class ProcessError(Exception):
    """A measured process ended without an answer; the message is the last thing that it said."""


@dataclass(slots=True, kw_only=True)
class Measurement:
    """What was seen of an entry.

    Attributes:
        entry: which.
        cold: seconds from the start of a new process to its first outcome, a value a round.
        warm: seconds of the second run in the same process.
        warm_cpu: processor seconds of that run, in all threads: a busy machine adds little to them.
        peaks: bytes that the process had resident at most until its first outcome.
        outcome: what the run came to; None when nothing was measured.
        versions: of the distributions that matter.
        error: why there is nothing.
    """

    entry: Entry
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    warm_cpu: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    outcome: Outcome | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def cold_seconds(self) -> float:
        """Median of the cold runs."""
        return median(self.cold)

    @property
    def warm_seconds(self) -> float:
        """Median of the warm runs."""
        return median(self.warm)

    @property
    def peak_bytes(self) -> float:
        """Median of the peaks."""
        return median(self.peaks)

    @property
    def warm_seconds_per_bar(self) -> float:
        """Cost of an asset and bar."""
        return self.warm_seconds / (self.entry.market.assets * self.entry.market.bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Starts processes.

    Attributes:
        folders: where things are.
        peers: the other engines that can be measured, by name.
        seconds_max: what is given to a process, which makes two runs.
        ingested: pairs of engine and bundle that are in that engine's store.
    """

    folders: Folders
    peers: Mapping[str, Peer]
    seconds_max: float
    ingested: set[tuple[str | None, str]] = field(default_factory=set)

    def measure(
        self, entries: Iterable[Entry], *, rounds: int, on_process: OnProcess
    ) -> dict[str, Measurement]:
        """Run every entry once uncounted, then in turns.

        The uncounted round fills the caches of the disk and compiles modules.

        Args:
            entries: what to measure.
            rounds: processes of each.
            on_process: called with the entry's name and the round, before each; round 0 does not
                count.
        """
        measured = {entry.name: Measurement(entry=entry) for entry in entries}
        for number in range(rounds + 1):
            for name, measurement in measured.items():
                if measurement.error:
                    continue
                on_process(name, number)
                try:
                    self._add(measurement, counts=number > 0)
                except ProcessError as failure:
                    measurement.error = str(failure)
        return measured

    def ingest(self, entry: Entry) -> None:
        """Let an engine take the CSV files of an entry into its own store, if it has to yet.

        Raises:
            ProcessError: it could not.
        """
        task = entry.task
        if not task.bundle or (entry.peer, task.bundle) in self.ingested:
            return
        command = [str(self._python(entry)), "-m"]
        if entry.peer is None:
            source = ["--source", "csvdir", "--path", task.data, "--calendar", "XNYS"]
            command += ["rustybt", "bundle", "ingest", task.bundle, *source, "--no-show-progress"]
        else:
            command += ["benchmarks.drivers.zipline_bundle", task.to_argument()]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.folders.environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise ProcessError(_last_line(done.stderr))
        self.ingested.add((entry.peer, task.bundle))

    def _add(self, measurement: Measurement, *, counts: bool) -> None:
        task = measurement.entry.task if counts else replace(measurement.entry.task, runs=1)
        seconds, answers = self._process(measurement.entry, task)
        first = answers[0]
        outcomes = {_outcome(answer) for answer in answers} | {
            measurement.outcome or _outcome(first)
        }
        if len(outcomes) > 1:
            raise ProcessError("two runs came to different outcomes")
        measurement.outcome = outcomes.pop()
        measurement.versions = first["versions"]
        if counts:
            measurement.cold.append(seconds)
            measurement.warm.append(answers[-1]["seconds"])
            measurement.warm_cpu.append(answers[-1]["cpu_seconds"])
            measurement.peaks.append(first["peak_bytes"])

    def _process(self, entry: Entry, task: Task) -> tuple[float, list[dict[str, Any]]]:
        """Seconds until the first answer, and all answers."""
        driver = f"benchmarks.drivers.{entry.driver}"
        command = [str(self._python(entry)), "-m", driver, task.to_argument()]
        started = time.perf_counter()
        with (
            tempfile.TemporaryFile("w+") as errors,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.folders.environment(), **task.environment},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            deadline = Timer(self.seconds_max, process.kill)
            deadline.start()
            lines, first_after = [], 0.0
            for line in process.stdout:
                first_after = first_after or time.perf_counter() - started
                lines.append(line)
            code = process.wait()
            deadline.cancel()
            if code != 0 or len(lines) != task.runs:
                raise ProcessError(self._reason(code, errors))
        return first_after, [json.loads(line) for line in lines]

    def _reason(self, code: int, errors: IO[str]) -> str:
        if code < 0:
            return f"stopped by signal {-code}; a process gets {self.seconds_max:g} s"
        errors.seek(0)
        return _last_line(errors.read())

    def _python(self, entry: Entry) -> Path:
        if entry.peer is None:
            return Path(sys.executable)
        python = self.peers[entry.peer].python
        assert python is not None
        return python


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    names = ("fills", "final_value", "read", "stored_bytes", "kernel")
    return Outcome(**{name: answer[name] for name in names})


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
