"""Money that is paid on assets, in the currencies of the assets."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData

if TYPE_CHECKING:
    from rustybt.data.rates import ExchangeRates


class OwnMoney:
    """Exchanges money for an asset's, at rates as they were known at a close.

    It is an `rustybt.data.actions.Exchange`. No rate is read before one is needed.

    Args:
        bundle: The data: assets, rates, and bars of pairs of currencies.
        calendar: Whose closes count.
        last: Last session that is needed; None for that of the data.
    """

    def __init__(
        self, bundle: BundleData, calendar: TradingCalendar, last: date | None = None
    ) -> None:
        self._bundle = bundle
        self._calendar = calendar
        self._last = last

    def __call__(self, amount: Decimal | Fraction, paid: str | int, sid: int, day: int) -> Fraction:
        """What an amount is worth in the currency of an asset; see `Exchange`.

        Raises:
            MissingRate: None was known at that close, or none that was new enough.
        """
        own = self._currency(sid)
        given = paid if isinstance(paid, str) else self._currency(paid)
        if own is None or given is None or given == own:
            return Fraction(amount)
        eve = int(np.searchsorted(self._calendar.sessions, day)) - 1
        assert eve >= 0, "there is a close to compare with"
        rate = self._rates.rate(given, own, self._calendar.session_close(eve))
        return Fraction(amount) * Fraction(rate)

    @cached_property
    def _rates(self) -> "ExchangeRates":
        from rustybt.data.pair_rates import rates_of_bundle

        return rates_of_bundle(self._bundle, calendar=self._calendar, last=self._last)

    def _currency(self, sid: int) -> str | None:
        """The currency of an asset, None of one that the data do not have."""
        asset = self._bundle.finder.retrieve_asset(sid, default_none=True)
        return None if asset is None else asset.currency
