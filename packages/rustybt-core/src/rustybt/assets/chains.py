"""Chains of futures: the contracts of a root symbol, in order."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from rustybt.assets.asset import Future
from rustybt.assets.continuous import (
    PRICE_ADJUSTMENTS,
    ROLL_STYLES,
    ContinuousFuture,
    PriceAdjustment,
    RollStyle,
    continuous_sid,
)
from rustybt.errors import InvalidArgument, RootSymbolNotFound

_OFFSETS: Final = range(1 << 16)
_QUARTERS: Final = "HMUZ"

DELIVERY_MONTHS: Final = {
    **dict.fromkeys(("AD", "BP", "CD", "EL", "JY", "ME", "PA"), _QUARTERS),
    **dict.fromkeys(("GC", "XG"), "GJMQVZ"),
    **dict.fromkeys(("SV", "YS"), "HKNUZ"),
    "PL": "FJNV",
}
"""Months of delivery (F is January, Z December) that continuous futures of a root hold.

Contracts of its other months are listed, but trade little. Roots and months are Zipline's.
"""

_Arguments = tuple[str, int, RollStyle, PriceAdjustment | None]


class FutureChains:
    """All futures of a snapshot by root symbol.

    Args:
        futures: Every contract, in any order.
    """

    __slots__ = ("_chains", "_continuous", "_numbers")

    def __init__(self, futures: Iterable[Future]) -> None:
        chains: dict[str, list[Future]] = defaultdict(list)
        for future in futures:
            chains[future.root_symbol].append(future)
        self._chains = {root: tuple(sorted(chains[root], key=_order)) for root in sorted(chains)}
        self._numbers = {root: number for number, root in enumerate(self._chains)}
        self._continuous: dict[_Arguments, ContinuousFuture] = {}

    def contracts(self, root_symbol: str) -> tuple[Future, ...]:
        """Contracts of a chain in the order in which they end.

        Raises:
            RootSymbolNotFound: There is no such chain.
        """
        try:
            return self._chains[root_symbol]
        except KeyError:
            raise RootSymbolNotFound(symbol=root_symbol) from None

    def held(self, root_symbol: str) -> tuple[Future, ...]:
        """The contracts that continuous futures of a chain go through, in order.

        Left out are those of months that are hardly traded (`DELIVERY_MONTHS`), and those that
        begin on the day they are to be left, or later.

        Raises:
            RootSymbolNotFound: There is no such chain.
        """
        every = self.contracts(root_symbol)
        months = DELIVERY_MONTHS.get(root_symbol)
        found = tuple(
            future
            for future in every
            if (months is None or _month(future) in months)
            and (future.start_date is None or future.start_date < front_until(future))
        )
        return found or every

    def continuous(
        self,
        root_symbol: str,
        offset: int,
        roll_style: RollStyle,
        adjustment: PriceAdjustment | None,
    ) -> ContinuousFuture:
        """The continuous future of a chain; equal arguments give the same object.

        Raises:
            RootSymbolNotFound: There is no such chain.
            InvalidArgument: An argument is none of its allowed values.
        """
        _check("offset", offset, _OFFSETS)
        _check("roll_style", roll_style, ROLL_STYLES)
        _check("adjustment", adjustment, PRICE_ADJUSTMENTS)
        key = (root_symbol, offset, roll_style, adjustment)
        found = self._continuous.get(key)
        if found is None:
            found = self._continuous[key] = self._made(*key)
        return found

    def _made(
        self,
        root_symbol: str,
        offset: int,
        roll_style: RollStyle,
        adjustment: PriceAdjustment | None,
    ) -> ContinuousFuture:
        contracts = self.held(root_symbol)
        starts = [contract.start_date for contract in contracts]
        ends = [contract.end_date for contract in contracts]
        return ContinuousFuture(
            sid=continuous_sid(self._numbers[root_symbol], offset, roll_style, adjustment),
            root_symbol=root_symbol,
            offset=offset,
            roll_style=roll_style,
            adjustment=adjustment,
            exchange_info=contracts[0].exchange_info,
            start_date=None if None in starts else min(filter(None, starts)),
            end_date=None if None in ends else max(filter(None, ends)),
        )


def front_until(future: Future) -> date:
    """The first day on which a contract is at the front of its chain no more.

    It is the day of the automatic close (where there is none, of expiration), or the day after
    the last session where that is earlier.
    """
    days = [future.auto_close_date or future.expiration_date]
    if future.end_date is not None:
        days.append(future.end_date + timedelta(days=1))
    return min(filter(None, days), default=date.max)


def _order(future: Future) -> tuple[date, int]:
    return front_until(future), future.sid


def _month(future: Future) -> str:
    """The letter of the month of delivery, which follows the root in a symbol."""
    return future.symbol.removeprefix(future.root_symbol)[:1]


def _check(field: str, value: object, allowed: range | tuple[object, ...]) -> None:
    if value not in allowed or isinstance(value, float):
        raise InvalidArgument(field=field, value=value, reason=f"give one of {allowed}")
