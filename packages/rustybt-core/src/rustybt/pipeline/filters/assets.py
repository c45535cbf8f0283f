"""Filters that name assets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from rustybt.errors import InvalidArgument
from rustybt.pipeline.columns import SID, Columns
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.sentinels import NotSpecified

if TYPE_CHECKING:
    from rustybt.assets import Asset


class StaticSids(Filter):
    """The assets of some sids, in every session in which they are in the universe.

    Args:
        sids: The sids.

    Raises:
        InvalidArgument: One of them is no whole number.
    """

    inputs = ()
    window_length = 0

    def __new__(cls, sids: Iterable[int]) -> Self:
        """Make the term, or find the equal one that exists."""
        return cls.of(
            inputs=(),
            window_length=0,
            dtype=TRUTH,
            missing_value=False,
            params={"sids": tuple(sorted({_sid(cls.__name__, sid) for sid in sids}))},
        )

    def expressions(self, columns: Columns) -> pl.Expr:
        """Whether the asset is one of them."""
        del columns
        return pl.col(SID).is_in(list(self.params["sids"]))


class StaticAssets(StaticSids):
    """Some assets, in every session in which they are in the universe.

    Args:
        assets: The assets.

    Raises:
        InvalidArgument: One of them is no asset.
    """

    def __new__(cls, assets: "Iterable[Asset]") -> Self:
        """Make the term, or find the equal one that exists."""
        return super().__new__(cls, [_of_asset(cls.__name__, asset) for asset in assets])


class SingleAsset(StaticSids):
    """One asset, in every session in which it is in the universe.

    Args:
        asset: The asset.

    Raises:
        InvalidArgument: It is no asset.
    """

    def __new__(cls, asset: "Asset") -> Self:
        """Make the term, or find the equal one that exists."""
        return super().__new__(cls, [_of_asset(cls.__name__, asset)])


def _of_asset(term: str, asset: Any) -> int:  # noqa: ANN401 - anything may be given
    sid = getattr(asset, "sid", NotSpecified)
    if sid is NotSpecified:
        raise InvalidArgument(field=f"assets of {term}", value=asset, reason="give assets")
    return int(sid)


def _sid(term: str, sid: object) -> int:
    number = getattr(sid, "__index__", None)
    if number is None or isinstance(sid, bool):
        raise InvalidArgument(field=f"sids of {term}", value=sid, reason="give whole numbers")
    return int(number())
