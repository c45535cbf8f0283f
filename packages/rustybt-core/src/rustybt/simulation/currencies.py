"""The exchange rates of a run as of now."""

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from rustybt.values import Ratio

if TYPE_CHECKING:
    from decimal import Decimal

    from rustybt.algorithm import Environment
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
