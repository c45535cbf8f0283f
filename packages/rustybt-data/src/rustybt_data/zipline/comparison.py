"""Comparing a Zipline bundle with what was written of it, value by value."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from rustybt.data.bundle import BundleData
from rustybt.data.bundles.migration import Compared, MigrationReport
from rustybt.data.readers import BarReader
from rustybt.data.schemas import BAR_FIELDS, PRICE_FIELDS
from rustybt.progress import OnProgress
from rustybt_data.zipline.compared_actions import compared_actions, compared_factors
from rustybt_data.zipline.compared_assets import compared_assets
from rustybt_data.zipline.sound import Piece, SoundBars
from rustybt_data.zipline.stored import StoredBundle

EVERYTHING: Final = (-(2**62), 2**62)
"""A range of labels that holds all of them."""


def compared(
    stored: StoredBundle,
    bundle: BundleData,
    on_progress: OnProgress | None = None,
    *,
    leave_out: bool = False,
) -> MigrationReport:
    """Compare everything.

    Args:
        stored: The bundle of Zipline's.
        bundle: What was written of it.
        on_progress: Told how many assets are done, of how many.
        leave_out: Whether what cannot be taken over is left out; otherwise it is a difference.
    """
    left = list(stored.leftovers)
    pairs = [
        (SoundBars(stored.daily, "daily", left), bundle.daily),
        (SoundBars(stored.minute, "minute", left), bundle.minute),
    ]
    total, done, parts = sum(len(bars) for bars, _ in pairs), 0, []
    for bars, written in pairs:
        parts.append(_compared_bars(bars, written, on_progress, done, total))
        done += len(bars)
    factors, notes = compared_factors(stored, bundle)
    strange = factors.differences
    if leave_out:
        factors = replace(factors, differences=())
    return MigrationReport(
        name=bundle.name,
        timestamp=bundle.timestamp,
        location=str(stored.path),
        compared=(
            *parts,
            *compared_actions(stored.actions.adjustments, bundle.adjustments),
            factors,
            *compared_assets(stored.assets, bundle.finder),
        ),
        left_out=(*map(str, left), *(strange if leave_out else ())),
        notes=notes,
    )


def _compared_bars(
    bars: SoundBars,
    written: BarReader | None,
    on_progress: OnProgress | None,
    done: int,
    total: int,
) -> Compared:
    rows, differences = 0, list(_wrong_sids(bars, written))
    seen: set[int] = set()
    if bars.reader is not None and written is not None:
        for piece in bars.pieces(*EVERYTHING):
            actual = written.read([piece.sid], piece.start, piece.stop)
            rows += piece.bars.height
            differences += _wrong_bars(
                piece, _at(piece.bars, bars.reader, written), _at(actual, written, bars.reader)
            )
            seen.add(piece.sid)
            if on_progress is not None:
                on_progress(done + len(seen), total)
    return Compared(
        what=f"{bars.kind} bars",
        items=rows,
        values=rows * (1 + len(BAR_FIELDS)),
        differences=tuple(differences),
    )


def _wrong_sids(bars: SoundBars, written: BarReader | None) -> Iterator[str]:
    expected = set() if bars.reader is None else set(bars.reader.sids())
    actual = set() if written is None else set(written.sids())
    if written is None and expected:
        yield f"there are no {bars.kind} bars"
    for sid in sorted(actual - expected):
        yield f"there are {bars.kind} bars of sid {sid}"


def _at(bars: pl.DataFrame, own: BarReader, other: BarReader) -> pl.DataFrame:
    """Bars at the larger scale of two readers."""
    price = 10 ** max(other.price_scale - own.price_scale, 0)
    volume = 10 ** max(other.volume_scale - own.volume_scale, 0)
    return bars.select(
        "at", "sid", *(pl.col(name) * price for name in PRICE_FIELDS), pl.col("volume") * volume
    )


def _wrong_bars(piece: Piece, expected: pl.DataFrame, actual: pl.DataFrame) -> list[str]:
    if expected.equals(actual):
        return []
    both = expected.join(actual, on=["at", "sid"], how="full", coalesce=True, suffix=" written")
    wrong = both.filter(
        pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name} written")) for name in BAR_FIELDS)
    )
    return [
        f"bar {row['at']} of sid {piece.sid}: {_numbers(row, ' written')} instead of "
        f"{_numbers(row, '')}"
        for row in wrong.iter_rows(named=True)
    ]


def _numbers(row: dict[str, object], suffix: str) -> str:
    return ", ".join(str(row[f"{name}{suffix}"]) for name in BAR_FIELDS)
