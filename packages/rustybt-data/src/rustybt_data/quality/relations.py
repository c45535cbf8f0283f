"""Layer 2: what the numbers of one bar say about each other."""

import numpy as np

from rustybt_data.predicates import RELATIONS
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.rows import Rows
from rustybt_data.quality.rules import RuleSet


class Relations:
    """The rules about a bar alone; nothing is kept from bar to bar.

    Args:
        rules: The rules.
        asset_class: Class of the asset.
    """

    def __init__(self, rules: RuleSet, asset_class: str) -> None:
        chosen = [(rules[test.rule], test) for test in RELATIONS]
        self._tests = [
            (rule, test)
            for rule, test in chosen
            if rule.is_on
            and not (rule.name == "price_sign" and asset_class in rule.classes("negative"))
        ]

    def feed(self, rows: Rows, found: Findings) -> Rows:
        """Check some bars; those that a rule stops are left out of what is returned."""
        keep = np.ones(len(rows), np.bool_)
        for rule, test in self._tests:
            broken = test.is_broken(rows.coefficients)
            if broken.any():
                found.add(rule, rows.take(broken), test.column, test.reason)
                if rule.stops:
                    keep &= ~broken
        return rows if keep.all() else rows.take(keep)
