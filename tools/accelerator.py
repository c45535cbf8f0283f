"""Builds the accelerator into the environment, where cargo is there; says so in one line if not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.workspace import ACCELERATOR

CARGO_HOME = Path.home() / ".cargo" / "bin"


def cargo() -> str | None:
    """Where cargo is: on the path, or where rustup puts it."""
    return shutil.which("cargo") or shutil.which("cargo", path=str(CARGO_HOME))


def main() -> int:
    """Build and install it; zero as well where there is nothing to build it with."""
    found = cargo()
    if found is None:
        print(
            "rustybt-rs is not built: there is no cargo (https://rustup.rs); all goes on in Python"
        )
        return 0
    command = ("uv", "pip", "install", "--quiet", "--python", sys.executable)
    options = ("--no-deps", "--reinstall", "--refresh-package", "rustybt-rs")
    return subprocess.run((*command, *options, str(ACCELERATOR)), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
