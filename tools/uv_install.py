"""Put the uv that uv.lock pins into .tools/, checked against the lock's hashes.

Starts on Python 3.8: see `tools.bootstrap`.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional

from tools import pythons
from tools.pythons import BootstrapError

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


class Wheel(NamedTuple):
    """A file that uv.lock names."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """File name, the last part of the address."""
        return self.url.rsplit("/", 1)[-1]


class Release(NamedTuple):
    """The uv of uv.lock."""

    version: str
    wheels: List[Wheel]

    @property
    def home(self) -> Path:
        """Where it is installed."""
        return TOOLS / "uv-{}".format(self.version)

    @property
    def program(self) -> Path:
        """What is started."""
        return self.home / "bin" / "uv"


def locked(lock: Path = ROOT / "uv.lock") -> Release:
    """Read which uv the lock pins (by hand: tomllib came with Python 3.11).

    Raises:
        BootstrapError: it pins none.
    """
    blocks = lock.read_text(encoding="utf-8").split("[[package]]\n")
    block = next((block for block in blocks if block.startswith('name = "uv"\n')), "")
    version = re.search(r'^version = "([^"]+)"', block, re.MULTILINE)
    wheels = re.findall(r'url = "([^"]+\.whl)", hash = "sha256:([0-9a-f]{64})"', block)
    if version is None or not wheels:
        raise BootstrapError("{} does not pin uv; write it anew with uv lock".format(lock))
    return Release(version.group(1), [Wheel(url, sha256) for url, sha256 in wheels])


def install(release: Release) -> None:
    """Install it by the first way that works, whole or not at all.

    Raises:
        BootstrapError: none worked.
    """
    ways: Dict[str, Callable[[Path, Release], None]] = {
        "pip": with_pip,
        "the pip of a new environment": with_venv,
        "download": with_download,
    }
    TOOLS.mkdir(exist_ok=True)
    reasons = []
    for name, way in ways.items():
        with tempfile.TemporaryDirectory(dir=TOOLS) as scratch:
            target = Path(scratch) / "uv"
            try:
                way(target, release)
            except (OSError, subprocess.SubprocessError, BootstrapError) as error:
                reasons.append("{}: {}".format(name, last_words(error)))
                continue
            shutil.rmtree(release.home, ignore_errors=True)
            target.replace(release.home)
        message = "bootstrap: installed uv {} in .tools/ with {}"
        print(message.format(release.version, name), file=sys.stderr)
        return
    raise BootstrapError("could not install uv\n  " + "\n  ".join(reasons))


def last_words(error: Exception) -> str:
    """Why a way did not work, in one line: the last one that the command printed."""
    if isinstance(error, subprocess.CalledProcessError):
        lines: List[str] = error.stdout.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else str(error)
    return str(error)


def with_pip(target: Path, release: Release) -> None:
    """Use the pip that Python has; it may install into a folder even if externally managed."""
    run_pip(pythons.find().path, target, release)


def with_venv(target: Path, release: Release) -> None:
    """Use the pip of a throw-away environment: Python has no pip, but ensurepip."""
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        run([pythons.find().path, "-m", "venv", folder])
        run_pip(str(Path(folder) / "bin" / "python"), target, release)


def run_pip(python: str, target: Path, release: Release) -> None:
    """Install into `target`, with the hashes of the lock."""
    hashes = " ".join("--hash=sha256:" + wheel.sha256 for wheel in release.wheels)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("uv=={} {}\n".format(release.version, hashes), encoding="utf-8")
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary=:all:", "--require-hashes"]
        run([*command, "--target", str(target), "--requirement", str(requirements)])


def run(command: List[str]) -> None:
    """Run a command; what it prints is kept for the message if it fails."""
    environment = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    subprocess.run(
        command, check=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def with_download(target: Path, release: Release) -> None:
    """Fetch the wheel, check its hash and unpack the program.

    Raises:
        BootstrapError: the file is not the one of the lock.
    """
    wheel = matching(release.wheels)
    content = fetch(mirror_address(wheel) or wheel.url)
    if hashlib.sha256(content).hexdigest() != wheel.sha256:
        raise BootstrapError("{} has another sha256 than uv.lock says".format(wheel.name))
    program = target / "bin" / "uv"
    program.parent.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        program.write_bytes(archive.read("uv-{}.data/scripts/uv".format(release.version)))
    program.chmod(0o700)


def matching(wheels: List[Wheel]) -> Wheel:
    """The wheel for this machine.

    Raises:
        BootstrapError: there is none.
    """
    system, machine = platform.system(), platform.machine().lower()
    musl = any(Path("/lib").glob("ld-musl-*"))
    tag = {"Linux": "musllinux" if musl else "manylinux", "Darwin": "macosx"}.get(system, "win")
    ending = "_{}.".format(machine)
    for wheel in wheels:
        if tag in wheel.name and ending in wheel.name:
            return wheel
    raise BootstrapError("uv.lock has no wheel of uv for {} on {}".format(system, machine))


def mirror_address(wheel: Wheel) -> Optional[str]:
    """Where the index that the environment names has this file; None without such an index."""
    index = next(filter(None, map(os.environ.get, INDEX_VARIABLES)), None)
    if index is None:
        return None
    page = index.rstrip("/") + "/uv/"
    link = re.search('href="([^"#]*{})'.format(re.escape(wheel.name)), fetch(page).decode())
    return urllib.parse.urljoin(page, link.group(1)) if link else None


def fetch(url: str) -> bytes:
    """Read an address, by the certificates that SSL_CERT_FILE names where it is set.

    Raises:
        BootstrapError: it is no web address.
    """
    if not url.startswith(("https://", "http://")):
        raise BootstrapError("was {!r}, expected an address with https://".format(url))
    context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE"))
    with urllib.request.urlopen(url, timeout=120, context=context) as answer:
        content: bytes = answer.read()
    return content
