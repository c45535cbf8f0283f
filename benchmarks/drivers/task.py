"""What a measured process is told, and what it answers: one line of JSON a run."""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One engine, one strategy, one market.

    Attributes:
        strategy: name of a module of ``benchmarks.strategies.ENGINE``.
        data: the market: a Parquet file of bars, or a csvdir folder.
        bundle: name that the folder was ingested under; empty for a file.
        start: first session, as an ISO date.
        end: last session, or last moment.
        frequency: "daily" or "minute".
        capital: money at the start.
        parameters: settings of the strategy.
        options: settings of the engine.
        environment: further variables of its process.
        runs: how often to run in the same process.
        scratch: a folder to write to.
    """

    strategy: str
    data: str
    start: str
    end: str
    frequency: str
    capital: int
    bundle: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    runs: int = 2
    scratch: str = ""

    def to_argument(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_arguments(cls) -> "Task":
        """The task on the command line of this process."""
        return cls(**json.loads(sys.argv[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What engines have to agree on.

    Attributes:
        fills: executions.
        final_value: of the portfolio, after the last bar.
        read: the sum of all values that the strategy read, where it does nothing else with them.
        stored_bytes: what an ingestion takes on the disk; engines need not agree on it.
        kernel: what computed the run, where an engine has several kernels; neither on this.
    """

    fills: int
    final_value: float
    read: float = 0.0
    stored_bytes: int = field(default=0, compare=False)
    kernel: str = field(default="", compare=False)


def answer(
    task: Task, run: Callable[[], Outcome | Callable[[], Outcome]], *distributions: str
) -> None:
    """Run as often as asked for, and print the outcome of each run as soon as it is known.

    Args:
        task: what to do.
        run: a whole run, from the bars on disk to the outcome, or to what tells the outcome: the
            warm time and the peak are without that then.
        distributions: whose versions belong in the report.
    """
    for _ in range(task.runs):
        started, cpu_started = time.perf_counter(), time.process_time()
        done = run()
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
        peak = peak_bytes()
        outcome = done() if callable(done) else done
        print(
            json.dumps(
                {
                    "seconds": seconds,
                    "cpu_seconds": cpu_seconds,
                    "peak_bytes": peak,
                    "versions": {name: version(name) for name in distributions},
                    **asdict(outcome),
                }
            ),
            flush=True,
        )
        gc.collect()


def pairs_of(task: Task) -> tuple[list[int], list[int]]:
    """The windows of the pairs that a grid of means has, slow ones changing quickest."""
    given = {name: int(value) for name, value in task.parameters.items() if name != "commission"}
    fast = range(given["fast_from"], given["fast_to"])
    slow = range(given["slow_from"], given["slow_to"], given["slow_step"])
    pairs = [(quick, calm) for quick in fast for calm in slow]
    return [quick for quick, _ in pairs], [calm for _, calm in pairs]


def peak_bytes() -> int:
    """The most memory that this process has had resident.

    Linux tells it in /proc; there, ``ru_maxrss`` is no use since a process inherits it from the
    one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
