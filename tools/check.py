"""What `make check` and CI run: one line a step, and the end at the first that fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.accelerator import cargo
from tools.workspace import ACCELERATOR, ROOT, members

CORE_TESTS = "packages/rustybt-core/tests"
PARTS = ("algorithm", "execution", "indicators", "simulation")
SIMULATIONS = (
    *(f"{CORE_TESTS}/{part}" for part in PARTS),
    "tests/test_command_line.py",
    "tests/test_examples.py",
    "tests/test_real_prices.py",
    "tests/test_recorded_runs.py",
    "tests/test_standard_rules_on_records.py",
)
"""The tests that run simulations: they hold on every kernel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that has to succeed.

    Attributes:
        name: what is printed.
        command: the program and its arguments.
        environment: variables added for it.
        quiet: keep its output back unless it fails.
        folder: where it runs.
        skipped: why it does not run here.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = True
    folder: Path = ROOT
    skipped: str = ""


def has_python(folder: Path) -> bool:
    """Whether there is any module below a folder."""
    return any(folder.rglob("*.py"))


def type_steps() -> Iterator[Step]:
    """Types, member by member: their tests have modules of the same name.

    As under pytest, the tests of every member find what those of core share.
    """
    lent = ROOT / CORE_TESTS
    for member in members():
        yield types_of(member.name, (member.folder / "src", member.folder / "tests"), lent)
    yield types_of("rustybt-rs", (ACCELERATOR / "python", ACCELERATOR / "tests"), lent)
    shared = [ROOT / "tests", ROOT / "tools", ROOT / "benchmarks"]
    scripts = sorted((ROOT / "examples").glob("*.py"))
    names = [str(path) for path in (*filter(has_python, shared), *scripts)]
    yield Step(name="types of tests and tools", command=("mypy", "--no-error-summary", *names))


def types_of(name: str, sources: tuple[Path, ...], lent: Path) -> Step:
    """Types of a distribution, whose tests import from a lent folder, too."""
    folders = list(filter(has_python, sources))
    return Step(
        name=f"types of {name}",
        command=("mypy", "--no-error-summary", *map(str, folders)),
        environment={"MYPYPATH": os.pathsep.join(map(str, dict.fromkeys((*folders, lent))))},
    )


def rust_steps(program: str | None) -> Iterator[Step]:
    """What holds of the accelerator in Rust, built anew where its sources changed.

    Args:
        program: cargo, None where there is none.
    """
    if program is None:
        yield Step(name="Rust", command=(), skipped="there is no cargo (https://rustup.rs)")
        return
    python, stubs = sys.executable, "packages/rustybt-rs/stubtest-allowlist.txt"
    lint = ("--quiet", "--all-targets", "--", "--deny", "warnings")
    cargo_steps = {
        "format of Rust": ("fmt", "--check"),
        "lint of Rust": ("clippy", "--locked", *lint),
        "tests of Rust": ("test", "--locked", "--quiet", "--package", "rustybt-kernels"),
    }
    for name, arguments in cargo_steps.items():
        yield Step(name=name, command=(program, *arguments), folder=ACCELERATOR)
    yield Step(name="accelerator", command=(python, "-m", "tools.accelerator", "--strict"))
    command = (python, "-m", "mypy.stubtest", "rustybt_rs._native", "--allowlist", stubs)
    yield Step(name="types of its binary", command=command)


def test_steps(program: str | None) -> Iterator[Step]:
    """All tests on the kernel in Python, then those of simulations on the accelerator."""
    workers = ("pytest", "-q", "-n", "2", "--dist", "loadgroup")
    yield Step(
        name="tests",
        command=(*workers, "--cov", "--cov-report=json", "--cov-report="),
        # the profile in which laws are tried a thousand times
        environment={"CI": "1", "RUSTYBT_ACCEL": "off"},
        quiet=False,
    )
    command = (sys.executable, "-m", "tools.check_coverage")
    yield Step(name="coverage", command=command, quiet=False)
    yield Step(
        name="tests on the accelerator",
        command=(*workers, *SIMULATIONS),
        environment={"CI": "", "RUSTYBT_ACCEL": "require"},
        quiet=False,
        skipped="" if program else "it is not built",
    )


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
    program = cargo()
    yield from rust_steps(program)
    yield from test_steps(program)


def search_path() -> str:
    """The programs of this environment, before those of the machine."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))


def run(step: Step) -> bool:
    """Run a step and print its line, and its output if it was kept back and is needed now."""
    if step.skipped:
        print(f"skip  {step.name}: {step.skipped}", flush=True)
        return True
    if not step.quiet:
        print(f"...   {step.name}", flush=True)
    started = time.monotonic()
    output = subprocess.PIPE if step.quiet else None
    done = subprocess.run(
        step.command,
        cwd=step.folder,
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
