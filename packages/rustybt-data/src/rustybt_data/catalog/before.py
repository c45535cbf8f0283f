"""Bars that a name has already, beside those that are about to come."""

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS, stamp_column
from rustybt_data.catalog import reads
from rustybt_data.catalog.frame_bars import FrameBars
from rustybt_data.catalog.frame_ingestion import dataset_before
from rustybt_data.catalog.query import Part, part_frame
from rustybt_data.catalog.reads import Offer
from rustybt_data.catalog.records import DatasetVersion, SymbolRange
from rustybt_data.catalog.writing import Writing
from rustybt_data.parquet.damage import telling

_DAYS_AROUND: Final = {"1d": 400, "1w": 1000, "1mo": 5000}
_DAYS_AROUND_SHORT: Final = 40
"""How far rules look back, with some room: windows, and sessions of openings."""
_NS_PER_DAY: Final = 86_400_000_000_000
_WHOLE: Final = 38


class Before:
    """What the version before has of a resolution.

    Args:
        work: What the writer of the name has.
        name: The name.
        resolution: Length of a bar.

    Attributes:
        dataset: Its data set, None where there is none.
        ranges: What it has of each symbol.
    """

    def __init__(self, work: Writing, name: str, resolution: Resolution) -> None:
        self._work = work
        self._resolution = resolution
        self._label = stamp_column("intraday" if resolution.is_intraday else "daily")
        self.dataset = dataset_before(work.base, name, str(resolution))
        self.ranges: Mapping[str, SymbolRange] = {}
        if self.dataset is not None:
            with work.database.reading() as session:
                assert session is not None, "the version before is in the database"
                found = reads.symbols_of(session, self.dataset.id)
            self.ranges = {item.symbol: item for item in found}

    def around(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Bars of the same symbols, from some time before the first to some time after the last.

        Args:
            frame: A standard frame.
        """
        known = frame.filter(pl.col("symbol").is_in(list(self.ranges)))
        if self.dataset is None or known.is_empty():
            return frame.clear()
        days = _DAYS_AROUND.get(str(self._resolution), _DAYS_AROUND_SHORT)
        room = days * (_NS_PER_DAY if self._resolution.is_intraday else 1)
        first, last = _ends(known[self._label])
        span = first - room, last + room
        return self._bars(self.dataset, known["symbol"].unique(), span)

    def restated(self, bars: FrameBars) -> Mapping[str, int]:
        """How many bars of each symbol are there already with other numbers.

        Raises:
            CorruptData: A file of the version before cannot be read.
        """
        spans = {symbol: (item.first, item.last) for symbol, item in self.ranges.items()}
        new = bars.within(spans)
        if self.dataset is None or new.is_empty():
            return {}
        span = _ends(new[self._label])
        old = self._bars(self.dataset, new["symbol"].unique(), span)
        both = new.join(old, on=["symbol", self._label], suffix="_old")
        differs = pl.any_horizontal(
            _exact(both, name).ne_missing(_exact(both, f"{name}_old")) for name in BAR_FIELDS
        )
        return dict(both.filter(differs)["symbol"].value_counts().iter_rows())

    def _bars(
        self, dataset: DatasetVersion, symbols: Collection[str], span: tuple[int, int]
    ) -> pl.DataFrame:
        base = self._work.base
        assert base is not None, "the data set is one of the version before"
        offer = Offer(
            name=base.name,
            version=base.id,
            created_at=base.created_at,
            dataset=dataset.id,
            dataset_name=dataset.name,
            fingerprint=dataset.fingerprint,
            calendar=base.calendar,
        )
        sids = {symbol: self.ranges[symbol].sid for symbol in symbols}
        with telling(self._work.root / file.path for file in dataset.files):
            return part_frame(self._work.root, dataset, Part(offer, sids, span)).collect()


def _ends(labels: pl.Series) -> tuple[int, int]:
    """The first and the last label, as integers."""
    numbers = labels.to_physical().cast(pl.Int64).to_numpy()
    return int(numbers.min()), int(numbers.max())


def _exact(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column with the decimals of whichever of its two forms has more."""
    field = name.removesuffix("_old")
    kinds = (frame.schema[field], frame.schema[f"{field}_old"])
    scale = max(kind.scale for kind in kinds if isinstance(kind, pl.Decimal))
    return pl.col(name).cast(pl.Decimal(_WHOLE, scale))
