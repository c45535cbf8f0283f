"""The catalog: which data there are, in which versions, and who read them.

A version of a name is a set of data sets (bars of a resolution, assets, corporate actions, rates
and others), each a set of files that never change; what two versions have in common they share. A
database says which versions there are; files lie beside it, named by their content.

Names are imported on first use: a backtest opens a bundle and needs no more than that.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt_data.catalog.asset_snapshots import Venue
    from rustybt_data.catalog.bundle_store import ParquetCatalog
    from rustybt_data.catalog.data_catalog import DataCatalog

__all__ = ["DataCatalog", "ParquetCatalog", "Venue"]

_HOMES = {
    "DataCatalog": "data_catalog",
    "ParquetCatalog": "bundle_store",
    "Venue": "asset_snapshots",
}


def __getattr__(name: str) -> object:
    """Import an exported name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
