"""The adapter ``csv``."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate, chain
from pathlib import Path
from typing import ClassVar, Final

from rustybt_data.adapters.csv.blocks import BLOCK_BYTES, Block, blocks_of, lots_of
from rustybt_data.adapters.csv.reader import BlockReader, symbols_in
from rustybt_data.adapters.local.adapter import FilesAdapter
from rustybt_data.adapters.local.chunks import BarRules, Chunk
from rustybt_data.adapters.local.columns import roles_of

_THREADS: Final = 2
_AHEAD: Final = 3
_HEAD_BYTES: Final = 2**16


class CSVAdapter(FilesAdapter):
    """Bars in CSV files, of one symbol each or of many, in any order.

    Files are read in blocks of 8 MB, so they may be larger than the memory; only with
    ``missing = "interpolate"``, and for columns beside the bars, all of it has to fit.
    """

    name: ClassVar[str] = "csv"
    endings: ClassVar[tuple[str, ...]] = (".csv", ".txt", ".tsv")
    block_bytes: ClassVar[int] = BLOCK_BYTES
    """About how much of a file is read at a time."""

    def chunks(self, files: Sequence[Path], rules: BarRules) -> Iterator[tuple[Chunk, float]]:
        """The bars of each block of the files.

        The first block is read alone: it shows how times are written. Those after it are read in
        threads, a few ahead; small files are read together.
        """
        reader = BlockReader(rules=rules)
        done = _shares(files)
        blocks = chain.from_iterable(map(self._blocks, files))
        with ThreadPoolExecutor(max_workers=_THREADS) as threads:
            waiting: deque[tuple[Future[list[Chunk]], float]] = deque()
            for lot in lots_of(blocks, size=self.block_bytes):
                share = done[lot[0].file]
                if reader.stamps is None:
                    yield from ((chunk, share) for chunk in reader.chunks(lot))
                    continue
                waiting.append((threads.submit(reader.chunks, lot), share))
                if len(waiting) > _AHEAD:
                    future, share = waiting.popleft()
                    yield from ((chunk, share) for chunk in future.result())
            for future, _ in waiting:
                yield from ((chunk, 1.0) for chunk in future.result())

    def symbols_of(self, file: Path) -> set[str]:
        """The symbols of a file: in its column of symbols, or its name."""
        first = next(self._blocks(file, _HEAD_BYTES))
        column = roles_of(first.names, str(file), self.mapping).get("symbol")
        if column is None:
            return {self.mapping.symbol_of(file)}
        return set[str]().union(*(symbols_in(block, column) for block in self._blocks(file)))

    def _blocks(self, file: Path, block_bytes: int | None = None) -> Iterator[Block]:
        return blocks_of(
            file,
            delimiter=self.mapping.delimiter,
            header=self.mapping.header,
            block_bytes=block_bytes or self.block_bytes,
        )


def _shares(files: Sequence[Path]) -> dict[Path, float]:
    """The share of all bytes that lies before each file."""
    sizes = [file.stat().st_size for file in files]
    total = sum(sizes) or 1
    return {
        file: before / total
        for file, before in zip(files, accumulate(sizes, initial=0), strict=False)
    }
