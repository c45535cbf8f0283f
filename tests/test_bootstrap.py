"""The set-up of a bare machine: old Pythons, no uv, a mirror, a file that was tampered with."""

import ast
import hashlib
import io
import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools import bootstrap, pythons, uv_install
from tools.workspace import ROOT

OLDEST = (3, 8)
FAKE_UV = b"#!/bin/sh\necho uv 99.0.0\n"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        pass


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("uv-99.0.0.data/scripts/uv", content)
    return buffer.getvalue()


@pytest.fixture
def wheel_name() -> str:
    locked = uv_install.locked()
    return uv_install.matching(locked.wheels).name


@pytest.fixture
def mirror(
    tmp_path: Path, wheel_name: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[uv_install.Release]:
    """A package index on loopback with one release of uv; the environment names it."""
    page = tmp_path / "simple" / "uv"
    page.mkdir(parents=True)
    (page / "index.html").write_text(
        f'<a href="../../files/{wheel_name}#sha256=0">{wheel_name}</a>'
    )
    (tmp_path / "files").mkdir()
    content = zipped(FAKE_UV)
    (tmp_path / "files" / wheel_name).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for variable in uv_install.INDEX_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple/")
    wheel = uv_install.Wheel(
        f"https://unreachable.invalid/{wheel_name}", hashlib.sha256(content).hexdigest()
    )
    yield uv_install.Release("99.0.0", [wheel])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", ["__init__", "bootstrap", "pythons", "uv_install"])
def test_source_is_that_of_an_old_python(name: str) -> None:
    source = (ROOT / "tools" / f"{name}.py").read_text("utf-8")
    ast.parse(source, feature_version=OLDEST)


def test_lock_pins_uv_with_hashes() -> None:
    locked = uv_install.locked()
    assert tuple(map(int, locked.version.split(".")[:2])) >= bootstrap.UV_MIN
    assert all(len(wheel.sha256) == 64 for wheel in locked.wheels)


def test_lock_without_uv_is_an_error(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text('[[package]]\nname = "other"\nversion = "1"\n')
    with pytest.raises(pythons.BootstrapError, match="does not pin uv"):
        uv_install.locked(lock)


def test_download_comes_from_the_mirror(mirror: uv_install.Release, tmp_path: Path) -> None:
    uv_install.with_download(tmp_path / "uv", mirror)
    program = tmp_path / "uv" / "bin" / "uv"
    assert program.read_bytes() == FAKE_UV
    assert program.stat().st_mode & stat.S_IXUSR
    assert bootstrap.works(str(program))


def test_download_that_was_tampered_with_is_refused(
    mirror: uv_install.Release, tmp_path: Path, wheel_name: str
) -> None:
    (tmp_path / "files" / wheel_name).write_bytes(zipped(b"#!/bin/sh\n"))
    with pytest.raises(pythons.BootstrapError, match="another sha256"):
        uv_install.with_download(tmp_path / "uv", mirror)
    assert not (tmp_path / "uv").exists()


def test_installation_says_why_each_way_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(target: Path, release: uv_install.Release) -> None:
        uv_install.run([sys.executable, "-c", "print('no pip here'); raise SystemExit(1)"])

    monkeypatch.setattr(uv_install, "TOOLS", tmp_path)
    for way in ("with_pip", "with_venv", "with_download"):
        monkeypatch.setattr(uv_install, way, fails)
    with pytest.raises(pythons.BootstrapError, match="download: no pip here"):
        uv_install.install(uv_install.Release("99.0.0", []))


def test_python_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    shim = tmp_path / "python3"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert pythons.probe(str(shim)) is None
    assert pythons.probe(str(tmp_path / "missing")) is None


def test_old_python_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho 3 10 13 /usr/bin/python3.10\n")
    old.chmod(0o755)
    monkeypatch.setattr(pythons, "commands", lambda: [str(old), sys.executable])
    assert pythons.find().version == sys.version_info[:3]
    monkeypatch.setattr(pythons, "commands", lambda: [str(old)])
    with pytest.raises(pythons.BootstrapError, match=r"needs Python 3\.11 or newer"):
        pythons.find()


def test_script_becomes_uv() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.bootstrap", "--version"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.startswith("uv ")
