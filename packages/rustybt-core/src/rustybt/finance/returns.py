"""Time-weighted returns: a chain of sub-periods, cut where capital comes or goes."""

from fractions import Fraction

from rustybt.values import Arithmetic, Num, Value


class ReturnChain:
    """The return since a start, unaffected by deposits and withdrawals.

    The growth of finished sub-periods is kept exactly (a fraction under the exact policy) and
    rounded on read only. A sub-period that starts from zero counts as no growth.

    Args:
        arithmetic: The policy of the values.
        start: Value at the start.
    """

    __slots__ = ("_arithmetic", "_finished", "_start")

    def __init__(self, arithmetic: Arithmetic, start: Num) -> None:
        self._arithmetic = arithmetic
        self._start = start
        self._finished: Fraction | float | None = None

    def cut(self, before: Num, after: Num) -> None:
        """Capital came or went: the value was `before` and is `after`."""
        self._finished = self._growth(before)
        self._start = after

    def value(self, now: Num) -> Value:
        """The return at a value of `now`: 0.1 for ten per cent; half even at 16 when exact."""
        arithmetic = self._arithmetic
        if self._finished is None and self._start:
            return arithmetic.quotient(now - self._start, self._start)
        gain = self._growth(now) - 1
        if isinstance(gain, Fraction):
            return arithmetic.quotient(gain.numerator, gain.denominator)
        return gain

    def _growth(self, now: Num) -> Fraction | float:
        one = Fraction(1) if self._arithmetic.exact else 1.0
        finished = one if self._finished is None else self._finished
        if not self._start:
            return finished
        if isinstance(now, int) and isinstance(self._start, int):
            return finished * Fraction(now, self._start)
        return finished * (now / self._start)
