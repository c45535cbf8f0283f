"""Repeating a saved run and comparing it with what was saved, bit for bit."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from rustybt.errors import InvalidArgument, ResultMismatch
from rustybt.plugins.extensions import extension_assignments, set_extension_args
from rustybt.simulation.encoding import Opaque
from rustybt.simulation.manifest import DataOrigin, current_versions
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.run import run_algorithm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCheck:
    """One frame of the saved run against the same frame of the repeated one.

    Attributes:
        name: The frame.
        rows: Rows in the saved frame.
        difference: Where they differ first, in words; None when they are equal.
    """

    name: str
    rows: int
    difference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What came of repeating a saved run.

    Attributes:
        directory: The saved run.
        frames: One check for each frame.
        data_changed: Whether the market data is another than the saved run's.
        version_changes: What another version computed it: name to (then, now).
        kernel_change: The kernels (then, now) where they are not the same; no reason to differ.
    """

    directory: str
    frames: tuple[FrameCheck, ...]
    data_changed: bool
    version_changes: Mapping[str, tuple[str, str]]
    kernel_change: tuple[str, str] | None = None

    @property
    def ok(self) -> bool:
        """Whether every frame is equal, bit for bit."""
        return all(check.difference is None for check in self.frames)

    def require(self) -> None:
        """Raise unless everything is equal.

        Raises:
            ResultMismatch: A frame differs.
        """
        if not self.ok:
            differences = tuple(
                f"{check.name} ({check.difference})" for check in self.frames if check.difference
            )
            raise ResultMismatch(directory=self.directory, differences=differences)

    def __str__(self) -> str:
        verdict = "the same, bit for bit" if self.ok else "NOT the same"
        lines = [f"{self.directory}: {verdict}"]
        lines += [f"  {c.name}: {c.rows} rows, {c.difference or 'equal'}" for c in self.frames]
        lines += [f"  {n} was {then}, is {now}" for n, (then, now) in self._changes()]
        lines += ["  the market data has changed"] * self.data_changed
        return "\n".join(lines)

    def _changes(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """What computed the run then and now, where it is not the same."""
        if self.kernel_change is not None:
            yield "the kernel", self.kernel_change
        yield from self.version_changes.items()


def verify(directory: str | Path) -> VerifyReport:
    """Repeat a saved run from its code, arguments and data, and compare every frame.

    Args:
        directory: A folder that `BacktestResult.save` wrote.

    Raises:
        InvalidArgument: The folder holds no result, or an argument of the run was an object that
            cannot be saved.
        InvalidStrategy: The strategy's code cannot be run from its text.
    """
    return verify_result(BacktestResult.load(directory), directory=directory)


def verify_result(saved: BacktestResult, *, directory: str | Path) -> VerifyReport:
    """The same for a result that was loaded already; see :func:`verify`."""
    repeated = repeat(saved)
    kernels = saved.manifest.kernel, repeated.manifest.kernel
    then, now = saved.manifest.versions, current_versions()
    repeated_frames = dict(repeated.tables.items())
    return VerifyReport(
        directory=str(directory),
        frames=tuple(
            FrameCheck(
                name=name,
                rows=len(frame),
                difference=first_difference(frame, repeated_frames.get(name)),
            )
            for name, frame in saved.tables.items()
        ),
        data_changed=saved.manifest.data.fingerprint != repeated.manifest.data.fingerprint,
        version_changes={
            name: (then[name], now.get(name, "missing"))
            for name in then
            if then[name] != now.get(name)
        },
        kernel_change=None if kernels[0] == kernels[1] else kernels,
    )


def repeat(saved: BacktestResult) -> BacktestResult:
    """Run a saved result's strategy again, as it was run.

    Raises:
        InvalidArgument: An argument of the run was an object that cannot be saved.
        InvalidStrategy: The strategy's code cannot be run from its text.
    """
    arguments = dict(saved.manifest.arguments)
    for name, value in arguments.items():
        opaque = _opaque_in(value)
        if opaque is not None:
            reason = "runs with it cannot be repeated; give a name that is registered instead"
            raise InvalidArgument(field=name, value=opaque.text, reason=reason)
    data = _data_arguments(saved.manifest.data)
    with _extension_args(saved.manifest.extension_args):
        return run_algorithm(**arguments, **data, **saved.manifest.strategy.load())


@contextmanager
def _extension_args(assignments: Iterable[str]) -> Iterator[None]:
    """Let strategies see these extension arguments instead of those of the process."""
    before = extension_assignments()
    set_extension_args(assignments)
    try:
        yield
    finally:
        set_extension_args(before)


def _opaque_in(value: object) -> Opaque | None:
    """What of an argument could not be saved."""
    if isinstance(value, Opaque):
        return value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for part in parts if (found := _opaque_in(part)) is not None), None)


def _data_arguments(data: DataOrigin) -> dict[str, Any]:
    """The arguments that name the market data."""
    if data.frame is not None:
        return {"data": data.frame}
    if data.bundle is not None:
        return {"bundle": data.bundle, "bundle_timestamp": data.timestamp}
    raise InvalidArgument(
        field="data",
        value="an opened data set",
        reason="runs with it cannot be repeated; give a frame or the name of a bundle",
    )


def first_difference(a: pl.DataFrame, b: pl.DataFrame | None) -> str | None:
    """Where two frames differ first, bit for bit; None when nowhere."""
    if b is None:
        return "missing"
    if a.schema != b.schema:
        return "other columns or types"
    if len(a) != len(b):
        return f"{len(b)} rows instead of {len(a)}"
    for name in a.columns:
        rows = np.flatnonzero(~_same(a[name], b[name]))
        if len(rows):
            row = int(rows[0])
            return f"{name} in row {row} was {a[name][row]}, is {b[name][row]}"
    return None


def _same(a: pl.Series, b: pl.Series) -> Any:  # noqa: ANN401 - an array of truth values
    """Row by row, whether two columns are equal; floats by their bits."""
    if a.dtype.is_float():
        nulls = a.is_null().to_numpy() == b.is_null().to_numpy()
        bits = a.fill_null(0.0).to_numpy().view(np.int64) == b.fill_null(0.0).to_numpy().view(
            np.int64
        )
        return nulls & bits
    return a.eq_missing(b).to_numpy()
