"""The append-only journal of balanced postings, and the state that replaying it gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from rustybt.errors import UnbalancedPosting
from rustybt.finance.accounts import CASH, POSITION, RECEIVABLE_DIVIDENDS, is_asset
from rustybt.values import Arithmetic, Num
from rustybt.values.arithmetic import MONEY_SCALE
from rustybt.values.columns import Columns

FLOAT_TOLERANCE = 1e-9
"""How far a float entry may be out of balance, relative to its largest posting."""

Leg = tuple[str, str, Num]
"""Account, commodity and signed amount of one side of an entry."""


class Posting(NamedTuple):
    """One side of an entry.

    Attributes:
        entry: Number of the entry, from 0.
        at: Time, nanoseconds UTC.
        account: Where it is booked.
        commodity: What moves: a currency's code or an asset's key.
        amount: How much: money for a currency, an amount for an asset.
        strategy: Whose doing it was.
        cause: What made it, such as ``fill:<order>#<execution>``.
    """

    entry: int
    at: int
    account: str
    commodity: str
    amount: Num
    strategy: str
    cause: str


_Entry = tuple[int, str, str, tuple[Leg, ...]]
"""Time, strategy, cause and legs."""


_make_posting: Final = partial(tuple.__new__, Posting)
"""A `Posting` of a tuple of its fields, three times faster than its constructor."""


def _postings(number: int, entry: _Entry) -> tuple[Posting, ...]:
    at, strategy, cause, legs = entry
    return tuple([_make_posting((number, at, *leg, strategy, cause)) for leg in legs])


class Journal:
    """Double entry: what is appended sums to zero per commodity, and nothing ever changes.

    Entries are kept as plain tuples, which the garbage collector leaves alone however long a run
    is; postings are made when they are asked for.

    Args:
        arithmetic: The policy that the amounts belong to.
    """

    __slots__ = ("_arithmetic", "_entries")

    def __init__(self, arithmetic: Arithmetic) -> None:
        self._arithmetic = arithmetic
        self._entries: list[_Entry] = []

    def append(
        self, *, at: int, strategy: str, cause: str, legs: Iterable[Leg]
    ) -> tuple[Posting, ...]:
        """Add one entry and return its postings.

        Raises:
            UnbalancedPosting: The legs don't sum to zero for some commodity.
        """
        entry = (at, strategy, cause, tuple(legs))
        number = len(self._entries)
        self._check_balance(number, entry[3])
        self._entries.append(entry)
        return _postings(number, entry)

    def _check_balance(self, number: int, legs: tuple[Leg, ...]) -> None:
        sums: dict[str, Num] = {}
        for _, commodity, amount in legs:
            sums[commodity] = sums.get(commodity, 0) + amount
        for commodity, difference in sums.items():
            if difference and not self._tolerates(difference, commodity, legs):
                raise UnbalancedPosting(entry=number, commodity=commodity, difference=difference)

    def _tolerates(self, difference: Num, commodity: str, legs: tuple[Leg, ...]) -> bool:
        if self._arithmetic.exact:
            return False
        largest = max(abs(amount) for _, moved, amount in legs if moved == commodity)
        return abs(difference) <= FLOAT_TOLERANCE * largest

    def __iter__(self) -> Iterator[Posting]:
        for number, entry in enumerate(self._entries):
            yield from _postings(number, entry)

    def __len__(self) -> int:
        """How many entries were appended."""
        return len(self._entries)

    def frame(self) -> pl.DataFrame:
        """All postings, a row each.

        Amounts are ``Decimal(38, 16)``, or floats under the float policy; ``at`` is in UTC.
        """
        entries = self._entries
        legs = [leg for entry in entries for leg in entry[3]]
        numbers = np.repeat(np.arange(len(entries)), [len(entry[3]) for entry in entries])
        times = pl.Series([entry[0] for entry in entries], dtype=pl.Int64)
        return pl.DataFrame(
            {
                "entry": pl.Series(numbers, dtype=pl.Int64),
                "at": times.cast(pl.Datetime("ns", "UTC"))[numbers],
                "account": pl.Series([leg[0] for leg in legs], dtype=pl.String),
                "commodity": pl.Series([leg[1] for leg in legs], dtype=pl.String),
                "amount": self._amounts(legs),
                "strategy": pl.Series([entry[1] for entry in entries], dtype=pl.String)[numbers],
                "cause": pl.Series([entry[2] for entry in entries], dtype=pl.String)[numbers],
            }
        )

    def _amounts(self, legs: list[Leg]) -> pl.Series:
        arithmetic = self._arithmetic
        unit = 10 ** (MONEY_SCALE - arithmetic.amount_scale) if arithmetic.exact else 1
        numbers = [
            amount * unit if is_asset(commodity) else amount for _, commodity, amount in legs
        ]
        return Columns(arithmetic).money("amount", numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookState:
    """What a book holds, by commodity; nothing is listed that is zero.

    Attributes:
        cash: Money by currency.
        positions: Amounts by asset.
        receivables: Money owed to the book (negative: by the book) by currency.
    """

    cash: dict[str, Num]
    positions: dict[str, Num]
    receivables: dict[str, Num]


def replay(postings: Iterable[Posting]) -> BookState:
    """The state of the book that the postings lead to: of a whole journal, or of its beginning."""
    balances: dict[str, dict[str, Num]] = {CASH: {}, POSITION: {}, RECEIVABLE_DIVIDENDS: {}}
    for posting in postings:
        account = balances.get(posting.account)
        if account is not None:
            account[posting.commodity] = account.get(posting.commodity, 0) + posting.amount
    return BookState(
        cash=_held(balances[CASH]),
        positions=_held(balances[POSITION]),
        receivables=_held(balances[RECEIVABLE_DIVIDENDS]),
    )


def _held(balances: dict[str, Num]) -> dict[str, Num]:
    return {commodity: amount for commodity, amount in balances.items() if amount}
