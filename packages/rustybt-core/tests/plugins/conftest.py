"""Distributions that are installed for the length of a test."""

import importlib
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from rustybt.plugins import _registry

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """``install(name, version, {group: {plugin: value}}, {module: source})``.

    Nothing else is installed meanwhile.
    """
    library = sysconfig.get_path("stdlib")
    path = [entry for entry in sys.path if entry.startswith(library) and "-packages" not in entry]
    monkeypatch.setattr(sys, "path", [str(tmp_path), *path])
    before = set(sys.modules)

    def add(
        name: str,
        version: str,
        plugins: Mapping[str, Mapping[str, str]],
        modules: Mapping[str, str] | None = None,
    ) -> None:
        metadata = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
        )
        lines = [
            line
            for group, points in plugins.items()
            for line in (f"[{group}]", *(f"{plugin} = {value}" for plugin, value in points.items()))
        ]
        (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
        for module, source in (modules or {}).items():
            (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        forget()

    def forget() -> None:
        importlib.invalidate_caches()
        _registry._entry_points.cache_clear()
        _registry.registry.cache_clear()

    forget()
    yield add
    monkeypatch.undo()
    forget()
    for module in set(sys.modules) - before:
        if str(getattr(sys.modules[module], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[module]
