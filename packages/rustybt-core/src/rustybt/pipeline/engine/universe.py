"""Which assets are of the universe in which sessions."""

from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rustybt.assets import Asset, AssetFinder, Equity
from rustybt.calendars import to_day
from rustybt.data.coefficients import IntArray
from rustybt.pipeline.domain import Domain

_NEVER_BEGAN: Final = -(2**40)
_NEVER_ENDS: Final = 2**40


class Universe(NamedTuple):
    """The assets of a domain and their lives, by sid.

    Attributes:
        sids: Ascending.
        starts: First days, in days since 1970-01-01; an asset is in the universe from the next
            session on.
        ends: Last days.
    """

    sids: IntArray
    starts: IntArray
    ends: IntArray

    @classmethod
    def of(cls, finder: AssetFinder, domain: Domain) -> "Universe":
        """The equities of a domain; of one of no country, without equities, every asset.

        Where no equity says which country it is of, all are of every country.
        """
        assets = finder.retrieve_all(finder.sids)
        equities = [asset for asset in assets if isinstance(asset, Equity)]
        chosen: list[Asset] = list(equities)
        if domain.country_code is None:
            chosen = chosen or list(assets)
        elif any(equity.country_code for equity in equities):
            chosen = [equity for equity in equities if equity.country_code == domain.country_code]
        return cls.of_assets(chosen)

    @classmethod
    def of_assets(cls, assets: list[Asset]) -> "Universe":
        """The lives of some assets."""
        ordered = sorted(assets, key=lambda asset: asset.sid)
        return cls(
            np.array([asset.sid for asset in ordered], np.int64),
            np.array([_day(asset.start_date, _NEVER_BEGAN) for asset in ordered], np.int64),
            np.array([_day(asset.end_date, _NEVER_ENDS) for asset in ordered], np.int64),
        )

    def between(self, first: int, last: int) -> "Universe":
        """Those that live on one of some days."""
        chosen = (self.starts < last) & (self.ends >= first)
        return Universe(self.sids[chosen], self.starts[chosen], self.ends[chosen])

    def alive(self, days: IntArray) -> NDArray[np.bool_]:
        """Which of them are in the universe on which days, (assets, days)."""
        days = days[None, :]
        found: NDArray[np.bool_] = (self.starts[:, None] < days) & (days <= self.ends[:, None])
        return found


def _day(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else to_day(day)
