"""Bars of an ingest function that rules judge when all of it is there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

import polars as pl

from rustybt.assets import Asset, AssetFinder
from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import Resolution
from rustybt.data.adjustments import Adjustments
from rustybt.data.schemas import stamp_column
from rustybt.errors import InvalidArgument
from rustybt_data.catalog.screening import (
    Context,
    Quality,
    Screening,
    check_quality,
    refuse_nothing,
    screening,
)
from rustybt_data.origin import Origin
from rustybt_data.parquet.bars import AssetBars, read_bars
from rustybt_data.parquet.writer import ParquetBarWriter
from rustybt_data.predicates import Admits
from rustybt_data.quality import RuleSet

ADMITS: Final[dict[Quality, Admits]] = {
    "strict": "sound",
    "quarantine": "all",
    "flag": "all",
    "off": "storable",
}
"""Which bars a source lets in where something is said about quality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of the bars of an ingestion.

    Attributes:
        quality: What is said about it; None for what the source does by itself.
        rules: The rules, None for the defaults.
    """

    quality: Quality | None = None
    rules: RuleSet | None = None

    def __post_init__(self) -> None:
        if self.quality is not None:
            check_quality(self.quality)
        elif self.rules is not None:
            object.__setattr__(self, "quality", "strict")

    @property
    def is_late(self) -> bool:
        """Whether all layers of rules are applied, when everything is there."""
        asked = self.quality in {"quarantine", "flag"}
        return asked or (self.quality == "strict" and self.rules is not None)

    @property
    def admits(self) -> Admits | None:
        """Which bars the source lets in; None for what it does by itself."""
        if self.is_late:
            return "all"
        return None if self.quality is None else ADMITS[self.quality]


class JudgedBarWriter:
    """Keeps bars in memory until assets and corporate actions are there to judge them by.

    Args:
        writer: Takes what is let in.
        others: Makes the writer of another length.
    """

    takes_checked_bars: ClassVar[bool] = False
    admits: ClassVar[Admits | None] = "all"

    def __init__(
        self, writer: ParquetBarWriter, others: "Callable[[Resolution], JudgedBarWriter]"
    ) -> None:
        self._writer = writer
        self._others = others
        self._frames: dict[int, list[pl.DataFrame]] = {}

    def of_length(self, resolution: Resolution | str) -> "JudgedBarWriter":
        """The writer of bars of another length; see `rustybt.data.bundles.BarWriter.of_length`."""
        return self._others(Resolution.parse(resolution))

    def write(
        self,
        data: Iterable[tuple[int, Any]],
        assets: Iterable[int] | None = None,
        show_progress: bool = False,  # noqa: FBT001, FBT002 - Zipline's signature
        invalid_data_behavior: str = "warn",
    ) -> None:
        """Take the bars of some assets; see `rustybt.data.bundles.BarWriter.write`.

        Raises:
            DataValidationError: A cell cannot be read.
            InvalidArgument: An asset is not among `assets`.
        """
        del show_progress, invalid_data_behavior
        expected = None if assets is None else frozenset(assets)
        kind, calendar = self._writer.kind, self._writer.calendar
        for sid, frame in data:
            if expected is not None and sid not in expected:
                raise InvalidArgument(field="sid", value=sid, reason="it is not among `assets`")
            bars = frame
            if not isinstance(frame, AssetBars):
                origin = Origin(f"{kind} bars of sid {sid}")
                bars = read_bars(frame, kind, origin, calendar=calendar, tests=None)
            self._frames.setdefault(int(sid), []).append(bars.decimals())

    def release(
        self,
        judgement: Judgement,
        finder: AssetFinder,
        actions: Adjustments,
        *,
        name: str,
        now: datetime,
        source: str,
    ) -> Screening | None:
        """Judge the bars, and write those that are let in.

        Args:
            judgement: The rules, and what becomes of bars.
            finder: The assets.
            actions: Corporate actions.
            name: What is written into.
            now: No label lies after it.
            source: Where the bars come from.

        Returns:
            What is let in and what was found; None where there are no bars.

        Raises:
            DataValidationError: A rule refuses the whole, or not one bar is left.
        """
        sids = {asset.symbol: asset for asset in _assets(finder, self._frames)}
        whole = self._whole({asset.sid: symbol for symbol, asset in sids.items()})
        if whole is None:
            return None
        calendar: TradingCalendar = self._writer.calendar
        context = Context(
            name=name,
            resolution=self._writer.resolution,
            calendar=calendar,
            before=whole.clear(),
            actions=actions,
            assets=tuple(sids.values()),
            now=now,
        )
        quality = judgement.quality
        assert quality is not None, "something was said about it"
        found = screening(whole, quality, judgement.rules, context)
        refuse_nothing(found, whole.height, source or name)
        for (symbol,), rows in found.accepted.partition_by(
            "symbol", as_dict=True, maintain_order=True
        ).items():
            origin = Origin(f"{source or name}, {symbol}")
            bars = read_bars(rows, self._writer.kind, origin, calendar=calendar)
            self._writer.add(sids[symbol].sid, bars)
        return found

    def _whole(self, symbols: dict[int, str]) -> pl.DataFrame | None:
        """All bars as a standard frame."""
        label = stamp_column(self._writer.kind)
        frames = [
            frame.select(label, pl.lit(symbols[sid]).alias("symbol"), pl.exclude(label))
            for sid, some in sorted(self._frames.items())
            for frame in some
            if frame.height
        ]
        self._frames.clear()
        # Relaxed, it takes the larger scale of Decimals.
        return pl.concat(frames, how="diagonal_relaxed") if frames else None


def _assets(finder: AssetFinder, sids: Iterable[int]) -> Iterator[Asset]:
    """The assets of bars; those that share a symbol are told apart by their sids."""
    found = finder.retrieve_all(sorted(sids))
    symbols = Counter(asset.symbol for asset in found)
    for asset in found:
        twice = symbols[asset.symbol] > 1
        yield replace(asset, symbol=f"{asset.symbol} ({asset.sid})") if twice else asset
