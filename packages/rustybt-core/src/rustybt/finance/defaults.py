"""The costs of an asset class for which a strategy names no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rustybt.errors import InvalidArgument
from rustybt.finance._future_tables import DEFAULT_COST_PER_CONTRACT, EXCHANGE_FEE_BY_ROOT_SYMBOL
from rustybt.finance.commission import (
    CommissionModel,
    MakerTaker,
    NoCommission,
    PerContract,
    PerShare,
)
from rustybt.finance.slippage import (
    BidAskSpread,
    FixedBasisPointsSlippage,
    SlippageModel,
    VolatilityVolumeShare,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

_FUTURE_VOLUME_LIMIT = "0.05"

_SLIPPAGE: dict[str, Callable[[bool], SlippageModel]] = {
    "crypto": lambda _: FixedBasisPointsSlippage(),
    "equity": lambda _: FixedBasisPointsSlippage(),
    "forex": lambda _: BidAskSpread(),
    "future": lambda zipline: VolatilityVolumeShare(_FUTURE_VOLUME_LIMIT, per_order=zipline),
}

_COMMISSION: dict[str, Callable[[], CommissionModel]] = {
    "crypto": MakerTaker,
    "equity": PerShare,
    "forex": NoCommission,
    "future": lambda: PerContract(DEFAULT_COST_PER_CONTRACT, EXCHANGE_FEE_BY_ROOT_SYMBOL),
}


def default_slippage(asset_class: str, *, zipline: bool = False) -> SlippageModel:
    """A new slippage model for an asset class.

    Args:
        asset_class: equity, future, crypto or forex.
        zipline: Give each order of a future the whole volume limit, as zipline 3.2.1 does.

    Raises:
        InvalidArgument: There is no such asset class.
    """
    return _pick(_SLIPPAGE, asset_class)(zipline)


def default_commission(asset_class: str) -> CommissionModel:
    """A new commission model for an asset class: equity, future, crypto or forex.

    Raises:
        InvalidArgument: There is no such asset class.
    """
    return _pick(_COMMISSION, asset_class)()


def _pick(models: dict[str, _T], asset_class: str) -> _T:
    if asset_class not in models:
        known = ", ".join(models)
        raise InvalidArgument(field="asset_class", value=asset_class, reason=f"give one of {known}")
    return models[asset_class]
