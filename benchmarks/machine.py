"""Facts about the machine that figures are worth nothing without."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from benchmarks.folders import ROOT


def facts() -> dict[str, str]:
    """Processor, memory, system, Python, and how busy the machine is right now."""
    one, five, fifteen = os.getloadavg()
    return {
        "processor": _from_proc("cpuinfo", "model name") or platform.processor() or "unknown",
        "cores": str(os.cpu_count()),
        "memory": f"{_memory_bytes() / 2**30:.1f} GiB",
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "commit": _commit(),
        "load before the first run": f"{one:.2f} {five:.2f} {fifteen:.2f}",
    }


def _commit() -> str:
    """The commit that is measured, and whether files differ from it."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _from_proc(file: str, key: str) -> str:
    path = Path("/proc") / file
    if not path.exists():
        return ""
    for line in path.read_text("utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
