"""Compute one of the accelerator's parts, in Rust or in Python."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from benchmarks.drivers.task import Outcome, Task, answer
from benchmarks.parts import decimals, matching, statistics, valuation

PARTS: Final[Mapping[str, Any]] = {
    "matching": matching,
    "indicators": statistics,
    "vectors": decimals,
    "valuation": valuation,
}


def prepared(task: Task) -> Callable[[], Callable[[], Outcome]]:
    """What computes the part that a task names, in the language that it names."""
    part, _, group = task.strategy.partition(" ")
    make = getattr(PARTS[part], f"in_{task.options['language']}")
    count = int(task.parameters["count"])
    return partial(make, count, *[group] * bool(group))()  # type: ignore[no-any-return]


if __name__ == "__main__":
    the_task = Task.from_arguments()
    distributions = ["rustybt-core", "polars", "numpy"]
    if the_task.options["language"] == "rust":
        distributions.append("rustybt-rs")
    answer(the_task, prepared(the_task), *distributions)
