"""Bundles of Zipline's: taken over, or read where they are, without bcolz.

Names are imported on first use: a plain run does not need them.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt_data.zipline.daily import BcolzDailyReader
    from rustybt_data.zipline.minute import BcolzMinuteReader
    from rustybt_data.zipline.source import ZiplineBundle

__all__ = ["BcolzDailyReader", "BcolzMinuteReader", "ZiplineBundle"]

_HOMES = {
    "BcolzDailyReader": "daily",
    "BcolzMinuteReader": "minute",
    "ZiplineBundle": "source",
}


def __getattr__(name: str) -> object:
    """Import an exported name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
