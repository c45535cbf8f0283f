"""Builds the accelerator into the environment, where cargo is there; says so in one line if not.

What is built is kept by the content of its sources in ``packages/rustybt-rs/target``: a second
time it is only installed, which `uv sync` makes necessary since the accelerator is not in uv.lock.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import uv

from tools.workspace import ACCELERATOR

CARGO_HOME = Path.home() / ".cargo" / "bin"
BUILT = ACCELERATOR / "target" / "wheels-by-source"
SOURCES = ("pyproject.toml", "Cargo.*", "README.md", "LICENSE", "crates/**/*", "python/**/*")
NOT_BUILT = "rustybt-rs is not built: there is no cargo (https://rustup.rs); all goes on in Python"


class BuildError(Exception):
    """The accelerator could not be built; the text is what the tools said."""


def cargo() -> str | None:
    """Where cargo is: on the path, or where rustup puts it."""
    return shutil.which("cargo") or shutil.which("cargo", path=str(CARGO_HOME))


def sources(folder: Path = ACCELERATOR) -> list[Path]:
    """The files that the wheel is made of, without what Python and maturin leave among them."""
    found = {path for pattern in SOURCES for path in folder.glob(pattern) if path.is_file()}
    return sorted(path for path in found if path.suffix not in {".pyc", ".so"})


def fingerprint(folder: Path = ACCELERATOR) -> str:
    """A hash of the names and contents of all sources."""
    total = hashlib.sha256()
    for path in sources(folder):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return total.hexdigest()[:16]


def built_wheel() -> Path | None:
    """The wheel of the sources as they are, if it was built before."""
    return next((BUILT / fingerprint()).glob("*.whl"), None)


def build(cargo_program: str) -> Path:
    """Build the wheel of the sources as they are; older wheels go.

    Raises:
        BuildError: A tool failed.
    """
    folder = BUILT / fingerprint()
    shutil.rmtree(BUILT, ignore_errors=True)
    command = [uv.find_uv_bin(), "build", "--wheel", "--out-dir", str(folder)]
    path = os.pathsep.join((str(Path(cargo_program).parent), os.environ.get("PATH", os.defpath)))
    done = subprocess.run(
        [*command, str(ACCELERATOR)],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    wheel = built_wheel()
    if done.returncode or wheel is None:
        raise BuildError(done.stdout)
    return wheel


def is_installed(wheel: Path) -> bool:
    """Whether this environment has exactly this wheel."""
    try:
        origin = distribution("rustybt-rs").read_text("direct_url.json")
    except PackageNotFoundError:
        return False
    return bool(json.loads(origin or "{}").get("url") == wheel.as_uri())


def install(wheel: Path) -> None:
    """Put a wheel into this environment, in the place of another one."""
    command = (uv.find_uv_bin(), "pip", "install", "--quiet", "--python", sys.executable)
    subprocess.run((*command, "--no-deps", "--reinstall", str(wheel)), check=True)


def main(arguments: list[str] | None = None) -> int:
    """Build and install it, as far as necessary; where there is no cargo all goes on in Python."""
    parser = argparse.ArgumentParser(prog="python -m tools.accelerator")
    parser.add_argument("--strict", action="store_true", help="a build that fails is an error")
    parser.add_argument("--copy-to", type=Path, metavar="DIR", help="keep a copy of the wheel")
    options = parser.parse_args(arguments)
    program, wheel = cargo(), built_wheel()
    if wheel is None and program is None:
        print(NOT_BUILT)
        return 0
    if wheel is None and program is not None:
        print("building rustybt-rs, which takes a minute the first time ...", flush=True)
        try:
            wheel = build(program)
        except BuildError as error:
            return failed(str(error), strict=options.strict)
    if wheel is not None and not is_installed(wheel):
        install(wheel)
    if wheel is not None and options.copy_to is not None:
        options.copy_to.mkdir(exist_ok=True)
        shutil.copy(wheel, options.copy_to)
    return 0


def failed(output: str, *, strict: bool) -> int:
    """What is said of a build that failed."""
    if strict:
        print(f"rustybt-rs could not be built:\n{output}")
        return 1
    print("rustybt-rs could not be built (make accelerator says why); all goes on in Python")
    return 0


if __name__ == "__main__":
    sys.exit(main())
