"""What `make check` and CI run: one line a step, and the end at the first that fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.workspace import ROOT, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that has to succeed.

    Attributes:
        name: what is printed.
        command: the program and its arguments.
        environment: variables added for it.
        quiet: keep its output back unless it fails.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = True


def has_python(folder: Path) -> bool:
    """Whether there is any module below a folder."""
    return any(folder.rglob("*.py"))


def type_steps() -> Iterator[Step]:
    """Types, member by member: their tests have modules of the same name.

    As under pytest, the tests of every member find what those of core share.
    """
    lent = ROOT / "packages" / "rustybt-core" / "tests"
    for member in members():
        folders = list(filter(has_python, (member.folder / "src", member.folder / "tests")))
        yield Step(
            name=f"types of {member.name}",
            command=("mypy", "--no-error-summary", *map(str, folders)),
            environment={"MYPYPATH": os.pathsep.join(map(str, dict.fromkeys((*folders, lent))))},
        )
    shared = [ROOT / "tests", ROOT / "tools", ROOT / "benchmarks"]
    scripts = sorted((ROOT / "examples").glob("*.py"))
    names = [str(path) for path in (*filter(has_python, shared), *scripts)]
    yield Step(name="types of tests and tools", command=("mypy", "--no-error-summary", *names))


def steps() -> Iterator[Step]:
    """All of them, the quick ones first."""
    python = sys.executable
    yield Step(name="lock file", command=("uv", "lock", "--check", "--quiet"))
    yield Step(name="format", command=("ruff", "format", "--check", "--quiet", "."))
    yield Step(name="lint", command=("ruff", "check", "--quiet", "."))
    yield from type_steps()
    yield Step(name="import layers", command=("lint-imports", "--no-logo", "--no-cache"))
    yield Step(name="secrets", command=(python, "-m", "tools.check_secrets"))
    yield Step(name="licences", command=(python, "-m", "tools.check_licences"))
    yield Step(
        name="tests",
        command=(
            *("pytest", "-q", "-n", "2", "--dist", "loadgroup"),
            *("--cov", "--cov-report=json", "--cov-report="),
        ),
        environment={"CI": "1"},  # the profile in which laws are tried a thousand times
        quiet=False,
    )
    yield Step(name="coverage", command=(python, "-m", "tools.check_coverage"), quiet=False)


def search_path() -> str:
    """The programs of this environment, before those of the machine."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))


def run(step: Step) -> bool:
    """Run a step and print its line, and its output if it was kept back and is needed now."""
    if not step.quiet:
        print(f"...   {step.name}", flush=True)
    started = time.monotonic()
    output = subprocess.PIPE if step.quiet else None
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env={**os.environ, "PATH": search_path(), **step.environment},
        stdout=output,
        stderr=subprocess.STDOUT if step.quiet else None,
        text=True,
        check=False,
    )
    succeeded = done.returncode == 0
    seconds = time.monotonic() - started
    print(f"{'ok' if succeeded else 'FAIL':5} {step.name} ({seconds:.1f} s)", flush=True)
    if not succeeded and step.quiet:
        print(done.stdout, flush=True)
    return succeeded


def main() -> int:
    """Run the steps until one fails."""
    for step in steps():
        if not run(step):
            print(f"make check stopped at: {step.name}\n  {' '.join(step.command)}")
            return 1
    print("make check: all is well")
    return 0


if __name__ == "__main__":
    sys.exit(main())
