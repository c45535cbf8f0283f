"""Data sets that are small files: assets, corporate actions, rates, and what else was put there."""

from typing import Final

ASSETS: Final = "assets"
ACTIONS: Final = "actions"
RATES: Final = "rates"
FILES: Final = "files"
QUALITY: Final = "quality"
"""Kinds of data sets; `FILES` is what an ingest function put into its folder by itself, `QUALITY`
what rules found in the bars of a resolution, with those that they kept out."""
