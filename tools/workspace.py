"""What this workspace consists of."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCELERATOR = ROOT / "packages" / "rustybt-rs"
"""The distribution in Rust, outside the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A distribution of the workspace.

    Attributes:
        folder: where it lives.
        project: the table ``[project]`` of its pyproject.toml.
    """

    folder: Path
    project: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the distribution, with hyphens."""
        return str(self.project["name"])

    @property
    def version(self) -> str:
        """Its own version."""
        return str(self.project["version"])

    @property
    def package(self) -> Path:
        """Folder of what one imports: the only one in src."""
        (package,) = (self.folder / "src").glob("*/__init__.py")
        return package.parent

    @property
    def import_name(self) -> str:
        """What one imports."""
        return self.package.name


def members() -> list[Member]:
    """All members, core first: the others need it; the accelerator, which needs cargo, is none."""
    files = [*ROOT.glob("packages/*/pyproject.toml"), *ROOT.glob("examples/*/pyproject.toml")]
    files.remove(ACCELERATOR / "pyproject.toml")
    found = [
        Member(folder=file.parent, project=tomllib.loads(file.read_text("utf-8"))["project"])
        for file in files
    ]
    return sorted(found, key=lambda member: (member.name != "rustybt-core", member.name))


def is_ours(path: Path) -> bool:
    """Whether we wrote it: recorded runs are kept as they were recorded."""
    return not {"recorded", "build"}.intersection(path.relative_to(ROOT).parts)


def python_files() -> Iterator[Path]:
    """Every Python file that we wrote."""
    for folder in ("packages", "examples", "tests", "tools", "benchmarks"):
        yield from filter(is_ours, sorted((ROOT / folder).rglob("*.py")))


def markdown_files() -> Iterator[Path]:
    """Every Markdown file that users and developers read."""
    yield from sorted(ROOT.glob("*.md"))
    for folder in ("packages", "examples", "docs", "benchmarks"):
        yield from filter(is_ours, sorted((ROOT / folder).rglob("*.md")))
