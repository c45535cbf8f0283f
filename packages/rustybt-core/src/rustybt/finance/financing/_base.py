"""The protocol of financing models, and several of them as one."""

from __future__ import annotations

from datetime import date
from decimal import localcontext
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance._accrual import ZERO
from rustybt.values import KERNEL_CONTEXT, like

if TYPE_CHECKING:
    from rustybt.finance._cost_model import Figure


@runtime_checkable
class FinancingModel(Protocol):
    """What a night costs or earns beside the change of prices.

    A class that names this one as its base is asked about nothing that it does not define: both
    methods give zero here.
    """

    def interest(self, cash: Figure, currency: str, *, since: date, until: date) -> Figure:
        """Interest on a balance of cash.

        Args:
            cash: The balance: below zero it is owed. What of it earns interest (proceeds of
                shorts need not) is the caller's to say.
            currency: Its currency.
            since: Session before the nights.
            until: Session after them.

        Returns:
            Money in that currency: earned above zero, owed below; a Decimal or a float, as
            `cash` is.
        """
        return like(ZERO, cash)

    def swap(self, asset: Asset, amount: Figure, *, since: date, until: date) -> Figure:
        """What it brings to roll a position over nights.

        Args:
            asset: What is held.
            amount: Signed amount: negative is short.
            since: Session before the nights.
            until: Session after them.

        Returns:
            Money in the asset's currency: earned above zero, owed below; a Decimal or a float,
            as `amount` is.
        """
        return like(ZERO, amount)


class Financing(FinancingModel):
    """What several models say, added up: one for cash, one for currency pairs.

    Args:
        models: The models.

    Raises:
        InvalidArgument: One is no financing model.
    """

    def __init__(self, *models: FinancingModel) -> None:
        for model in models:
            if not isinstance(model, FinancingModel):
                raise InvalidArgument(
                    field="models", value=model, reason="give models with interest and swap"
                )
        self.models = models

    def interest(self, cash: Figure, currency: str, *, since: date, until: date) -> Figure:
        parts = [each.interest(cash, currency, since=since, until=until) for each in self.models]
        return _sum(parts, cash)

    def swap(self, asset: Asset, amount: Figure, *, since: date, until: date) -> Figure:
        parts = [each.swap(asset, amount, since=since, until=until) for each in self.models]
        return _sum(parts, amount)

    def __repr__(self) -> str:
        return f"Financing({', '.join(map(repr, self.models))})"


def _sum(parts: list[Figure], sample: Figure) -> Figure:
    with localcontext(KERNEL_CONTEXT):
        return sum(parts, like(ZERO, sample))
