"""Names of the accounts and commodities that the journal's postings use.

Accounts: ``assets:cash``, ``assets:position``, ``receivable:dividends``, ``expenses:commission``,
``income:dividends``, ``equity:capital`` and one ``trading:<asset>`` for each asset, which takes
the other side of every exchange of money for an asset.

Commodities: a currency is its code; an asset is its global key, joined by colons.
"""

from rustybt.assets import Asset

CASH = "assets:cash"
POSITION = "assets:position"
RECEIVABLE_DIVIDENDS = "receivable:dividends"
COMMISSION = "expenses:commission"
DIVIDENDS = "income:dividends"
CAPITAL = "equity:capital"


def commodity_of(asset: Asset) -> str:
    """The asset as a commodity: ``equity:NYSE:AAA:2019-01-02``, the same in every snapshot."""
    return ":".join(str(part) for part in asset.global_key)


def trading_account(commodity: str) -> str:
    """The account that takes the other side of trades in a commodity."""
    return f"trading:{commodity}"


def is_asset(commodity: str) -> bool:
    """Whether a commodity is an asset, counted at the amount scale, and not a currency."""
    return ":" in commodity
