"""All rules on the bars of one symbol, in whatever portions they come."""

from typing import Final

from rustybt_data.quality.actions import KnownActions
from rustybt_data.quality.axis import IntradayAxis, SessionAxis
from rustybt_data.quality.findings import Findings
from rustybt_data.quality.gaps import Gaps
from rustybt_data.quality.hours import Hours
from rustybt_data.quality.outliers import PriceOutliers, VolumeOutliers
from rustybt_data.quality.relations import Relations
from rustybt_data.quality.rows import Rows
from rustybt_data.quality.rules import RuleSet
from rustybt_data.quality.runs import Runs
from rustybt_data.quality.sequence import Sequence

_OF_A_BAR: Final = 2
"""The last layer whose rules look at a bar alone."""


class SymbolChecker:
    """Layers 2 to 4 on the bars of one symbol.

    What is found in a bar depends on it and on those before it alone, and not on how many are fed
    at a time: this is what batch and live share. What is kept between calls is bounded: the last
    bar, the open jump, and the numbers of the rolling windows.

    Args:
        rules: The rules.
        axis: The labels of the resolution.
        asset_class: Class of the asset.
        known: Corporate actions.
        hindsight: Whether bars are judged by what comes after as well; then all of them have to be
            fed at once.
    """

    def __init__(
        self,
        rules: RuleSet,
        *,
        axis: SessionAxis | IntradayAxis,
        asset_class: str,
        known: KnownActions,
        hindsight: bool = False,
    ) -> None:
        self._daily = axis.daily
        self._looks_around = any(rule.is_on for rule in rules.rules if rule.layer > _OF_A_BAR)
        self._relations = Relations(rules, asset_class)
        self._hours = Hours(rules, axis)
        self._sequence = Sequence(rules, hindsight=hindsight)
        self._gaps = Gaps(rules, axis)
        self._runs = Runs(rules)
        self._prices = PriceOutliers(rules, axis, known, hindsight=hindsight)
        self._volumes = VolumeOutliers(rules, hindsight=hindsight)

    def feed(self, rows: Rows, *, now: int | None = None) -> Findings:
        """Check the next bars, without empty cells.

        Args:
            rows: The bars in the order in which they came.
            now: No label lies after it; None where that is not asked.
        """
        found = Findings(daily=self._daily)
        sound = self._relations.feed(rows, found)
        if not self._looks_around:
            return found
        sound = self._hours.feed(sound, found, now=now)
        sound = self._sequence.feed(sound, found)
        self._gaps.feed(sound, found)
        self._runs.feed(sound, found)
        self._prices.feed(sound, found)
        self._volumes.feed(sound, found)
        return found

    def finish(self) -> Findings:
        """What can be said only when there are no more bars."""
        found = Findings(daily=self._daily)
        self._prices.finish(found)
        return found
