"""Corporate actions as columns: those whose factors can be computed all at once."""

from typing import NamedTuple, Self

import numpy as np

from rustybt.data.actions import CashDividend, Split, StockDividend, theory
from rustybt.data.actions.effects import HistoryAction
from rustybt.data.adjustments import Adjustments
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import IntArray
from rustybt.pipeline.loaders.base import FloatArray


class Splits(NamedTuple):
    """Splits and stock dividends.

    Attributes:
        sids: The assets.
        days: First sessions on the new scale, in days since 1970-01-01.
        prices: Factors on older prices; those on volumes are their inverses.
    """

    sids: IntArray
    days: IntArray
    prices: FloatArray


class Dividends(NamedTuple):
    """Cash dividends in the currencies of their assets.

    Attributes:
        sids: The assets.
        days: Their ex days.
        amounts: Money per share.
    """

    sids: IntArray
    days: IntArray
    amounts: FloatArray


class ActionTable(NamedTuple):
    """The corporate actions of a bundle that change what older prices mean.

    Attributes:
        adjustments: What it was made of.
        splits: Splits and stock dividends.
        dividends: Cash dividends in the currencies of their assets.
        foreign: The ids of the other cash dividends.
        others: The assets that have actions of which each is looked at by itself.
        keys: Asset and day of every action as one number each, ascending (`key_of`).
    """

    adjustments: Adjustments
    splits: Splits
    dividends: Dividends
    foreign: frozenset[int]
    others: frozenset[int]
    keys: IntArray

    @classmethod
    def of(cls, bundle: BundleData, *, one_currency: bool) -> Self:
        """The actions of a bundle.

        Args:
            bundle: The bundle.
            one_currency: Whether money that is paid on an asset is never exchanged.
        """
        adjustments = bundle.adjustments
        cash = adjustments.dividends()
        foreign = frozenset() if one_currency else _foreign(bundle, cash)
        plain = [dividend for dividend in cash if id(dividend) not in foreign]
        rest = [
            *(dividend.sid for dividend in cash if id(dividend) in foreign),
            *(action.sid for action in adjustments.rights()),
            *(action.sid for action in adjustments.spin_offs()),
        ]
        actions: list[HistoryAction] = [*adjustments.rights(), *adjustments.spin_offs(), *cash]
        splits = _splits(adjustments)
        keys = [key_of(splits.sids, splits.days), _keys(actions)]
        return cls(
            adjustments=adjustments,
            splits=splits,
            dividends=Dividends(
                _integers([dividend.sid for dividend in plain]),
                _integers([dividend.ex for dividend in plain]),
                np.array([float(dividend.amount) for dividend in plain], np.float64),
            ),
            foreign=foreign,
            others=frozenset(rest),
            keys=np.sort(np.concatenate(keys)),
        )


def _foreign(bundle: BundleData, dividends: tuple[CashDividend, ...]) -> frozenset[int]:
    """The ids of those paid in another currency than that of their asset."""
    named = [dividend for dividend in dividends if dividend.currency is not None]
    sids = sorted({dividend.sid for dividend in named})
    assets = bundle.finder.retrieve_all(sids, default_none=True)
    own = {
        sid: None if asset is None else asset.currency
        for sid, asset in zip(sids, assets, strict=True)
    }
    return frozenset(
        id(dividend) for dividend in named if own[dividend.sid] not in {None, dividend.currency}
    )


def key_of(sids: IntArray, days: IntArray) -> IntArray:
    """Assets and days as one number each: in order of asset, then day."""
    return (sids << 32) + days


def _keys(actions: list[HistoryAction]) -> IntArray:
    from rustybt.data.actions.effects import day_of

    sids = _integers([action.sid for action in actions])
    return key_of(sids, _integers([day_of(action) for action in actions]))


def _splits(adjustments: Adjustments) -> Splits:
    actions: list[Split | StockDividend] = [*adjustments.splits(), *adjustments.stock_dividends()]
    return Splits(
        _integers([action.sid for action in actions]),
        _integers([a.effective if isinstance(a, Split) else a.ex for a in actions]),
        np.array([_price_factor(action) for action in actions], np.float64),
    )


def _price_factor(action: Split | StockDividend) -> float:
    if isinstance(action, Split):
        return float(action.ratio.as_fraction())
    return float(theory.stock_dividend_factor(action.ratio).as_fraction())


def _integers(values: list[int]) -> IntArray:
    return np.array(values, np.int64)
