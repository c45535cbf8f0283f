"""When the proceeds of a sale can be used: settlement some sessions after the trade."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from rustybt.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rustybt.assets import Asset
    from rustybt.values import Arithmetic, Num

SettlementDays: TypeAlias = "int | Mapping[str, int]"
"""Sessions from trade to settlement: of equities, or by asset class."""

STANDARD_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"equity": 1, "future": 0, "crypto": 0, "forex": 2}
)
"""US shares settle on the next session since 28 May 2024 (SEC Rule 15c6-1), currencies on the
second, coins change hands at once. Futures and perpetual swaps have nothing to settle: their
profit is paid every session, whatever is said here."""


def settlement_days_of(given: SettlementDays) -> Mapping[str, int]:
    """Sessions to settlement by asset class.

    Raises:
        InvalidArgument: A number is below zero or no whole number, or there is no such class.
    """
    days = given if isinstance(given, Mapping) else {"equity": given}
    for name, count in days.items():
        if name not in STANDARD_DAYS:
            known = ", ".join(STANDARD_DAYS)
            raise InvalidArgument(
                field="settlement_days", value=name, reason=f"give classes out of {known}"
            )
        if type(count) is not int or count < 0:
            raise InvalidArgument(
                field=f"settlement_days of {name}", value=count, reason="give 0 or more sessions"
            )
    return MappingProxyType({**STANDARD_DAYS, **days})


class SettlementBook:
    """Proceeds of sales that are still to settle.

    Money of a sale in session s settles as session s + n begins, n sessions later; with n = 0 at
    once.

    Args:
        arithmetic: The policy of all money.
        days: Sessions to settlement by asset class.

    Attributes:
        session: Index of the running session.
    """

    def __init__(self, arithmetic: Arithmetic, days: Mapping[str, int]) -> None:
        self._zero = arithmetic.zero
        self._days = days
        self._due: dict[int, dict[str, Num]] = {}
        self.session = 0

    def settles_at_once(self, asset: Asset) -> bool:
        """Whether money of a sale can be used with the fill."""
        return asset.settles_daily or not self._days.get(asset.asset_class, 0)

    def sold(self, asset_class: str, proceeds: Num, currency: str) -> None:
        """A sale brought money.

        Args:
            asset_class: Of what was sold.
            proceeds: The money; none where it is zero or less.
            currency: Its currency.
        """
        days = self._days.get(asset_class, 0)
        if not days or proceeds <= 0:
            return
        due = self._due.setdefault(self.session + days, {})
        due[currency] = due.get(currency, self._zero) + proceeds

    def start_session(self, session: int) -> None:
        """A session begins: what was due up to it has settled."""
        self.session = session
        for due in [due for due in self._due if due <= session]:
            del self._due[due]

    def unsettled(self, worth: Callable[[Num, str], Num]) -> Num:
        """All money that is still to settle.

        Args:
            worth: Money of a currency in that of the account.
        """
        return sum((money for _, money in self.schedule(worth)), self._zero)

    def schedule(self, worth: Callable[[Num, str], Num]) -> Iterator[tuple[int, Num]]:
        """Pairs of session and money that settles as it begins, the next one first."""
        for session in sorted(self._due):
            due = self._due[session].items()
            yield session, sum((worth(money, currency) for currency, money in due), self._zero)
