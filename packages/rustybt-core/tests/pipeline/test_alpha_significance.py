"""Student's distribution against its closed forms and published tables."""

from math import atan, inf, nan, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.pipeline.alpha.significance import two_sided_p


@given(st.floats(-1e6, 1e6))
def test_one_degree_is_cauchy_s(t: float) -> None:
    # P(|T| > t) = 1 - 2/pi x atan(t) = 2/pi x atan(1/t)
    expected = 1.0 if abs(t) < 1e-200 else 2 / pi * atan(1 / abs(t))
    assert two_sided_p(t, 1) == pytest.approx(expected, rel=1e-9)


@given(st.floats(-1e3, 1e3))
def test_two_degrees_have_a_closed_form(t: float) -> None:
    # P(|T| > t) = 1 - t / sqrt(2 + t^2) = 2 / (2 + t^2 + t sqrt(2 + t^2))
    root = sqrt(2 + t * t)
    assert two_sided_p(t, 2) == pytest.approx(2 / (root * root + abs(t) * root), rel=1e-9)


@pytest.mark.parametrize(
    ("degrees", "t", "p"),
    [
        # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, critical values
        (5, 2.571, 0.05),
        (10, 2.228, 0.05),
        (10, 3.169, 0.01),
        (30, 2.042, 0.05),
        (100, 1.984, 0.05),
        (100, 3.174, 0.002),
    ],
)
def test_published_table(degrees: int, t: float, p: float) -> None:
    assert two_sided_p(t, degrees) == pytest.approx(p, rel=2e-3)


@pytest.mark.parametrize(
    ("degrees", "t", "p"),
    [
        # scipy 1.17.1, 2 x t.sf
        (29, 0.5, 0.6208480841937812),
        (1259, 5.0, 6.543115220575931e-07),
        (5000, 10.0, 2.520874711644015e-23),
    ],
)
def test_many_degrees(degrees: int, t: float, p: float) -> None:
    assert two_sided_p(t, degrees) == pytest.approx(p, rel=1e-9)


def test_limits() -> None:
    assert two_sided_p(0.0, 7) == 1.0
    assert two_sided_p(inf, 7) == 0.0
    assert two_sided_p(None, 7) is None
    assert two_sided_p(nan, 7) is None
    assert two_sided_p(1.0, 0) is None
