"""The bars of a Zipline bundle that can be taken over, asset by asset."""

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.zipline.daily import BcolzDailyReader
from rustybt_data.zipline.leftovers import Leftover, sound
from rustybt_data.zipline.minute import BcolzMinuteReader
from rustybt_data.zipline.scales import LARGEST

HIDDEN = "they lie after the close of their session, where Zipline shows nothing"


class Piece(NamedTuple):
    """Some bars of an asset.

    Attributes:
        sid: The asset.
        start: The first label.
        stop: The end of the labels.
        bars: Those with ``start <= at < stop``.
    """

    sid: int
    start: int
    stop: int
    bars: pl.DataFrame


class SoundBars:
    """The bars of a reader without those that cannot be taken over.

    Args:
        reader: The reader; None for no bars.
        kind: ``daily`` or ``minute``.
        left: Where the others are listed.
    """

    def __init__(
        self,
        reader: BcolzDailyReader | BcolzMinuteReader | None,
        kind: str,
        left: list[Leftover],
    ) -> None:
        self.reader = reader
        self.kind = kind
        self._left = left

    def __len__(self) -> int:
        return 0 if self.reader is None else len(self.reader.sids())

    def pieces(self, start: int, stop: int) -> Iterator[Piece]:
        """Bars with ``start <= at < stop`` in pieces that fit into memory, sid by sid."""
        if self.reader is None:
            return
        for sid in self.reader.sids():
            self._note_hidden(sid)
            for first, after in self._windows(self.reader, start, stop):
                yield Piece(sid, first, after, self._sound(self.reader, sid, first, after))

    def _sound(
        self, reader: BcolzDailyReader | BcolzMinuteReader, sid: int, start: int, stop: int
    ) -> pl.DataFrame:
        bars = reader.read([sid], start, stop, BAR_FIELDS)
        limits = (LARGEST * reader.factor(sid), LARGEST * 10**reader.volume_scale)
        kept, left = sound(bars, kind=self.kind, sid=sid, overflown=limits)
        self._left += left
        return kept

    def _note_hidden(self, sid: int) -> None:
        if isinstance(self.reader, BcolzMinuteReader):
            rows = self.reader.hidden(sid)
            if rows:
                self._left.append(Leftover(f"minutes of sid {sid}", HIDDEN, rows))

    @staticmethod
    def _windows(
        reader: BcolzDailyReader | BcolzMinuteReader, start: int, stop: int
    ) -> Iterator[tuple[int, int]]:
        if isinstance(reader, BcolzDailyReader):
            yield start, stop
            return
        first = start
        for after in reader.pauses():
            if first < after < stop:
                yield first, after
                first = after
        yield first, stop
