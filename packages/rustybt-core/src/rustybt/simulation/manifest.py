"""What is needed to repeat a run: arguments, code, data, versions."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from rustybt.accelerators import REFERENCE_KERNEL
from rustybt.data.reads import DataRead
from rustybt.plugins.extensions import extension_assignments
from rustybt.plugins.installed import version_of
from rustybt.simulation.strategy_code import StrategyCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_MEASURED = ("rustybt-core", "numpy", "polars")

_version = cache(version_of)


def current_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that a result depends on."""
    return {
        "python": platform.python_version(),
        **{distribution: _version(distribution) for distribution in _MEASURED},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOrigin:
    """Where a run's market data came from.

    Attributes:
        fingerprint: Hash of the content.
        bundle: Name of the bundle, None when a frame was given.
        timestamp: The bundle's version in ISO format.
        frame: The frame that was given, saved with the result.
        reads: What the run read of the bundle.
    """

    fingerprint: str
    bundle: str | None = None
    timestamp: str | None = None
    frame: pl.DataFrame | None = None
    reads: tuple[DataRead, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """How a result came about.

    Attributes:
        arguments: Arguments of `run_algorithm` by keyword, seed included; without those that
            `strategy` and `data` stand for.
        strategy: The strategy's code.
        data: The market data.
        kernel: The kernel that ran: "python", or its accelerator with the version: "rust 0.1.0".
        versions: Versions of what computed it.
        extension_args: What ``-x`` gave to the strategy, as ``key=value``.
    """

    arguments: Mapping[str, Any]
    strategy: StrategyCode
    data: DataOrigin
    kernel: str = REFERENCE_KERNEL
    versions: Mapping[str, str] = field(default_factory=current_versions)
    extension_args: tuple[str, ...] = field(default_factory=extension_assignments)

    def to_json(self) -> dict[str, Any]:
        """All of it but the source text and the data frame, which are files of their own."""
        from rustybt.simulation.encoding import encode

        return {
            "arguments": encode(self.arguments),
            "strategy": {
                "filename": self.strategy.filename,
                "hooks": dict(self.strategy.hooks),
                "obstacle": self.strategy.obstacle,
            },
            "data": {
                "fingerprint": self.data.fingerprint,
                "bundle": self.data.bundle,
                "timestamp": self.data.timestamp,
                "reads": [
                    [read.resolution, list(read.sids), str(read.first), str(read.last)]
                    for read in self.data.reads
                ],
            },
            "kernel": self.kernel,
            "versions": dict(self.versions),
            "extension_args": list(self.extension_args),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], *, source: str, frame: Any) -> Manifest:  # noqa: ANN401
        """The manifest of :meth:`to_json`, with source text and data frame put back."""
        from rustybt.simulation.encoding import decode

        origin = dict(document["data"])
        reads = tuple(
            DataRead(length, tuple(sids), date.fromisoformat(first), date.fromisoformat(last))
            for length, sids, first, last in origin.pop("reads", ())
        )
        return cls(
            arguments=decode(document["arguments"]),
            strategy=StrategyCode(source=source, **document["strategy"]),
            data=DataOrigin(frame=frame, reads=reads, **origin),
            kernel=document["kernel"],
            versions=document["versions"],
            extension_args=tuple(document["extension_args"]),
        )
