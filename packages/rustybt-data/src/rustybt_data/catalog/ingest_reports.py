"""What ingestions of bars have done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rustybt.calendars import from_day, from_ns
from rustybt.clock.resolution import Resolution
from rustybt_data.catalog.records import SymbolRange
from rustybt_data.catalog.references import reference
from rustybt_data.quality import QualityReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolIngest:
    """What an ingestion has done to the bars of a symbol.

    Attributes:
        symbol: The symbol.
        rows: Bars that there are now.
        first: The session, or the end (UTC), of the first one.
        last: Of the last one.
        added: Bars that were not there before.
        restated: Bars that had other numbers before.
        repeated: Rows that the source sent twice, and that were left out.
        flagged: Bars in which rules found something, and that are let in.
        quarantined: Bars that rules kept out.
    """

    symbol: str
    rows: int
    first: date | datetime | None
    last: date | datetime | None
    added: int
    restated: int
    repeated: int
    flagged: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingestion has done.

    Attributes:
        name: The name.
        timestamp: Time of the version that was made (UTC).
        resolution: Length of a bar; None where the source wrote bars of any.
        given: Bars that were given; None where the source wrote them itself.
        added: Bars that were not there before.
        rows: Bars of the resolution that there are now.
        symbols: The same by symbol, of those that were asked for; none where the source wrote.
        quality: What rules found in the bars that were given; None where none were applied.
        written: What was found for each resolution in bars that the source wrote itself, or what
            was noted without rules.
        resumed: Rows that an interrupted fetch had kept, and that were not asked for again.
    """

    name: str
    timestamp: datetime
    resolution: str | None
    given: int | None
    added: int | None
    rows: int | None
    symbols: tuple[SymbolIngest, ...] = ()
    quality: QualityReport | None = None
    resumed: int = 0
    written: tuple[QualityReport, ...] = ()

    @property
    def version(self) -> str:
        """What names the version: ``name@time``."""
        return reference(self.name, self.timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happened to symbols, as it is counted on the way.

    Attributes:
        before: What there was of each symbol.
        after: What there is.
        given: Bars that were let in.
        restated: Those that had other numbers before.
        repeated: Rows that came twice.
        judged: Bars that were flagged, and those that were quarantined.
    """

    before: Mapping[str, SymbolRange]
    after: Mapping[str, SymbolRange]
    given: Mapping[str, int]
    restated: Mapping[str, int]
    repeated: Mapping[str, int]
    judged: Mapping[str, tuple[int, int]]

    def by_symbol(
        self, symbols: tuple[str, ...], resolution: Resolution, *, replaces: bool
    ) -> tuple[SymbolIngest, ...]:
        """A row for each symbol, sorted.

        Args:
            symbols: Those that were asked for; those that were given belong to them.
            resolution: Length of a bar.
            replaces: Whether what was there before is gone.
        """
        every = sorted({*symbols, *self.given, *self.judged})
        return tuple(self._of(symbol, resolution, replaces=replaces) for symbol in every)

    def _of(self, symbol: str, resolution: Resolution, *, replaces: bool) -> SymbolIngest:
        read = from_ns if resolution.is_intraday else from_day
        now, was = self.after.get(symbol), self.before.get(symbol)
        rows = 0 if now is None else now.rows
        had = 0 if was is None or replaces else was.rows
        flagged, quarantined = self.judged.get(symbol, (0, 0))
        return SymbolIngest(
            symbol=symbol,
            rows=rows,
            first=None if now is None else read(now.first),
            last=None if now is None else read(now.last),
            added=rows - had,
            restated=self.restated.get(symbol, 0),
            repeated=self.repeated.get(symbol, 0),
            flagged=flagged,
            quarantined=quarantined,
        )
