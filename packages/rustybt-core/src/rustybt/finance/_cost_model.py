"""What slippage and commission models have in common, and what they may ask of the engine."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from rustybt.assets import Asset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

Figure: TypeAlias = Any
"""A `Value` inside a formula: all Decimals or all floats, which a type cannot say."""


class Market(Protocol):
    """The part of `BarData` that a cost model uses."""

    @property
    def current_session(self) -> date:
        """Label of the running session."""

    def current(self, assets: Asset, fields: str) -> Figure:
        """One field of the current bar, None where there is none."""

    def history(
        self, assets: Asset, fields: str, bar_count: int, frequency: str
    ) -> Iterable[Figure]:
        """The last `bar_count` values of a field, the current one included."""


class WorkingOrder(Protocol):
    """The part of an order that a cost model uses, as it is before the fill."""

    @property
    def asset(self) -> Asset:
        """What is ordered."""

    @property
    def amount(self) -> Figure:
        """Signed amount ordered."""

    @property
    def filled(self) -> Figure:
        """Signed amount filled so far."""

    @property
    def open_amount(self) -> Figure:
        """Signed amount still open."""

    @property
    def direction(self) -> int:
        """1 for a buy, -1 for a sell."""

    @property
    def commission(self) -> Figure:
        """Commission charged so far."""

    @property
    def limit(self) -> Figure | None:
        """Limit price."""

    @property
    def takes_liquidity(self) -> bool:
        """Whether the fill trades with orders that are there (a taker) or was waited for (a maker).

        An order without a limit price takes. So does one that fills at once: an IOC or FOK order;
        one whose limit was reached by the price that it met as it arrived, or as its stop was
        reached, for what fills in the first bar that may fill it. All else has rested.
        """


class Execution(Protocol):
    """The part of a fill that a commission model uses."""

    @property
    def amount(self) -> Figure:
        """Signed amount of the fill."""

    @property
    def price(self) -> Figure:
        """Price of the fill."""

    @property
    def dt(self) -> datetime:
        """Time of the fill."""

    @property
    def order_id(self) -> str | None:
        """The order, by which a model can add up its fills."""


class CostModel(ABC):  # noqa: B024 - its two branches add the method
    """Base of slippage and commission models.

    Attributes:
        exact: Which numbers the engine shows the model: its own exact ones, or those that the
            strategy sees (floats in the pandas view). The models of RustyBT compute with either
            and are exact; a class of a user is not, unless it says so in its head:
            ``class Mine(SlippageModel, exact=True)``.
        allowed_asset_types: The kinds of asset that the model can price.
    """

    exact: ClassVar[bool] = False
    allowed_asset_types: ClassVar[tuple[type[Asset], ...]] = (Asset,)

    def __init_subclass__(cls, *, exact: bool = False) -> None:
        super().__init_subclass__()
        cls.exact = exact
        if "allowed_asset_types" not in vars(cls):
            cls.allowed_asset_types = _union_of(cls.__bases__) or cls.allowed_asset_types

    def reset(self) -> None:  # noqa: B027 - most models keep nothing
        """Forget what an earlier run left; the engine calls it before each run."""


def _union_of(bases: tuple[type, ...]) -> tuple[type[Asset], ...]:
    """What bases that narrow the kinds of asset allow together: both, for a model of both."""
    narrow = (
        base.allowed_asset_types
        for base in bases
        if issubclass(base, CostModel) and base.allowed_asset_types != (Asset,)
    )
    return tuple(dict.fromkeys(kind for kinds in narrow for kind in kinds))
