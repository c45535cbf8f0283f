"""Exponential, logarithm and quantile in integers, against decimal and against formulas."""

import random
import statistics
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.finance import _fixed_point as fixed
from rustybt.finance._fixed_point import exp_scaled, ln_scaled, normal_quantile_scaled

D = Decimal
ONE = 10**18
WIDE = 10**19
DIGITS = 60
PI = D("3.14159265358979323846264338327950288419716939937510582097494")

EXPONENTS = st.integers(-43 * ONE, 43 * ONE)
PROBABILITIES = st.one_of(
    st.integers(1, WIDE - 1),
    st.integers(1, 10**6),
    st.integers(1, 10**12).map(lambda small: WIDE - small),
    st.integers(0, 18).map(lambda power: 10**power),
)


@pytest.mark.parametrize(
    ("exponent", "power"),
    [
        # e, 1/e and sqrt(e) (Abramowitz and Stegun, table 1.1), e^2
        (ONE, 2_718281828459045235),
        (-ONE, 367879441171442322),
        (ONE // 2, 1_648721270700128147),
        (2 * ONE, 7_389056098930650227),
        (0, ONE),
        (-43 * ONE, 0),
    ],
)
def test_known_powers_of_e(exponent: int, power: int) -> None:
    assert abs(exp_scaled(exponent) - power) <= 1


@pytest.mark.parametrize(
    ("coefficient", "scale", "logarithm"),
    [
        (ONE, 18, 0),
        (ONE // 2, 18, -693147180559945309),  # ln 2
        (ONE // 10, 18, -2_302585092994045684),  # ln 10
        (WIDE // 3, 19, -1_098612288668109691),  # ln 3, one third cut off after 19 digits
        (1, 18, -41_446531673892822312),  # 18 ln 10
        (ONE - 1, 18, -1),
    ],
)
def test_known_logarithms(coefficient: int, scale: int, logarithm: int) -> None:
    assert abs(ln_scaled(coefficient, scale) - logarithm) <= 1


@given(exponent=EXPONENTS)
def test_powers_against_decimal(exponent: int) -> None:
    with localcontext(prec=DIGITS):
        truth = (D(exponent) / ONE).exp() * ONE
        assert abs(exp_scaled(exponent) - truth) <= D("0.5") + truth * D("1e-18")


@given(probability=PROBABILITIES, scale=st.sampled_from([18, 19]))
def test_logarithms_against_decimal(probability: int, scale: int) -> None:
    coefficient = max(probability // 10 ** (19 - scale), 1)
    with localcontext(prec=DIGITS):
        truth = (D(coefficient) / 10**scale).ln() * ONE
        assert abs(ln_scaled(coefficient, scale) - truth) < 1


@pytest.mark.parametrize("exponent", [43 * ONE + 1, -43 * ONE - 1])
def test_powers_without_room_are_an_error(exponent: int) -> None:
    with pytest.raises(InvalidArgument, match="give -43 to 43"):
        exp_scaled(exponent)


# ------------------------------------------------------------------ normal quantile


@pytest.mark.parametrize(
    ("names", "total"),
    [
        # The check sums that AS 241 prints beside its coefficients: the sums of the mantissas.
        (("CENTRE_ABOVE", "CENTRE_BELOW"), "55.8831928806149014439"),
        (("TAIL_ABOVE", "TAIL_BELOW"), "49.33206503301610289036"),
        (("FAR_ABOVE", "FAR_BELOW"), "47.52583317549289671629"),
    ],
)
def test_coefficients_are_those_of_the_paper(names: tuple[str, str], total: str) -> None:
    texts = [text for name in names for text in getattr(fixed, name).split() if text != "1"]
    assert len(texts) == 15
    assert sum(D(text.partition("E")[0]) for text in texts) == D(total)


@pytest.mark.parametrize(
    ("probability", "quantile"),
    [
        # Values that the paper gives for PPND16, to 16 digits.
        (25 * 10**17, "-0.6744897501960817"),
        (10**16, "-3.090232306167814"),
        (5 * 10**18, "0"),
        # Standard tables: 97.5 %, 99 %, 99.9 %.
        (975 * 10**16, "1.959963984540054"),
        (99 * 10**17, "2.326347874040841"),
        (9990 * 10**15, "3.090232306167814"),
    ],
)
def test_known_quantiles(probability: int, quantile: str) -> None:
    found = D(normal_quantile_scaled(probability)) / ONE
    assert abs(found - D(quantile)) <= D("1e-15")


@given(probability=PROBABILITIES)
def test_quantiles_against_the_standard_library(probability: int) -> None:
    if probability > WIDE // 2:  # close to 1, a float does not know the probability any more
        probability = WIDE - probability
    expected = statistics.NormalDist().inv_cdf(probability / WIDE)
    assert normal_quantile_scaled(probability) / ONE == pytest.approx(expected, abs=1e-14)


def test_quantiles_are_right_to_fourteen_digits() -> None:
    drawn = random.Random(241)
    powers = [drawn.randrange(1, 10 ** drawn.randrange(1, 20)) for _ in range(150)]
    for probability in (*powers, 1, 5, 75 * 10**16, 75 * 10**16 - 1, 10**8, WIDE // 2 - 1):
        found = D(normal_quantile_scaled(probability)) / ONE
        assert abs(found - true_quantile(probability)) < D("2e-15"), probability


@given(probability=PROBABILITIES)
def test_the_quantile_is_odd_about_one_half(probability: int) -> None:
    assert normal_quantile_scaled(WIDE - probability) == -normal_quantile_scaled(probability)


@given(one=PROBABILITIES, other=PROBABILITIES)
def test_the_quantile_rises(one: int, other: int) -> None:
    low, high = sorted((one, other))
    # Up to the last digits, which are those of the approximation.
    assert normal_quantile_scaled(low) <= normal_quantile_scaled(high) + 4_000


def true_quantile(probability: int) -> Decimal:
    """The quantile to 40 digits: Newton's method on the normal distribution function."""
    with localcontext(prec=DIGITS):
        wanted = min(D(probability), D(WIDE - probability)) / WIDE
        guess = -D(statistics.NormalDist().inv_cdf(float(wanted)))
        for _ in range(5):
            guess += (upper_tail(guess) - wanted) / density(guess)
        return -guess if probability < WIDE // 2 else guess


@cache
def upper_tail(z: Decimal) -> Decimal:
    """1 - Phi(z) of z >= 0 (Abramowitz and Stegun, 26.2.11 and 26.2.14)."""
    if z < 6:
        term = total = z
        step = 1
        while abs(term) > D("1e-58"):
            step += 2
            term *= z * z / step
            total += term
        return D("0.5") - density(z) * total
    fraction = D(0)
    for step in range(400, 0, -1):
        fraction = step / (z + fraction)
    return density(z) / (z + fraction)


def density(z: Decimal) -> Decimal:
    return (-z * z / 2).exp() / (2 * PI).sqrt()


# ------------------------------------------------------------------ 128 bits


class Watched(int):
    """An integer that remembers how wide any result of computing with it became."""

    widest = 0

    def _seen(self, value: int) -> "Watched":
        Watched.widest = max(Watched.widest, abs(value).bit_length())
        return Watched(value)

    def __neg__(self) -> "Watched":
        return self._seen(-int(self))

    def __abs__(self) -> "Watched":
        return self._seen(abs(int(self)))

    def __divmod__(self, other: int) -> tuple["Watched", "Watched"]:
        quotient, rest = divmod(int(self), int(other))
        return self._seen(quotient), self._seen(rest)

    def __new__(cls, value: int) -> Self:
        return super().__new__(cls, value)


def _watch(name: str) -> Callable[[Watched, int], Watched]:
    compute = getattr(int, name)

    def method(self: Watched, other: int) -> Watched:
        return self._seen(compute(int(self), int(other)))

    return method


for _name in ("add", "sub", "mul", "floordiv", "mod", "lshift", "rshift"):
    setattr(Watched, f"__{_name}__", _watch(f"__{_name}__"))
    setattr(Watched, f"__r{_name}__", _watch(f"__r{_name}__"))


def widest_of(function: Callable[..., Any], *arguments: int) -> int:
    Watched.widest = 0
    function(*(Watched(argument) for argument in arguments))
    assert Watched.widest >= 64, "nothing was watched"
    return Watched.widest


@given(exponent=EXPONENTS, probability=PROBABILITIES)
def test_no_step_needs_more_than_128_bits(exponent: int, probability: int) -> None:
    assert widest_of(exp_scaled, exponent) <= 127
    assert widest_of(normal_quantile_scaled, probability) <= 127


@pytest.mark.parametrize("probability", [1, 5, 75 * 10**16, 75 * 10**16 - 1, WIDE // 2, WIDE - 1])
def test_nor_at_the_edges(probability: int) -> None:
    assert widest_of(normal_quantile_scaled, probability) <= 127
    assert widest_of(exp_scaled, 43 * ONE) <= 127
