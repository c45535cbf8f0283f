"""Chains of futures: the contracts of a root symbol, in order."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

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


class FutureChains:
    """All futures of a snapshot by root symbol.

    Args:
        futures: Every contract, in any order.
    """

    __slots__ = ("_chains",)

    def __init__(self, futures: Iterable[Future]) -> None:
        chains: dict[str, list[Future]] = defaultdict(list)
        for future in futures:
            chains[future.root_symbol].append(future)
        self._chains = {root: tuple(sorted(chains[root], key=_order)) for root in sorted(chains)}

    def contracts(self, root_symbol: str) -> tuple[Future, ...]:
        """Contracts of a chain in the order in which they end.

        Raises:
            RootSymbolNotFound: There is no such chain.
        """
        try:
            return self._chains[root_symbol]
        except KeyError:
            raise RootSymbolNotFound(symbol=root_symbol) from None

    def continuous(
        self,
        root_symbol: str,
        offset: int,
        roll_style: RollStyle,
        adjustment: PriceAdjustment | None,
    ) -> ContinuousFuture:
        """The continuous future of a chain.

        Raises:
            RootSymbolNotFound: There is no such chain.
            InvalidArgument: An argument is none of its allowed values.
        """
        contracts = self.contracts(root_symbol)
        _check("offset", offset, range(1 << 16))
        _check("roll_style", roll_style, ROLL_STYLES)
        _check("adjustment", adjustment, PRICE_ADJUSTMENTS)
        starts = [contract.start_date for contract in contracts]
        ends = [contract.end_date for contract in contracts]
        chain = list(self._chains).index(root_symbol)
        return ContinuousFuture(
            sid=continuous_sid(chain, offset, roll_style, adjustment),
            root_symbol=root_symbol,
            offset=offset,
            roll_style=roll_style,
            adjustment=adjustment,
            exchange_info=contracts[0].exchange_info,
            start_date=None if None in starts else min(filter(None, starts)),
            end_date=None if None in ends else max(filter(None, ends)),
        )


def _order(future: Future) -> tuple[date, int]:
    end = future.auto_close_date or future.expiration_date or future.end_date or date.max
    return end, future.sid


def _check(field: str, value: object, allowed: Iterable[object]) -> None:
    options = allowed if isinstance(allowed, range) else tuple(allowed)
    if value not in options:
        raise InvalidArgument(field=field, value=value, reason=f"give one of {options}")
