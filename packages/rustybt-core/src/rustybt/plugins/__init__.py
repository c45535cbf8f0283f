"""Plugins: found through entry points, listed without importing them, loaded on first use.

A distribution adds a plugin by naming it in its ``pyproject.toml``::

    [project.entry-points."rustybt.slippage"]
    half-spread = "rustybt_acme.slippage:HalfSpread"

and a program asks for it by name::

    from rustybt.plugins import groups, registry

    model = registry(groups.SLIPPAGE).load("half-spread")

An entry point may name the extra of its distribution that it needs, as in
``binance = "rustybt_live.binance:BinanceAdapter [binance]"``; without it, the error says which
``pip install`` brings it.
"""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use
from rustybt.plugins import groups
from rustybt.plugins._registry import Registry, registry

if TYPE_CHECKING:
    from rustybt.plugins._check import PluginReport, check, listing
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.plugins._check": ("PluginReport", "check", "listing"),
        },
    )

__all__ = ["PluginReport", "Registry", "check", "groups", "listing", "registry"]
