"""The exchange rates of a run as of now."""

from functools import lru_cache
from typing import TYPE_CHECKING

from rustybt.values import Ratio

if TYPE_CHECKING:
    from decimal import Decimal

    from rustybt.algorithm import Environment
    from rustybt.data.rates import ExchangeRates


class CurrentRates:
    """What currencies are worth at the present of a run.

    Args:
        rates: The rates of its data.
        environment: Knows the present.
    """

    def __init__(self, rates: "ExchangeRates", environment: "Environment") -> None:
        self._rates = rates
        self._env = environment

    def __call__(self, currency: str, base: str) -> Ratio:
        """Units of `base` for one unit of `currency`.

        Raises:
            MissingRate: None is known as of now, or none that is new enough.
        """
        return _exactly(self._rates.rate(currency, base, self._env.now))


@lru_cache(maxsize=256)
def _exactly(rate: "Decimal") -> Ratio:
    return Ratio(*rate.as_integer_ratio())
