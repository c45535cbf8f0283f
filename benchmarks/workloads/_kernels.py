"""The two kernels that runs are measured on."""

from collections.abc import Mapping
from typing import Final

OFF: Final = "off"
"""The accelerator of a run in Python, whatever is installed."""


def environment(accelerator: str) -> Mapping[str, str]:
    """What a process is told of accelerators; nothing where nothing is given."""
    return {"RUSTYBT_ACCEL": accelerator} if accelerator else {}


RULES: Final = (
    "RustyBT runs on the accelerator where one is installed and takes the run; in Python with "
    "RUSTYBT_ACCEL=off. It takes no runs on float64, but computes their indicators."
)
