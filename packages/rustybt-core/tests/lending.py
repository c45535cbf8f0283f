"""A borrow model that lends another number of units each day, for laws of whole runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from rustybt.assets import Asset
from rustybt.finance.borrow import BorrowModel

RECALL = "recall"


@dataclass(frozen=True)
class LentByDay(BorrowModel):
    """What is lent of an asset on a day, by a table that begins anew when it is over.

    Attributes:
        units: Units that can be short in all; None for any, "recall" for none and a recall.
        annual: The rate of every loan.
    """

    units: tuple[str | None, ...]
    annual: Decimal = Decimal("0.36")

    def rate(self, asset: Asset, session: date) -> Decimal:
        return self.annual

    def available(self, asset: Asset, session: date) -> Decimal | None:
        units = self._units(asset, session)
        return None if units is None else Decimal(0 if units == RECALL else units)

    def recalled(self, asset: Asset, session: date) -> bool:
        return self._units(asset, session) == RECALL

    def limit(self, asset: Asset, days: Iterable[date]) -> Decimal | None:
        """What can be short in the session that ends some days."""
        *_, today = days = list(days)
        recalled = any(self.recalled(asset, day) for day in days)
        return Decimal(0) if recalled else self.available(asset, today)

    def _units(self, asset: Asset, session: date) -> str | None:
        return self.units[(session.toordinal() + asset.sid) % len(self.units)]


lendings = st.builds(
    LentByDay,
    st.lists(
        st.sampled_from((None, None, "0", "7.5", "40", "150", RECALL)), min_size=1, max_size=7
    ).map(tuple),
)
"""Models that recall now and then."""
