"""Pairs in names of files: ``BTC/USDT.csv`` is the file USDT.csv in the folder BTC."""

from typing import Final

from rustybt.assets.kinds import NATIONAL_CURRENCIES

_STABLE: Final = {"USDT", "USDC", "BUSD", "DAI", "FDUSD", "TUSD", "USDE", "PYUSD", "EURC"}
_COINS: Final = {"BTC", "XBT", "ETH", "BNB", "SOL"}
_MONEY: Final = {*NATIONAL_CURRENCIES, *_STABLE}


def pair_named(folder: str, stem: str) -> str | None:
    """The pair that the names of a folder and of a file in it make, None for none.

    What is paid with has to be money: a national currency, a stable coin, or one of the coins that
    others are quoted in. So ``BTC/USDT``, ``EUR/USD`` and ``BTC/USDT:USDT`` are pairs, and
    ``2024/BTC``, ``us/AAPL`` and ``USDT/BTC`` are none.

    Args:
        folder: Name of the folder.
        stem: Name of the file, without its ending.
    """
    quote = stem.partition(":")[0]
    is_code = folder.isalnum() and folder.isascii() and folder == folder.upper()
    if not is_code or folder.isdigit() or folder == quote:
        return None
    pays = _MONEY if folder in _MONEY else _MONEY | _COINS
    return f"{folder}/{stem}" if quote in pays else None
