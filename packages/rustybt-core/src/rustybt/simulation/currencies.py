"""The exchange rates of a run as of now."""

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from rustybt.values import Ratio

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from rustybt.algorithm import Environment
    from rustybt.calendars import TradingCalendar
    from rustybt.data.bundle import BundleData
    from rustybt.data.rates import ExchangeRates


class CurrentRates:
    """What currencies are worth at the present of a run; nothing is read before it is asked.

    Args:
        bundle: The data: rates, and bars of pairs of currencies.
        environment: Knows the present.
    """

    def __init__(self, bundle: "BundleData", environment: "Environment") -> None:
        self._bundle = bundle
        self._env = environment

    @cached_property
    def _rates(self) -> "ExchangeRates":
        from rustybt.data.pair_rates import rates_of_bundle

        parameters = self._env.parameters
        return rates_of_bundle(
            self._bundle,
            calendar=self._env.calendar,
            first=parameters.start_session,
            last=parameters.end_session,
        )

    def __call__(self, currency: str, base: str) -> Ratio:
        """Units of `base` for one unit of `currency`.

        Raises:
            MissingRate: None is known as of now, or none that is new enough.
        """
        return _exactly(self._rates.rate(currency, base, self._env.now))


@lru_cache(maxsize=256)
def _exactly(rate: "Decimal") -> Ratio:
    return Ratio(*rate.as_integer_ratio())


def worth_in_run(
    pair: tuple[str, str], bundle: "BundleData", calendar: "TradingCalendar", first_session: int
) -> "Callable[[int], Decimal | None]":
    """What a unit of one currency is worth in another, at a time in ns UTC.

    Up to the open of the run's first session a rate may be missing: None. Later times raise
    `MissingRate`.

    Args:
        pair: The currency, and the one that it is turned into.
        bundle: The data.
        calendar: Of the run.
        first_session: Index of the run's first session.
    """
    from rustybt.data.pair_rates import rates_of_bundle

    base, quote = pair
    rates = rates_of_bundle(bundle, calendar=calendar, first=calendar.session_date(first_session))
    opening = calendar.session_open(first_session)

    def worth(at: int) -> "Decimal | None":
        return rates.find(base, quote, at) if at <= opening else rates.rate(base, quote, at)

    return worth
