"""Rational numbers for splits, stock dividends and conversion terms."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd

from rustybt.errors import InvalidNumber
from rustybt.values.parsing import parse_decimal

_FLOAT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Ratio:
    """A positive rational number, reduced on creation."""

    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0:
            raise InvalidNumber(field="ratio", value=f"{self.numerator}/{self.denominator}")
        divisor = gcd(self.numerator, self.denominator)
        object.__setattr__(self, "numerator", self.numerator // divisor)
        object.__setattr__(self, "denominator", self.denominator // divisor)

    @classmethod
    def parse(cls, value: object, *, field: str = "ratio") -> "Ratio":
        """The ratio that a number, a fraction or a text ("3/2", "0.6666666666666666") means.

        A decimal text is read as the simplest fraction that it is a rounding of, when that
        fraction is so simple that it can be no accident (its denominator is at most a tenth of
        the square root of the digits' range): 0.6667 is 2/3 and 0.6666666666666666, the text of
        the float 2/3, is 2/3; 0.15 is 3/20, not 2/13.

        Raises:
            InvalidNumber: Not a positive number.
        """
        if isinstance(value, Ratio):
            return value
        if isinstance(value, Fraction):
            return cls._checked(value, value, field)
        if isinstance(value, str) and "/" in value:
            numerator, _, denominator = value.partition("/")
            bottom = parse_decimal(denominator, field=field)
            if not bottom:
                raise InvalidNumber(field=field, value=value)
            top = Fraction(parse_decimal(numerator, field=field))
            return cls._checked(top / Fraction(bottom), value, field)
        return cls._checked(_meant(parse_decimal(value, field=field)), value, field)

    @classmethod
    def _checked(cls, fraction: Fraction, value: object, field: str) -> "Ratio":
        if fraction <= 0:
            raise InvalidNumber(field=field, value=value)
        return cls(fraction.numerator, fraction.denominator)

    @property
    def inverse(self) -> "Ratio":
        """denominator / numerator."""
        return Ratio(self.denominator, self.numerator)

    def __mul__(self, other: "Ratio") -> "Ratio":
        return Ratio(self.numerator * other.numerator, self.denominator * other.denominator)

    def as_fraction(self) -> Fraction:
        """The same number as a `Fraction`."""
        return Fraction(self.numerator, self.denominator)

    def as_float(self) -> float:
        """The nearest float."""
        return self.numerator / self.denominator

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


def _meant(text: Decimal) -> Fraction:
    exact = Fraction(text)
    digits = -int(text.as_tuple().exponent)
    if digits <= 1 or exact <= 0:
        return exact
    slack = Fraction(1, 2 * 10**digits)
    if len(text.as_tuple().digits) >= _FLOAT_DIGITS:
        # The text of a float: rounded twice, so up to one place of the float away.
        slack = max(2 * slack, exact / 2**52)
    simplest = _simplest_between(exact - slack, exact + slack)
    no_accident = (10 * simplest.denominator) ** 2 <= 10**digits
    return simplest if no_accident else exact


def _simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of smallest denominator in [low, high] (Stern-Brocot, by continued fraction)."""
    if low <= 0:
        return high
    floor = low.numerator // low.denominator
    if floor == low:
        return Fraction(floor)
    if floor + 1 <= high:
        return Fraction(floor + 1)
    return floor + 1 / _simplest_between(1 / (high - floor), 1 / (low - floor))
