"""Where the benchmarks keep what they make: nothing of it belongs in git, but the report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Everything below one folder, ``var/benchmarks`` unless another is given."""

    work: Path = ROOT / "var" / "benchmarks"

    @property
    def peers(self) -> Path:
        """A virtual environment for each peer."""
        return self.work / "peers"

    @property
    def markets(self) -> Path:
        """Generated bars; an edited generator needs this folder removed."""
        return self.work / "markets"

    @property
    def zipline(self) -> Path:
        """Zipline's root, with what it ingested."""
        return self.work / "zipline"

    @property
    def rustybt(self) -> Path:
        """RustyBT's home, made anew by each run of the benchmarks."""
        return self.work / "rustybt"

    @property
    def scratch(self) -> Path:
        """Files that a measured process writes."""
        return self.work / "scratch"

    def environment(self) -> Mapping[str, str]:
        """The variables that a measured process gets: those of this one, without settings."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RUSTYBT_", "ZIPLINE_", "PYTHON", "VIRTUAL_ENV"))
        }
        return {
            **inherited,
            "RUSTYBT_HOME": str(self.rustybt),
            "ZIPLINE_ROOT": str(self.zipline),
        }
