"""Side-by-side columns of history, built once and cut for every window."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rustybt.assets import Asset
from rustybt.data.adjusted import AdjustedColumn
from rustybt.data.cursor import Cursor
from rustybt.data.history import Piece

BlockT = TypeVar("BlockT")


class AssetGroup:
    """Assets that are asked for together; a group equals only itself, so it hashes at once.

    Args:
        assets: In the order of their columns.
    """

    __slots__ = ("assets",)

    def __init__(self, assets: tuple[Asset, ...]) -> None:
        self.assets = assets


Build = Callable[[Piece, Sequence[AdjustedColumn], tuple[Asset, ...], tuple[str, ...]], BlockT]
"""``(piece, columns, assets, fields) -> block`` of the rows from ``piece.first`` on; the columns
run over the fields of each asset in turn."""


class _Kept(NamedTuple, Generic[BlockT]):
    """A block, and what it was made from."""

    piece: Piece
    epoch: int
    columns: list[AdjustedColumn]
    block: BlockT


class BlockCache(Generic[BlockT]):
    """Blocks by what was asked for, rebuilt when the chunk or an adjustment changes.

    Args:
        cursor: Where the run is.
        build: Makes a block.
    """

    def __init__(self, cursor: Cursor, build: Build[BlockT]) -> None:
        self._cursor = cursor
        self._build = build
        self._kept: dict[object, _Kept[BlockT]] = {}

    def cut(self, piece: Piece, group: AssetGroup, fields: tuple[str, ...]) -> tuple[BlockT, int]:
        """A block with a column per asset and field, and the piece's first row in it."""
        key = (piece.columns, group, fields)
        kept = self._kept.get(key)
        if (
            kept is None
            or kept.epoch != self._cursor.epoch
            or kept.piece.chunk is not piece.chunk
            or kept.piece.first > piece.first
        ):
            kept = self._kept[key] = self._renewed(kept, piece, group.assets, fields)
        return kept.block, piece.first - kept.piece.first

    def clear(self) -> None:
        """Forget all blocks: the chunk they were cut from is gone."""
        self._kept.clear()

    def _renewed(
        self,
        kept: _Kept[BlockT] | None,
        piece: Piece,
        assets: tuple[Asset, ...],
        fields: tuple[str, ...],
    ) -> _Kept[BlockT]:
        columns = [
            piece.columns.column(piece.chunk, asset.sid, field, piece.first)
            for asset in assets
            for field in fields
        ]
        if (
            kept is not None
            and kept.piece.first <= piece.first
            and all(old is new for old, new in zip(kept.columns, columns, strict=True))
        ):
            return kept._replace(epoch=self._cursor.epoch)
        block = self._build(piece, columns, assets, fields)
        return _Kept(piece, self._cursor.epoch, columns, block)
