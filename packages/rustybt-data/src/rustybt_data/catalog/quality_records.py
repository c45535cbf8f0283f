"""What rules found in the bars of a version, and the bars that they kept out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from rustybt.clock.resolution import Resolution
from rustybt.errors import CorruptData
from rustybt_data.catalog.contents import DatasetContent
from rustybt_data.catalog.part_contents import part_content
from rustybt_data.catalog.parts import QUALITY
from rustybt_data.catalog.records import DatasetVersion, Version
from rustybt_data.parquet.damage import telling
from rustybt_data.quality import QualityReport

_REPORT: Final = "report"
_BARS: Final = "quarantine"
_WHOLE: Final = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySummary:
    """What is kept about the quality of the bars of a resolution.

    Attributes:
        resolution: Length of a bar.
        rules: Name of the rules.
        outcome: The worst that the last ingestion met: ``pass``, ``flag`` or ``quarantine``.
        checked: Bars that the last ingestion checked.
        flagged: Those of them that are noted.
        quarantined: Those of them that were kept out.
        aside: Bars that are kept out now, those of earlier ingestions as well.
        by_symbol: Bars of the last ingestion by symbol: flagged, and quarantined.
    """

    resolution: str
    rules: str
    outcome: str
    checked: int
    flagged: int
    quarantined: int
    aside: int
    by_symbol: Mapping[str, tuple[int, int]]


def quality_content(
    report: QualityReport,
    before: DatasetVersion | None,
    accepted: pl.DataFrame | None,
    *,
    name: str,
    root: Path,
    staged: Path,
    source: str,
    noted: Mapping[str, int] | None = None,
) -> DatasetContent:
    """The report of an ingestion, and all bars that are kept out, as they are to be published.

    Args:
        report: What was found.
        before: What the version before has of the kind, None for nothing.
        accepted: The bars that are let in: they are kept out no more. None where rules kept
            out none: then what was kept out before stays so.
        name: Name of the data set.
        root: The folder of the data.
        staged: The folder to write to.
        source: Where the bars come from.
        noted: How many bars by symbol are flagged, where the report does not hold them.
    """
    folder = staged / QUALITY
    folder.mkdir(exist_ok=True)
    aside = quarantined_bars(root, before)
    if accepted is not None:
        aside = _aside(report.quarantined, aside, accepted)
    paper = folder / f"{_REPORT}.json"
    paper.write_text(report.to_json(), "utf-8")
    files = [(_REPORT, paper)]
    if not aside.is_empty():
        path = folder / f"{_BARS}.parquet"
        aside.write_parquet(path, compression="zstd")
        files.append((_BARS, path))
    content = part_content(
        QUALITY,
        name,
        files,
        staged=staged,
        rows=aside.height,
        source=source,
        resolution=report.resolution,
        facts={
            "rules": report.rules,
            "outcome": report.outcome,
            "checked": sum(report.checked.values()),
            "flagged": report.flagged.height + sum((noted or {}).values()),
            "quarantined": report.quarantined.height,
            "by_symbol": {
                **{symbol: list(two) for symbol, two in bars_by_symbol(report).items()},
                **{symbol: [count, 0] for symbol, count in (noted or {}).items()},
            },
        },
    )
    assert content is not None, "there is a report"
    return content


class QualityRecords:
    """What a version keeps about the quality of its bars.

    Args:
        root: The folder of the data.
        version: The version.
    """

    def __init__(self, root: Path, version: Version) -> None:
        self._root = root
        self._datasets = {item.resolution: item for item in version.of_kind(QUALITY)}

    def summaries(self) -> tuple[QualitySummary, ...]:
        """In short, for each resolution to which rules were applied."""
        return tuple(map(_summary, self._datasets.values()))

    def report(self, resolution: str | Resolution = "1d") -> QualityReport | None:
        """What was found at the last ingestion, without the bars; None where nobody looked.

        Raises:
            CorruptData: It cannot be read.
        """
        dataset = self._of(resolution)
        for file in () if dataset is None else dataset.files:
            if file.role == _REPORT:
                return _read(self._root / file.path)
        return None

    def quarantined(self, resolution: str | Resolution = "1d") -> pl.DataFrame:
        """Bars that are kept out, of all ingestions, until others take their place.

        Returns:
            A standard frame with ``rules`` and ``reasons``; without columns where there are none.

        Raises:
            CorruptData: The file cannot be read.
        """
        return quarantined_bars(self._root, self._of(resolution))

    def _of(self, resolution: str | Resolution) -> DatasetVersion | None:
        return self._datasets.get(str(Resolution.parse(resolution)))


def _summary(dataset: DatasetVersion) -> QualitySummary:
    facts = dataset.facts
    return QualitySummary(
        resolution=dataset.resolution,
        rules=facts["rules"],
        outcome=facts["outcome"],
        checked=facts["checked"],
        flagged=facts["flagged"],
        quarantined=facts["quarantined"],
        aside=dataset.rows,
        by_symbol={symbol: (one, other) for symbol, (one, other) in facts["by_symbol"].items()},
    )


def _read(path: Path) -> QualityReport:
    try:
        return QualityReport.from_dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise CorruptData(path=str(path), reason=f"it cannot be read: {error}") from None


def quarantined_bars(root: Path, dataset: DatasetVersion | None) -> pl.DataFrame:
    """The bars that are kept out, with ``rules`` and ``reasons``; no columns where none are.

    Raises:
        CorruptData: The file cannot be read.
    """
    paths = [root / file.path for file in (dataset.files if dataset else ()) if file.role == _BARS]
    if not paths:
        return pl.DataFrame()
    with telling(paths):
        return pl.read_parquet(paths[0])


def _aside(new: pl.DataFrame, old: pl.DataFrame, accepted: pl.DataFrame) -> pl.DataFrame:
    """Bars that are kept out: of earlier ones those that nothing has taken the place of."""
    keys = ["symbol", accepted.columns[0]]
    parts = [_wide(part) for part in (old, new) if not part.is_empty()]
    if not parts:
        return pl.DataFrame()
    if not old.is_empty():
        for later in (accepted, new):
            if not later.is_empty():
                parts[0] = parts[0].join(later, on=keys, how="anti")
    whole = pl.concat(parts, how="diagonal_relaxed")
    return whole.sort(keys, maintain_order=True)


def _wide(bars: pl.DataFrame) -> pl.DataFrame:
    """Numbers with digits enough for any scale."""
    numbers = [
        pl.col(name).cast(pl.Decimal(_WHOLE, kind.scale))
        for name, kind in bars.schema.items()
        if isinstance(kind, pl.Decimal)
    ]
    return bars.with_columns(numbers)


def bars_by_symbol(report: QualityReport) -> dict[str, tuple[int, int]]:
    """Bars of each symbol in which something was found: flagged, and quarantined."""
    counts = [
        dict(bars["symbol"].value_counts().iter_rows()) if not bars.is_empty() else {}
        for bars in (report.flagged, report.quarantined)
    ]
    symbols = sorted(set[str]().union(*counts))
    return {symbol: (counts[0].get(symbol, 0), counts[1].get(symbol, 0)) for symbol in symbols}
