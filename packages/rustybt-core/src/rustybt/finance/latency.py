"""Latency: how long an order travels until it can be matched.

A model answers with whole nanoseconds. What is drawn depends on the run's seed and on the order's
sequence number alone, so that a run repeats however its orders are processed. Arguments are
milliseconds; fractions below a nanosecond are rounded half even.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, runtime_checkable

from rustybt.errors import InvalidArgument
from rustybt.finance._fixed_point import ONE, SCALE, exp_scaled
from rustybt.finance._parameters import Number, not_negative, positive
from rustybt.values import divide_half_even, from_scaled, rounded_scaled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rustybt.assets import Asset
    from rustybt.finance.draws import Draws

__all__ = [
    "EmpiricalLatency",
    "FixedLatency",
    "Latency",
    "LatencyModel",
    "LogNormalLatency",
    "NormalLatency",
    "SentOrder",
]

_PURPOSE: Final = "latency"
_DECIMALS_OF_MILLISECONDS: Final = 6
_SPREAD_MAX: Final = 4


class SentOrder(Protocol):
    """The part of an order that a latency model uses."""

    @property
    def asset(self) -> Asset:
        """What is ordered."""

    @property
    def sequence(self) -> int:
        """Number of the order within its run."""


@runtime_checkable
class LatencyModel(Protocol):
    """How long an order travels."""

    def delay(self, order: SentOrder, draws: Draws) -> int:
        """Nanoseconds from the placing of an order to its arrival, never below zero.

        Args:
            order: The order.
            draws: Where random numbers come from, keyed by the order's sequence number.
        """


class FixedLatency:
    """The same delay for every order.

    Args:
        milliseconds: The delay.
    """

    def __init__(self, milliseconds: Number) -> None:
        self._delay = _nanoseconds(milliseconds, field="milliseconds")

    def delay(self, order: SentOrder, draws: Draws) -> int:
        return self._delay

    def __repr__(self) -> str:
        return f"FixedLatency(milliseconds={_shown(self._delay)})"


class NormalLatency:
    """A normally distributed delay, cut off below.

    Args:
        mean: Mean in milliseconds, before anything is cut off.
        deviation: Standard deviation in milliseconds.
        minimum: Least delay in milliseconds: a draw below it is taken as the minimum.
    """

    def __init__(self, mean: Number, deviation: Number, minimum: Number = 0) -> None:
        self._mean = _nanoseconds(mean, field="mean")
        self._deviation = _nanoseconds(deviation, field="deviation")
        self._minimum = _nanoseconds(minimum, field="minimum")

    def delay(self, order: SentOrder, draws: Draws) -> int:
        away = divide_half_even(self._deviation * draws.normal(_PURPOSE, order.sequence), ONE)
        return max(self._mean + away, self._minimum)

    def __repr__(self) -> str:
        return (
            f"NormalLatency(mean={_shown(self._mean)}, deviation={_shown(self._deviation)}, "
            f"minimum={_shown(self._minimum)})"
        )


class LogNormalLatency:
    """A delay whose logarithm is normally distributed: mostly short, at times very long.

    Args:
        median: Median in milliseconds: half of the delays are shorter.
        spread: Standard deviation of the logarithm, at most 4: of 0.5, one delay in six is more
            than e^0.5 = 1.65 times the median.
        minimum: Least delay in milliseconds: a draw below it is taken as the minimum.

    Raises:
        InvalidArgument: The median is not above zero, or the spread above 4.
    """

    def __init__(self, median: Number, spread: Number, minimum: Number = 0) -> None:
        self._median = rounded_scaled(positive(median, field="median"), _DECIMALS_OF_MILLISECONDS)
        known = not_negative(spread, field="spread")
        if known > _SPREAD_MAX:
            raise InvalidArgument(
                field="spread", value=spread, reason=f"give at most {_SPREAD_MAX}"
            )
        self._spread = rounded_scaled(known, SCALE)
        self._minimum = _nanoseconds(minimum, field="minimum")

    def delay(self, order: SentOrder, draws: Draws) -> int:
        exponent = divide_half_even(self._spread * draws.normal(_PURPOSE, order.sequence), ONE)
        return max(divide_half_even(self._median * exp_scaled(exponent), ONE), self._minimum)

    def __repr__(self) -> str:
        return (
            f"LogNormalLatency(median={_shown(self._median)}, "
            f"spread={from_scaled(self._spread, SCALE)}, minimum={_shown(self._minimum)})"
        )


class EmpiricalLatency:
    """A delay that was measured: one of the samples, each as likely as the others.

    Args:
        samples: Measured delays in milliseconds, in any order.

    Raises:
        InvalidArgument: There is no sample, or one is below zero.
    """

    def __init__(self, samples: Iterable[Number]) -> None:
        self._samples = tuple(
            _nanoseconds(sample, field=f"samples[{place}]") for place, sample in enumerate(samples)
        )
        if not self._samples:
            raise InvalidArgument(field="samples", value=[], reason="give at least one delay")

    def delay(self, order: SentOrder, draws: Draws) -> int:
        return self._samples[draws.integer(len(self._samples), _PURPOSE, order.sequence)]

    def __repr__(self) -> str:
        return f"EmpiricalLatency(<{len(self._samples)} samples>)"


Part: TypeAlias = LatencyModel | Number
"""A model, or the milliseconds of a fixed delay."""


class Latency:
    """The way of an order in parts, each drawn for itself and added up.

    Args:
        network: From here to the broker.
        broker: Inside the broker: checks and routing.
        exchange: Inside the venue, until the order can be matched.

    Raises:
        InvalidArgument: A part is neither a model nor a number of milliseconds.
    """

    def __init__(self, *, network: Part = 0, broker: Part = 0, exchange: Part = 0) -> None:
        self.parts = {
            "network": _model(network, field="network"),
            "broker": _model(broker, field="broker"),
            "exchange": _model(exchange, field="exchange"),
        }

    def delay(self, order: SentOrder, draws: Draws) -> int:
        return sum(part.delay(order, draws.within(name)) for name, part in self.parts.items())

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={part!r}" for name, part in self.parts.items())
        return f"Latency({parts})"


def _model(part: Part, *, field: str) -> LatencyModel:
    if isinstance(part, LatencyModel):
        return part
    return FixedLatency(not_negative(part, field=field))


def _nanoseconds(milliseconds: Number, *, field: str) -> int:
    return rounded_scaled(not_negative(milliseconds, field=field), _DECIMALS_OF_MILLISECONDS)


def _shown(nanoseconds: int) -> str:
    return str(from_scaled(nanoseconds, _DECIMALS_OF_MILLISECONDS))
