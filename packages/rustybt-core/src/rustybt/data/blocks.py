"""Side-by-side columns of history, built once and cut for every window."""

from collections import Counter
from typing import Generic, NamedTuple, Protocol, TypeVar

from rustybt.assets import ContinuousFuture, Instrument
from rustybt.data.coefficients import IntArray
from rustybt.data.cursor import Cursor
from rustybt.data.history import Piece

BlockT = TypeVar("BlockT")


class AssetGroup:
    """Assets that are asked for together; a group equals only itself, so it hashes at once.

    Args:
        assets: In the order of their columns.

    Attributes:
        assets: In the order of their columns.
        names: Their symbols; assets that share one are told apart by their sids.
        has_chains: Whether one of them is a continuous future.
    """

    __slots__ = ("assets", "has_chains", "names")

    def __init__(self, assets: tuple[Instrument, ...]) -> None:
        self.assets = assets
        self.has_chains = any(isinstance(asset, ContinuousFuture) for asset in assets)
        shared = Counter(asset.symbol for asset in assets)
        self.names = [
            asset.symbol if shared[asset.symbol] == 1 else f"{asset.symbol}#{asset.sid}"
            for asset in assets
        ]


class Wanted(NamedTuple):
    """Which columns a block has: the fields of each asset in turn.

    Attributes:
        group: The assets.
        fields: The fields.
    """

    group: AssetGroup
    fields: tuple[str, ...]

    def values(self, piece: Piece, sid: int, field: str) -> IntArray:
        """Coefficients of one column, from the piece's first row to the end of the chunk."""
        column = piece.columns.column(piece.chunk, sid, field, piece.first)
        return column.values[piece.first - column.first :]


class BlockMaker(Protocol[BlockT]):
    """Makes blocks of one kind."""

    def build(self, piece: Piece, wanted: Wanted) -> BlockT:
        """The columns from the piece's first row to the end of its chunk."""

    def update(
        self, block: BlockT, skip: int, piece: Piece, wanted: Wanted, changed: frozenset[int]
    ) -> BlockT:
        """A block without its first `skip` rows, with new columns of the assets in `changed`."""


class _Kept(NamedTuple, Generic[BlockT]):
    """A block, and what it was made from."""

    piece: Piece
    epoch: int
    block: BlockT


class BlockCache(Generic[BlockT]):
    """Blocks by what was asked for, renewed when the chunk or an adjustment changes.

    Args:
        cursor: Where the run is.
        maker: Makes the blocks.
    """

    def __init__(self, cursor: Cursor, maker: BlockMaker[BlockT]) -> None:
        self._cursor = cursor
        self._maker = maker
        self._kept: dict[tuple[object, AssetGroup, tuple[str, ...]], _Kept[BlockT]] = {}
        cursor.on_new_chunk(self._kept.clear)

    def cut(self, piece: Piece, wanted: Wanted) -> tuple[BlockT, int]:
        """A block with the wanted columns, and the chunk's row that is its first."""
        key = (piece.columns, *wanted)
        kept = self._kept.get(key)
        if (
            kept is None
            or kept.epoch != self._cursor.epoch
            or kept.piece.chunk is not piece.chunk
            or kept.piece.first > piece.first
        ):
            kept = self._kept[key] = self._renewed(kept, piece, wanted)
        return kept.block, kept.piece.first

    def _renewed(self, kept: _Kept[BlockT] | None, piece: Piece, wanted: Wanted) -> _Kept[BlockT]:
        epoch = self._cursor.epoch
        if kept is None or kept.piece.chunk is not piece.chunk or kept.piece.first > piece.first:
            return _Kept(piece, epoch, self._maker.build(piece, wanted))
        sids = {asset.sid for asset in wanted.group.assets}
        changed = self._cursor.changed_since(kept.epoch) & sids
        if not changed:
            return kept._replace(epoch=epoch)
        skip = piece.first - kept.piece.first
        block = self._maker.update(kept.block, skip, piece, wanted, changed)
        return _Kept(piece, epoch, block)
