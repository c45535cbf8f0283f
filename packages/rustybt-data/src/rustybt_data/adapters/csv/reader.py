"""Blocks of CSV files as columns: the quick way where they are plain, over texts elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rustybt.errors import DataValidationError
from rustybt_data.adapters.csv.blocks import Block, Lot
from rustybt_data.adapters.csv.quick import quick_columns
from rustybt_data.adapters.local.cells import numbers_in
from rustybt_data.adapters.local.chunks import ALL_FIELDS, BarRules, Chunk
from rustybt_data.adapters.local.columns import LABEL, ROW, Columns, roles_of
from rustybt_data.adapters.local.stamps import BadStamp, StampFormat, joined
from rustybt_data.origin import Origin
from rustybt_data.parquet.numbers import BadNumber, Coefficients


@dataclass(frozen=True, slots=True)
class _LotOrigin(Origin):
    """Knows the file of each row of a lot.

    Attributes:
        lot: The lot.
    """

    lot: Lot | None = None

    def name_of(self, row: int) -> str:
        """The file of a row."""
        assert self.lot is not None, "it was made with a lot"
        return self.lot.name_of(row)


@dataclass(slots=True, kw_only=True)
class BlockReader:
    """Reads blocks of files that are written alike, and remembers how.

    Attributes:
        rules: What bars have to be.
        stamps: The format of times, once it is known.
        scales: Decimals of the columns that were read last: those of the next ones, mostly.
    """

    rules: BarRules
    stamps: StampFormat | None = None
    scales: Mapping[str, int] = field(default_factory=dict)

    def chunks(self, blocks: Sequence[Block]) -> list[Chunk]:
        """The bars of blocks that are written alike: as one chunk where all of them are plain.

        Raises:
            DataValidationError: As `chunk` does.
        """
        if len(blocks) > 1:
            lot = Lot.of(blocks)
            quick = self._quick(lot, _LotOrigin(str(blocks[0].file), None, lot))
            if quick is not None:
                return [quick]
        return [self.chunk(block) for block in blocks]

    def chunk(self, block: Block) -> Chunk:
        """The bars of a block.

        Raises:
            DataValidationError: A cell is not what it has to be; it names file, line, column and
                value.
        """
        origin = Origin(str(block.file), block.line_of)
        quick = self._quick(Lot.of([block]), origin)
        if quick is not None:
            return quick
        chunk = self.rules.chunk(self._columns(block, origin), origin)
        self.scales = chunk.scales
        return chunk

    def _quick(self, lot: Lot, origin: Origin) -> Chunk | None:
        """The bars of plain blocks, None where only texts tell what is in them, or wrong."""
        columns = quick_columns(lot, self.rules.mapping, self.stamps, self.scales)
        if columns is None:
            return None
        try:
            return self.rules.chunk(columns, origin)
        except DataValidationError:
            return None

    def _columns(self, block: Block, origin: Origin) -> Columns:
        """The columns of a block from its texts."""
        mapping = self.rules.mapping
        roles = roles_of(block.names, str(block.file), mapping)
        texts = block.texts(list(dict.fromkeys(roles.values()))).with_row_index(ROW)
        if all(texts[name].null_count() for name in roles.values()):
            texts = texts.filter(pl.any_horizontal(pl.col(*roles.values()).is_not_null()))
        if mapping.missing_values:
            empty = list(mapping.missing_values)
            texts = texts.with_columns(
                pl.when(~pl.col(name).str.strip_chars().is_in(empty)).then(pl.col(name)).alias(name)
                for name in set(roles.values())
            )
        texts, labels, skipped = self._labelled(texts, roles, origin)
        numbers = {
            name: self._numbers(texts[roles[name]], texts[ROW], origin)
            for name in ALL_FIELDS
            if name in roles
        }
        stamp = roles.get("timestamp") or roles["date"]
        return Columns(
            rows=texts[ROW],
            labels=labels,
            symbols=self._symbols(texts, roles, block, origin),
            numbers=numbers,
            cells={LABEL: texts[stamp], **{name: texts[roles[name]] for name in numbers}},
            skipped=skipped,
        )

    def _labelled(
        self, texts: pl.DataFrame, roles: Mapping[str, str], origin: Origin
    ) -> tuple[pl.DataFrame, pl.Series, int]:
        """The rows that have a time, their times, and how many rows have none."""
        name = roles.get("timestamp") or roles["date"]
        stamps = texts[name].str.strip_chars()
        if "time" in roles:
            stamps = joined(stamps, texts[roles["time"]].str.strip_chars())
        stamps = stamps.set(stamps == "", None)
        empty = stamps.is_null()
        if empty.any() and self.rules.mapping.missing != "skip":
            row = int(texts[ROW][int(empty.arg_true()[0])])
            raise origin.error(row, name, "", "give the time of the bar; or say missing: skip")
        skipped = int(empty.sum())
        if skipped:
            texts, stamps = texts.filter(~empty), stamps.filter(~empty)
        if stamps.is_empty():
            return texts, pl.Series(name, [], dtype=pl.Datetime("ns", "UTC")), skipped
        try:
            self.stamps = self.stamps or StampFormat.of(stamps, self.rules.mapping)
            found = self.stamps.read(stamps, self.rules.mapping)
        except BadStamp as bad:
            raise origin.error(int(texts[ROW][bad.row]), name, bad.value, bad.reason) from None
        if not found.skipped:
            return texts, found.values, skipped
        kept = found.values.is_not_null()
        return texts.filter(kept), found.values.filter(kept), skipped + found.skipped

    def _symbols(
        self, texts: pl.DataFrame, roles: Mapping[str, str], block: Block, origin: Origin
    ) -> pl.Series:
        column, mapping = roles.get("symbol"), self.rules.mapping
        if column is None:
            symbol = mapping.symbol or mapping.symbol_of(block.file)
            return pl.Series("symbol", [symbol], dtype=pl.String).new_from_index(0, texts.height)
        symbols = texts[column].str.strip_chars()
        empty = (symbols.is_null() | (symbols == "")).arg_true()
        if len(empty):
            raise origin.error(int(texts[ROW][int(empty[0])]), column, "", "give a symbol")
        return symbols

    def _numbers(self, texts: pl.Series, rows: pl.Series, origin: Origin) -> Coefficients:
        try:
            return numbers_in(texts, self.rules.mapping)
        except BadNumber as bad:
            row = int(rows[bad.row])
            raise origin.error(row, texts.name, bad.value, bad.reason) from None


def symbols_in(block: Block, column: str) -> set[str]:
    """The symbols that a column of a block names."""
    texts = block.texts([column])[column].unique().drop_nulls()
    return {text for text in texts.str.strip_chars() if text}
