"""Every function on Decimal columns against fractions, over columns of every width."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate
from typing import NamedTuple, TypeVar

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import vectors  # noqa: E402
from rustybt_rs.vectors import Interpolation  # noqa: E402

LIMIT = 10**38
EXACT = Context(prec=400)
MODES = [name for name in dir(decimal) if name.startswith("ROUND_")]

T = TypeVar("T")
Numbers = Sequence[Fraction | None]
Coefficients = list[int | None]
Window = tuple[int, int | None]


class Case(NamedTuple):
    """A column as coefficients and a scale."""

    coefficients: Sequence[int | None]
    scale: int

    @property
    def series(self) -> pl.Series:
        values = [
            None if c is None else Decimal(c).scaleb(-self.scale, EXACT) for c in self.coefficients
        ]
        return pl.Series("close", values, dtype=pl.Decimal(38, self.scale))

    @property
    def numbers(self) -> Numbers:
        return [None if c is None else Fraction(c, 10**self.scale) for c in self.coefficients]

    @property
    def default(self) -> int:
        return max(18, self.scale)


@st.composite
def cases(draw: st.DrawFn, length: int | None = None) -> Case:
    width = draw(st.sampled_from((50, 10**6, 10**12, 10**18, 10**26, LIMIT - 1)))
    values = st.none() | st.integers(-width, width)
    if draw(st.booleans()):
        values = st.integers(-width, width)
    least, most = (0, 12) if length is None else (length, length)
    rows = draw(st.lists(values, min_size=least, max_size=most))
    return Case(rows, draw(st.integers(0, 38)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Case, Case]:
    first = draw(cases())
    return first, draw(cases(len(first.coefficients)))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    rows = draw(st.integers(1, 14))
    return rows, draw(st.none() | st.integers(1, rows))


betweens = st.sampled_from(("linear", "lower", "higher", "midpoint"))
digits = st.integers(0, 38)
scales = st.none() | digits
ratios = st.integers(1, 40).flatmap(
    lambda whole: st.integers(0, whole).map(lambda part: Fraction(part, whole))
)


def rounded(value: Fraction | None, scale: int) -> int | None:
    """The coefficient, half even as `round` is for fractions."""
    return None if value is None else round(value * 10**scale)


def root(value: Fraction, scale: int) -> int:
    """The coefficient of the square root, from 400 digits of it."""
    quotient = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    coefficient: int = round(Fraction(EXACT.sqrt(quotient)) * 10**scale)
    return coefficient


def check_scalar(compute: Callable[[], Decimal | None], expected: int | None, scale: int) -> None:
    if expected is not None and abs(expected) >= LIMIT:
        with pytest.raises(rustybt_rs.NumberTooLargeError, match=r"of columns? 'close'"):
            compute()
        return
    found = compute()
    if expected is None or found is None:
        assert (found, expected) == (None, None)
        return
    assert found.as_tuple().exponent == -scale
    assert Fraction(found) * 10**scale == expected


def check_column(compute: Callable[[], pl.Series], expected: Coefficients, scale: int) -> None:
    if any(value is not None and abs(value) >= LIMIT for value in expected):
        with pytest.raises(rustybt_rs.NumberTooLargeError, match=r"of columns? 'close'"):
            compute()
        return
    found = compute()
    assert (found.name, found.dtype) == ("close", pl.Decimal(38, scale))
    assert [None if d is None else Fraction(d) * 10**scale for d in found] == expected


def known(numbers: Numbers) -> list[Fraction]:
    return [number for number in numbers if number is not None]


def mean_of(numbers: Numbers) -> Fraction | None:
    there = known(numbers)
    return Fraction(sum(there), len(there)) if there else None


def covariance_of(a: Numbers, b: Numbers, ddof: int) -> Fraction | None:
    both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    if len(both) <= ddof:
        return None
    x_mean, y_mean = (Fraction(sum(each), len(both)) for each in zip(*both, strict=True))
    return sum(((x - x_mean) * (y - y_mean) for x, y in both), Fraction()) / (len(both) - ddof)


def variance_of(numbers: Numbers, ddof: int) -> Fraction | None:
    return covariance_of(numbers, numbers, ddof)


def correlation_of(a: Numbers, b: Numbers, scale: int) -> int | None:
    both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    xs, ys = [x for x, _ in both], [y for _, y in both]
    together = covariance_of(xs, ys, 0)
    spreads = variance_of(xs, 0), variance_of(ys, 0)
    if together is None or not spreads[0] or not spreads[1]:
        return None
    size = root(together**2 / (spreads[0] * spreads[1]), scale)
    return size if together >= 0 else -size


def quantile_of(numbers: Numbers, q: Fraction, interpolation: str) -> Fraction | None:
    ordered = sorted(known(numbers))
    if not ordered:
        return None
    place = q * (len(ordered) - 1)
    low, high = ordered[place.__floor__()], ordered[place.__ceil__()]
    way = {
        "linear": place - place.__floor__(),
        "lower": Fraction(0),
        "higher": Fraction(1),
        "midpoint": Fraction(1, 2),
    }[interpolation]
    return low + (high - low) * way


def rolled(
    numbers: Sequence[T], window: Window, is_there: Callable[[T], bool]
) -> list[Sequence[T] | None]:
    """The rows of each window, None where too few are there."""
    rows, least = window[0], window[1] or window[0]
    every = (numbers[max(row + 1 - rows, 0) : row + 1] for row in range(len(numbers)))
    return [part if sum(map(is_there, part)) >= least else None for part in every]


def over_windows(
    numbers: Numbers, window: Window, of: Callable[[Numbers], int | None]
) -> Coefficients:
    parts = rolled(numbers, window, lambda number: number is not None)
    return [None if part is None else of(part) for part in parts]


def over_pairs(
    a: Numbers,
    b: Numbers,
    window: Window,
    of: Callable[[Numbers, Numbers], int | None],
) -> Coefficients:
    rows = list(zip(a, b, strict=True))
    parts = rolled(rows, window, lambda row: None not in row)
    return [
        None if part is None else of([x for x, _ in part], [y for _, y in part]) for part in parts
    ]


@given(cases())
def test_sums_and_extremes_are_exact(case: Case) -> None:
    there = [c for c in case.coefficients if c is not None]
    check_scalar(lambda: vectors.sum(case.series), sum(there), case.scale)
    check_scalar(lambda: vectors.minimum(case.series), min(there, default=None), case.scale)
    check_scalar(lambda: vectors.maximum(case.series), max(there, default=None), case.scale)


@given(cases(), scales)
def test_means_are_rounded_once(case: Case, scale: int | None) -> None:
    to = case.default if scale is None else scale
    expected = rounded(mean_of(case.numbers), to)
    check_scalar(lambda: vectors.mean(case.series, scale=scale), expected, to)


@given(cases(), scales, st.integers(0, 2))
def test_variances_and_their_roots_are_rounded_once(
    case: Case, scale: int | None, ddof: int
) -> None:
    to = case.default if scale is None else scale
    exact = variance_of(case.numbers, ddof)
    check_scalar(
        lambda: vectors.variance(case.series, ddof=ddof, scale=scale), rounded(exact, to), to
    )
    deviation = None if exact is None else root(exact, to)
    check_scalar(
        lambda: vectors.standard_deviation(case.series, ddof=ddof, scale=scale), deviation, to
    )


@given(pairs(), scales, st.integers(0, 2))
def test_covariances_and_correlations_are_rounded_once(
    both: tuple[Case, Case], scale: int | None, ddof: int
) -> None:
    a, b = both
    to = max(a.default, b.default) if scale is None else scale
    expected = rounded(covariance_of(a.numbers, b.numbers, ddof), to)
    check_scalar(
        lambda: vectors.covariance(a.series, b.series, ddof=ddof, scale=scale), expected, to
    )
    to = 18 if scale is None else scale
    expected = correlation_of(a.numbers, b.numbers, to)
    check_scalar(lambda: vectors.correlation(a.series, b.series, scale=scale), expected, to)


@given(cases(), scales, ratios, betweens)
def test_quantiles_are_rounded_once(
    case: Case, scale: int | None, q: Fraction, between: Interpolation
) -> None:
    to = case.default if scale is None else scale
    expected = rounded(quantile_of(case.numbers, q, between), to)
    check_scalar(
        lambda: vectors.quantile(case.series, q, interpolation=between, scale=scale), expected, to
    )
    middle = rounded(quantile_of(case.numbers, Fraction(1, 2), "linear"), to)
    check_scalar(lambda: vectors.median(case.series, scale=scale), middle, to)


@given(pairs(), st.integers(0, 38))
def test_dot_products_are_rounded_at_their_end(both: tuple[Case, Case], scale: int) -> None:
    a, b = both
    products = (
        x * y for x, y in zip(a.numbers, b.numbers, strict=True) if x is not None and y is not None
    )
    expected = rounded(sum(products, Fraction()), scale)
    check_scalar(lambda: vectors.dot(a.series, b.series, scale=scale), expected, scale)


@given(cases())
def test_cumulative_functions_go_on_behind_nulls(case: Case) -> None:
    def expected(step: Callable[[int, int], int]) -> Coefficients:
        values = iter(list(accumulate((c for c in case.coefficients if c is not None), step)))
        return [None if c is None else next(values) for c in case.coefficients]

    check_column(lambda: vectors.cumulative_sum(case.series), expected(int.__add__), case.scale)
    check_column(lambda: vectors.cumulative_minimum(case.series), expected(min), case.scale)
    check_column(lambda: vectors.cumulative_maximum(case.series), expected(max), case.scale)


@given(cases(), scales)
def test_cumulative_products_are_rounded_at_every_step(case: Case, scale: int | None) -> None:
    to = case.default if scale is None else scale
    expected: Coefficients = []
    so_far: int | None = None
    for number in case.numbers:
        if number is not None:
            before = Fraction(1) if so_far is None else Fraction(so_far, 10**to)
            so_far = rounded(before * number, to)
        expected.append(None if number is None else so_far)
    check_column(lambda: vectors.cumulative_product(case.series, scale=scale), expected, to)


@given(cases(), scales, ratios.filter(bool))
def test_ewm_means_are_rounded_at_every_step(
    case: Case, scale: int | None, alpha: Fraction
) -> None:
    to = case.default if scale is None else scale
    expected: Coefficients = []
    so_far: int | None = None
    for number in case.numbers:
        if number is not None:
            before = number if so_far is None else Fraction(so_far, 10**to)
            so_far = rounded(alpha * number + (1 - alpha) * before, to)
        expected.append(None if number is None else so_far)
    check_column(lambda: vectors.ewm_mean(case.series, alpha=alpha, scale=scale), expected, to)


@given(cases(), st.integers(1, 14), scales)
def test_changes_look_back_some_rows(case: Case, periods: int, scale: int | None) -> None:
    rows = range(len(case.coefficients))
    steps: Coefficients = []
    for row in rows:
        now = case.coefficients[row]
        before = case.coefficients[row - periods] if row >= periods else None
        steps.append(None if now is None or before is None else now - before)
    check_column(lambda: vectors.difference(case.series, periods), steps, case.scale)

    numbers = case.numbers
    to = 18 if scale is None else scale
    parts: Coefficients = []
    for row in rows:
        current, earlier = numbers[row], numbers[row - periods] if row >= periods else None
        change = (current - earlier) / earlier if current is not None and earlier else None
        parts.append(rounded(change, to))
    check_column(lambda: vectors.percentage_change(case.series, periods, scale=scale), parts, to)


@given(cases(), windows())
def test_windows_have_exact_sums_and_extremes(case: Case, window: Window) -> None:
    rows, least = window

    def expected(of: Callable[[list[Fraction]], Fraction | int]) -> Coefficients:
        def coefficient(part: Numbers) -> int:
            return int(of(known(part)) * 10**case.scale)

        return over_windows(case.numbers, window, coefficient)

    functions = (vectors.rolling_sum, vectors.rolling_minimum, vectors.rolling_maximum)
    extremes: tuple[Callable[[list[Fraction]], Fraction | int], ...] = (sum, min, max)
    for function, of in zip(functions, extremes, strict=True):
        check_column(
            partial(function, case.series, rows, min_periods=least),
            expected(of),
            case.scale,
        )


@given(cases(), windows(), scales, st.integers(0, 2))
def test_windows_have_moments_that_are_rounded_once(
    case: Case, window: Window, scale: int | None, ddof: int
) -> None:
    rows, least = window
    to = case.default if scale is None else scale

    def deviation(part: Numbers) -> int | None:
        exact = variance_of(part, ddof)
        return None if exact is None else root(exact, to)

    check_column(
        lambda: vectors.rolling_mean(case.series, rows, min_periods=least, scale=scale),
        over_windows(case.numbers, window, lambda part: rounded(mean_of(part), to)),
        to,
    )
    check_column(
        lambda: vectors.rolling_variance(
            case.series, rows, ddof=ddof, min_periods=least, scale=scale
        ),
        over_windows(case.numbers, window, lambda part: rounded(variance_of(part, ddof), to)),
        to,
    )
    check_column(
        lambda: vectors.rolling_standard_deviation(
            case.series, rows, ddof=ddof, min_periods=least, scale=scale
        ),
        over_windows(case.numbers, window, deviation),
        to,
    )


@given(cases(), windows(), scales, st.integers(0, 2))
def test_scores_are_rounded_once(case: Case, window: Window, scale: int | None, ddof: int) -> None:
    rows, least = window
    to = 18 if scale is None else scale

    def score(part: Numbers) -> int | None:
        spread, mean = variance_of(part, ddof), mean_of(part)
        if part[-1] is None or mean is None or not spread:
            return None
        size = root((part[-1] - mean) ** 2 / spread, to)
        return size if part[-1] >= mean else -size

    check_column(
        lambda: vectors.rolling_zscore(
            case.series, rows, ddof=ddof, min_periods=least, scale=scale
        ),
        over_windows(case.numbers, window, score),
        to,
    )


@given(cases(), windows(), scales, ratios, betweens)
def test_windows_have_quantiles_that_are_rounded_once(
    case: Case,
    window: Window,
    scale: int | None,
    q: Fraction,
    between: Interpolation,
) -> None:
    rows, least = window
    to = case.default if scale is None else scale
    check_column(
        lambda: vectors.rolling_quantile(
            case.series, rows, q, interpolation=between, min_periods=least, scale=scale
        ),
        over_windows(case.numbers, window, lambda part: rounded(quantile_of(part, q, between), to)),
        to,
    )
    check_column(
        lambda: vectors.rolling_median(case.series, rows, min_periods=least, scale=scale),
        over_windows(
            case.numbers,
            window,
            lambda part: rounded(quantile_of(part, Fraction(1, 2), "linear"), to),
        ),
        to,
    )


@given(pairs(), windows(), scales, st.integers(0, 2))
def test_windows_of_two_columns_are_rounded_once(
    both: tuple[Case, Case], window: Window, scale: int | None, ddof: int
) -> None:
    (a, b), (rows, least) = both, window
    to = max(a.default, b.default) if scale is None else scale
    check_column(
        lambda: vectors.rolling_covariance(
            a.series, b.series, rows, ddof=ddof, min_periods=least, scale=scale
        ),
        over_pairs(
            a.numbers, b.numbers, window, lambda x, y: rounded(covariance_of(x, y, ddof), to)
        ),
        to,
    )
    to = 18 if scale is None else scale
    check_column(
        lambda: vectors.rolling_correlation(
            a.series, b.series, rows, min_periods=least, scale=scale
        ),
        over_pairs(a.numbers, b.numbers, window, lambda x, y: correlation_of(x, y, to)),
        to,
    )


def quantized(value: Fraction, scale: int, mode: str) -> int:
    """The coefficient as decimal rounds it, from enough digits to tell a tie."""
    exact = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    if Fraction(exact) != value:  # what does not end lies between two digits further out
        exact = Decimal(value.numerator * 10**200 // value.denominator * 10 + 1).scaleb(-201, EXACT)
    return int(exact.scaleb(scale, EXACT).to_integral_value(rounding=mode))


@given(pairs(), st.integers(0, 38), st.sampled_from(MODES))
def test_products_and_quotients_are_rounded_as_decimal_does(
    both: tuple[Case, Case], scale: int, mode: str
) -> None:
    a, b = both
    rows = list(zip(a.numbers, b.numbers, strict=True))
    products = [None if x is None or y is None else quantized(x * y, scale, mode) for x, y in rows]
    check_column(
        lambda: vectors.multiply(a.series, b.series, scale, rounding=mode), products, scale
    )
    if any(x is not None and y == 0 for x, y in rows):
        with pytest.raises(rustybt_rs.InvalidInputError, match="divided by zero"):
            vectors.divide(a.series, b.series, scale)
        return
    quotients = [None if x is None or y is None else quantized(x / y, scale, mode) for x, y in rows]
    check_column(lambda: vectors.divide(a.series, b.series, scale, rounding=mode), quotients, scale)


@given(
    cases(),
    st.integers(1 - LIMIT, LIMIT - 1),
    st.integers(0, 38),
    st.integers(0, 38),
    st.sampled_from(MODES),
)
def test_one_number_stands_for_every_row(
    case: Case, coefficient: int, its_scale: int, scale: int, mode: str
) -> None:
    factor = Fraction(coefficient, 10**its_scale)
    number = Decimal(coefficient).scaleb(-its_scale, EXACT)
    products = [None if x is None else quantized(x * factor, scale, mode) for x in case.numbers]
    check_column(
        lambda: vectors.multiply(case.series, number, scale, rounding=mode), products, scale
    )
    rescaled = [None if x is None else quantized(x, scale, mode) for x in case.numbers]
    check_column(lambda: vectors.round(case.series, scale, rounding=mode), rescaled, scale)


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)), st.integers(0, 38))
def test_coefficients_become_decimals_and_come_back(values: list[int | None], scale: int) -> None:
    column = pl.Series("close", values, dtype=pl.Int64)
    check_column(lambda: vectors.decimals(column, scale), values, scale)
    assert vectors.coefficients(vectors.decimals(column, scale)).equals(column)
