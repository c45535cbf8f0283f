"""The accelerator is built where it can be, once for each state of its sources."""

from pathlib import Path

import pytest

from tools import accelerator
from tools.workspace import ACCELERATOR

SOURCES = {
    "pyproject.toml": '[project]\nname = "rustybt-rs"\n',
    "Cargo.lock": "version = 4\n",
    "crates/kernels/src/lib.rs": "//! Kernels.\n",
    "python/rustybt_rs/__init__.py": "",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_every_change_of_a_source_shows(tmp_path: Path) -> None:
    folder = write(tmp_path, SOURCES)
    seen = [accelerator.fingerprint(folder)]
    for name, text in SOURCES.items():
        write(folder, {name: f"{text}# changed\n"})
        seen.append(accelerator.fingerprint(folder))
    write(folder, {"crates/kernels/src/more.rs": ""})
    seen.append(accelerator.fingerprint(folder))
    assert len(set(seen)) == len(seen)


def test_what_tools_leave_behind_does_not(tmp_path: Path) -> None:
    folder = write(tmp_path, SOURCES)
    before = accelerator.fingerprint(folder)
    left = ("target/wheel.whl", "tests/test_x.py", "python/rustybt_rs/_native.abi3.so")
    write(folder, dict.fromkeys((*left, "python/rustybt_rs/__pycache__/a.pyc"), "x"))
    assert accelerator.fingerprint(folder) == before


def test_all_sources_count() -> None:
    names = {path.relative_to(ACCELERATOR).as_posix() for path in accelerator.sources()}
    assert {"pyproject.toml", "Cargo.toml", "Cargo.lock", "README.md", "LICENSE"} <= names
    assert {"crates/bindings/Cargo.toml", "python/rustybt_rs/_native.pyi"} <= names


@pytest.mark.parametrize("arguments", [[], ["--strict"]], ids=" ".join)
def test_without_cargo_a_line_says_so(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(accelerator, "BUILT", tmp_path)
    monkeypatch.setattr(accelerator, "cargo", lambda: None)
    assert accelerator.main(arguments) == 0
    assert capsys.readouterr().out == (
        "rustybt-rs is not built: there is no cargo (https://rustup.rs); all goes on in Python\n"
    )


@pytest.mark.parametrize("strict", [False, True])
def test_a_build_that_fails_is_told_in_a_line_or_in_full(
    strict: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = write(tmp_path / "broken", {"pyproject.toml": "no TOML"})
    monkeypatch.setattr(accelerator, "ACCELERATOR", broken)
    monkeypatch.setattr(accelerator, "BUILT", tmp_path / "wheels")
    monkeypatch.setattr(accelerator, "cargo", lambda: "/nowhere/cargo")
    assert accelerator.main(["--strict"] if strict else []) == int(strict)
    printed = capsys.readouterr().out.splitlines()[1:]
    if strict:
        assert printed[0] == "rustybt-rs could not be built:"
        assert "pyproject.toml" in "\n".join(printed[1:])
    else:
        assert printed == [
            "rustybt-rs could not be built (make accelerator says why); all goes on in Python"
        ]
