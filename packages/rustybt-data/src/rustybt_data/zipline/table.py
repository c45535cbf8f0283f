"""A bcolz table: columns of one length."""

from collections.abc import Sequence
from pathlib import Path

from rustybt.errors import CorruptData
from rustybt_data.zipline.column import ChunkCache, Column, read_json


class Table:
    """Some columns of a table on disk.

    Args:
        folder: Its folder: one with ``__rootdirs__`` and a folder per column.
        names: The columns that are needed.
        cache: Where decoded chunks are kept.

    Raises:
        CorruptData: The folder holds no such table, or its columns differ in length.
    """

    def __init__(self, folder: Path, names: Sequence[str], cache: ChunkCache) -> None:
        self.folder = folder
        described = read_json(folder / "__rootdirs__").get("names")
        held = described if isinstance(described, list) else []
        for name in names:
            if name not in held:
                path = folder / "__rootdirs__"
                raise CorruptData(path=str(path), reason=f"it names no column {name}")
        self.columns = {name: Column(folder / name, cache) for name in names}
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name} {rows}" for name, rows in lengths.items())
            reason = f"its columns differ in length: {said}"
            raise CorruptData(path=str(folder), reason=reason)
        self._rows = next(iter(lengths.values()), 0)

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]
