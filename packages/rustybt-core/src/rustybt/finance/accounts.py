"""Names of the accounts and commodities that the journal's postings use.

Accounts: ``assets:cash``, ``assets:position``, ``receivable:dividends``, ``income:dividends``,
``equity:capital``, ``expenses:`` and what was paid for, one ``trading:<asset>`` for each asset and
one ``exchange:<pair>`` for each pair of currencies, which take the other side of every exchange.

Commodities: a currency is its code; an asset is its global key, joined by colons.
"""

from typing import Final, Literal

from rustybt.assets import Asset

CASH: Final = "assets:cash"
POSITION: Final = "assets:position"
RECEIVABLE_DIVIDENDS: Final = "receivable:dividends"
DIVIDENDS: Final = "income:dividends"
CAPITAL: Final = "equity:capital"

CostKind = Literal[
    "commission", "slippage", "borrow", "financing", "conversion", "withholding", "funding"
]
COSTS: Final[tuple[CostKind, ...]] = (
    "commission",
    "slippage",
    "borrow",
    "financing",
    "conversion",
    "withholding",
    "funding",
)
"""What a book pays for beside prices; each has an account ``expenses:<kind>``. Interest and funding
that are earned are negative costs."""


def expense(kind: CostKind) -> str:
    """The account of a kind of cost."""
    return f"expenses:{kind}"


COMMISSION: Final = expense("commission")


def exchange_account(sold: str, bought: str) -> str:
    """The account that takes the other side of an exchange of currencies."""
    return f"exchange:{'/'.join(sorted((sold, bought)))}"


def commodity_of(asset: Asset) -> str:
    """The asset as a commodity: ``equity:NYSE:AAA:2019-01-02``, the same in every snapshot."""
    return ":".join(str(part) for part in asset.global_key)


def trading_account(commodity: str) -> str:
    """The account that takes the other side of trades in a commodity."""
    return f"trading:{commodity}"


def is_asset(commodity: str) -> bool:
    """Whether a commodity is an asset, counted at the amount scale, and not a currency."""
    return ":" in commodity
