"""Layer 2: what the numbers of one bar say about each other."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from rustybt.data.schemas import PRICE_FIELDS
from rustybt_data.predicates import high_below_low, is_negative
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import BoolArray, Rows
from rustybt_data.quality.rules import Rule, RuleSet

_Broken = Iterator[tuple[Rule, str, BoolArray, str]]


class Relations:
    """The rules about a bar alone; nothing is kept from bar to bar.

    Args:
        rules: The rules.
        asset_class: Class of the asset.
    """

    def __init__(self, rules: RuleSet, asset_class: str) -> None:
        self._high_low = rules["high_low"]
        self._high_body = rules["high_body"]
        self._low_body = rules["low_body"]
        self._price_sign = rules["price_sign"]
        self._volume_sign = rules["volume_sign"]
        self._positive: Final = asset_class not in self._price_sign.classes("negative")

    def feed(self, rows: Rows, found: Findings) -> Rows:
        """Check some bars; those that a rule stops are left out of what is returned."""
        keep = np.ones(len(rows), np.bool_)
        for rule, column, broken, reason in self._broken(rows):
            if rule.is_on and broken.any():
                found.add(rule, rows.take(broken), column, reason)
                if rule.stops:
                    keep &= ~broken
        return rows if keep.all() else rows.take(keep)

    def _broken(self, rows: Rows) -> _Broken:
        high, low = rows.high, rows.low
        yield self._high_low, "high", high_below_low(high, low), "the high is below the low"
        body = np.maximum(rows.open, rows.close)
        yield self._high_body, "high", high < body, "the high is below open or close"
        body = np.minimum(rows.open, rows.close)
        yield self._low_body, "low", low > body, "the low is above open or close"
        if self._positive:
            for field in PRICE_FIELDS:
                wrong = rows.coefficients(field) <= 0
                yield self._price_sign, field, wrong, "the price is not above 0"
        yield self._volume_sign, "volume", is_negative(rows.volume), "the volume is negative"
