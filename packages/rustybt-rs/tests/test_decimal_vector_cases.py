"""Functions on Decimal columns: cases worked out by hand, Polars, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import polars as pl
import pytest

rustybt_rs = pytest.importorskip("rustybt_rs", reason="the accelerator is not built")

from rustybt_rs import vectors  # noqa: E402

WIDEST = 10**38 - 1


def column(*values: str | None, scale: int = 2) -> pl.Series:
    numbers = [None if value is None else Decimal(value) for value in values]
    return pl.Series("close", numbers, dtype=pl.Decimal(38, scale))


def texts(series: pl.Series) -> list[str | None]:
    """The numbers without the zeros at their end."""
    every = (None if value is None else format(value, "f") for value in series)
    return [
        text.rstrip("0").rstrip(".") if text is not None and "." in text else text for text in every
    ]


CLOSES = column("10.00", "12.50", None, "11.00", "10.50")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # 10 + 12.5 + 11 + 10.5
        (vectors.sum(CLOSES), "44.00"),
        # 44 / 4
        (vectors.mean(CLOSES, scale=4), "11.0000"),
        (vectors.minimum(CLOSES), "10.00"),
        (vectors.maximum(CLOSES), "12.50"),
        # deviations -1, 1.5, 0, -0.5: squares 1 + 2.25 + 0.25 = 3.5; / 3 and / 4
        (vectors.variance(CLOSES, scale=6), "1.166667"),
        (vectors.variance(CLOSES, ddof=0, scale=6), "0.875000"),
        # sqrt(7/6) = 1.080123449734643...
        (vectors.standard_deviation(CLOSES, scale=12), "1.080123449735"),
        # between 10.5 and 11
        (vectors.median(CLOSES, scale=2), "10.75"),
        # place 0.25 x 3 = 0.75: 10 + 0.75 x 0.5
        (vectors.quantile(CLOSES, "0.25", scale=3), "10.375"),
        (vectors.quantile(CLOSES, Fraction(1, 4), interpolation="higher", scale=2), "10.50"),
        # 100 + 156.25 + 121 + 110.25
        (vectors.dot(CLOSES, CLOSES, scale=2), "487.50"),
    ],
)
def test_one_number_of_a_column(found: Decimal, expected: str) -> None:
    assert str(found) == expected


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (vectors.cumulative_sum, ["10", "22.5", None, "33.5", "44"]),
        (vectors.cumulative_maximum, ["10", "12.5", None, "12.5", "12.5"]),
        (vectors.cumulative_minimum, ["10", "10", None, "10", "10"]),
        # 10 x 12.5 = 125, x 11 = 1375, x 10.5 = 14437.5
        (vectors.cumulative_product, ["10", "125", None, "1375", "14437.5"]),
        (vectors.difference, [None, "2.5", None, None, "-0.5"]),
        # 2.5 / 10; -0.5 / 11 = -0.045454...
        (
            lambda closes: vectors.percentage_change(closes, scale=6),
            [None, "0.25", None, None, "-0.045455"],
        ),
        # y = x / 2 + y' / 2: 11.25, 11.125, 10.8125
        (
            lambda closes: vectors.ewm_mean(closes, span=3),
            ["10", "11.25", None, "11.125", "10.8125"],
        ),
        # a half of the last digit goes to the even one: 5.625 -> 5.62
        (
            lambda closes: vectors.multiply(closes, Decimal("0.45"), 2),
            ["4.5", "5.62", None, "4.95", "4.72"],
        ),
        (
            lambda closes: vectors.divide(closes, 3, 2, rounding="ROUND_UP"),
            ["3.34", "4.17", None, "3.67", "3.5"],
        ),
        (
            lambda closes: vectors.round(closes, 0, rounding="ROUND_HALF_UP"),
            ["10", "13", None, "11", "11"],
        ),
    ],
)
def test_a_column_of_a_column(
    compute: Callable[[pl.Series], pl.Series], expected: Sequence[str | None]
) -> None:
    assert texts(compute(CLOSES)) == expected


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (
            lambda closes: vectors.rolling_sum(closes, 2, min_periods=1),
            ["10", "22.5", "12.5", "11", "21.5"],
        ),
        (lambda closes: vectors.rolling_sum(closes, 2), [None, "22.5", None, None, "21.5"]),
        (
            lambda closes: vectors.rolling_mean(closes, 3, min_periods=2, scale=2),
            [None, "11.25", "11.25", "11.75", "10.75"],
        ),
        (
            lambda closes: vectors.rolling_maximum(closes, 3, min_periods=1),
            ["10", "12.5", "12.5", "12.5", "11"],
        ),
        (
            lambda closes: vectors.rolling_minimum(closes, 3, min_periods=1),
            ["10", "10", "10", "11", "10.5"],
        ),
        # two values 2.5, 2.5, 1.5 and 0.5 apart: half of the square
        (
            lambda closes: vectors.rolling_variance(closes, 3, min_periods=2, scale=3),
            [None, "3.125", "3.125", "1.125", "0.125"],
        ),
        # the higher of two values lies sqrt(1/2) above their mean, the lower one below
        (
            lambda closes: vectors.rolling_zscore(closes, 3, min_periods=2, scale=6),
            [None, "0.707107", None, "-0.707107", "-0.707107"],
        ),
        (
            lambda closes: vectors.rolling_median(closes, 4, min_periods=3, scale=2),
            [None, None, None, "11", "11"],
        ),
        # (x, x) has the variance, and the correlation 1
        (
            lambda closes: vectors.rolling_covariance(closes, closes, 3, min_periods=2, scale=3),
            [None, "3.125", "3.125", "1.125", "0.125"],
        ),
        (
            lambda closes: vectors.rolling_correlation(closes, closes, 3, min_periods=2),
            [None, "1", "1", "1", "1"],
        ),
    ],
)
def test_windows(compute: Callable[[pl.Series], pl.Series], expected: Sequence[str | None]) -> None:
    assert texts(compute(CLOSES)) == expected


def test_correlations_are_exact() -> None:
    # deviations of x -1, 0, 1 and of y 0, -1, 1: products sum to 1, squares to 2 and 2;
    # 1 / 2 both by n - 1 and by the root of 2 x 2
    x, y = column("1", "2", "3"), column("2", "1", "3")
    assert vectors.correlation(x, y) == Decimal("0.5")
    assert vectors.covariance(x, y) == Decimal("0.5")
    assert vectors.correlation(x, column("-2", "-4", "-6")) == -1
    assert vectors.correlation(x, column("4", "4", "4")) is None


@pytest.mark.parametrize("values", [(), (None,), (None, None)], ids=["empty", "null", "nulls"])
def test_of_nothing(values: tuple[None, ...]) -> None:
    nothing = column(*values)
    assert vectors.sum(nothing) == 0
    assert vectors.dot(nothing, nothing) == 0
    for function in (
        vectors.mean,
        vectors.minimum,
        vectors.maximum,
        vectors.variance,
        vectors.standard_deviation,
        vectors.median,
    ):
        assert function(nothing) is None
    assert vectors.covariance(nothing, nothing) is None
    assert vectors.correlation(nothing, nothing) is None
    assert vectors.rolling_mean(nothing, 3).to_list() == list(values)
    assert vectors.cumulative_product(nothing).to_list() == list(values)


def test_of_one_value() -> None:
    one = column("1.50")
    assert vectors.mean(one) == Decimal("1.5")
    assert vectors.variance(one) is None
    assert vectors.variance(one, ddof=0) == 0
    assert vectors.rolling_mean(one, 5).to_list() == [None]
    assert vectors.rolling_mean(one, 5, min_periods=1).to_list() == [Decimal("1.5")]
    assert vectors.rolling_zscore(one, 1, ddof=0).to_list() == [None]


def test_numbers_are_exact_whatever_the_context() -> None:
    wide = pl.Series("close", [Decimal(WIDEST)], dtype=pl.Decimal(38, 0))
    with localcontext(prec=3):
        assert vectors.maximum(wide) == WIDEST
        assert texts(vectors.multiply(column("1.25"), Decimal("1.2345678901"), 12)) == [
            "1.543209862625"
        ]


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (vectors.sum, "sum of column 'close', the result: the number does not fit"),
        (vectors.cumulative_sum, "cumulative_sum of column 'close', row 1: the number"),
        (lambda wide: vectors.rolling_sum(wide, 2), "rolling_sum of column 'close', row 1"),
        (vectors.mean, "mean of column 'close', the result"),
        (vectors.variance, "variance of column 'close', the result"),
        (lambda wide: vectors.multiply(wide, 2, 0), "multiply of columns 'close' and 'other', row"),
        (lambda wide: vectors.dot(wide, wide), "dot of columns 'close' and 'close', the result"),
        (vectors.coefficients, "coefficients of column 'close', row 0"),
    ],
)
def test_what_has_no_room_is_an_error(compute: Callable[[pl.Series], object], message: str) -> None:
    wide = pl.Series("close", [Decimal(WIDEST), Decimal(1)], dtype=pl.Decimal(38, 0))
    with pytest.raises(rustybt_rs.NumberTooLargeError, match=message):
        compute(wide)


def test_sums_on_the_way_may_be_wider_than_the_result() -> None:
    # four numbers of 38 digits whose sum is 2: a sum of 128 bits would leave its range
    numbers = [Decimal(WIDEST), Decimal(WIDEST), Decimal(1 - WIDEST), Decimal(1 - WIDEST)]
    wide = pl.Series("close", numbers, dtype=pl.Decimal(38, 0))
    assert vectors.sum(wide) == 2
    assert vectors.mean(wide, scale=1) == Decimal("0.5")
    assert texts(vectors.rolling_mean(wide, 2, scale=0)) == [
        None,
        str(WIDEST),
        "0",
        str(1 - WIDEST),
    ]


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        (lambda: vectors.rolling_sum(CLOSES, 0), "window: give at least one row"),
        (lambda: vectors.rolling_sum(CLOSES, -1), "window: give a number that is not negative"),
        (lambda: vectors.rolling_sum(CLOSES, 2, min_periods=3), "min_periods: give 1 to 2"),
        (lambda: vectors.difference(CLOSES, 0), "periods: give at least one row"),
        (lambda: vectors.mean(CLOSES, scale=39), "scale: give 0 to 38 digits"),
        (lambda: vectors.round(CLOSES, 2, rounding="half even"), "rounding: give a rounding mode"),
        (lambda: vectors.quantile(CLOSES, 2), "q: give a ratio from 0 to 1"),
        (lambda: vectors.quantile(CLOSES, "half"), "q: give a number"),
        (lambda: vectors.ewm_mean(CLOSES), "alpha: give it or span"),
        (lambda: vectors.ewm_mean(CLOSES, alpha=0), "alpha: give a ratio above zero"),
        (lambda: vectors.ewm_mean(CLOSES, span=0), "span: give at least 1"),
        (
            lambda: vectors.ewm_mean(CLOSES, alpha=Fraction(1, 2**64)),
            "alpha: give numerator and denominator of 64 bits",
        ),
        (lambda: vectors.divide(CLOSES, 0, 2), "other: nothing is divided by zero"),
        (lambda: vectors.multiply(CLOSES, column("1", "2"), 2), "give columns of one length"),
        (lambda: vectors.covariance(CLOSES, column("1", "2")), "other: give columns of one"),
        (lambda: vectors.multiply(CLOSES, Decimal("nan"), 2), "other: give a finite number"),
        (lambda: vectors.multiply(CLOSES, Decimal("1e-39"), 2), "other: give at most 38 digits"),
        (lambda: vectors.sum(pl.Series("close", [0.1])), "close: give decimals or whole numbers"),
    ],
)
def test_what_cannot_be_computed_is_refused(compute: Callable[[], object], message: str) -> None:
    with pytest.raises(rustybt_rs.InvalidInputError, match=message):
        compute()


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="other: give a column such as a Polars series, not float"):
        vectors.multiply(CLOSES, 0.5, 2)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="q: give a Fraction, a Decimal, an int or a text"):
        vectors.quantile(CLOSES, 0.5)  # type: ignore[arg-type]


def test_series_give_series_and_other_columns_columns() -> None:
    import pyarrow as pa

    assert isinstance(vectors.cumulative_sum(CLOSES), pl.Series)
    array = pa.array([Decimal("1.25"), None, Decimal("2.00")], pa.decimal128(9, 2))
    found = vectors.cumulative_sum(array)
    assert isinstance(found, rustybt_rs.Column)
    assert pl.Series(found).to_list() == [Decimal("1.25"), None, Decimal("3.25")]
    whole = vectors.rolling_mean(pl.Series("size", [1, 2, 4]), 2, scale=1)
    assert (whole.name, texts(whole)) == ("size", [None, "1.5", "3"])


def test_they_are_used_in_frames_and_expressions() -> None:
    frame = pl.DataFrame({"symbol": ["A", "B", "A", "B"], "close": CLOSES.drop_nulls()})
    whole = frame.with_columns(vectors.rolling_mean(frame["close"], 2, scale=2).alias("mean"))
    assert texts(whole["mean"]) == [None, "11.25", "11.75", "10.75"]
    each = frame.with_columns(
        pl.col("close")
        .map_batches(
            lambda close: vectors.rolling_mean(close, 2, scale=2),
            return_dtype=pl.Decimal(38, 2),
        )
        .over("symbol")
        .alias("mean")
    )
    # A: (10 + 11) / 2; B: (12.5 + 10.5) / 2
    assert texts(each["mean"]) == [None, None, "10.5", "11.5"]


NULLS = column("1", None, None, "4", "2.5", None, "3", "7", "1.25", "0.5")


@pytest.mark.parametrize("window", [1, 2, 3, 20])
@pytest.mark.parametrize("least", [None, 1])
def test_nulls_and_windows_are_those_of_polars(window: int, least: int | None) -> None:
    floats = NULLS.cast(pl.Float64)
    for name, ours in (
        ("rolling_sum", vectors.rolling_sum),
        ("rolling_mean", vectors.rolling_mean),
        ("rolling_min", vectors.rolling_minimum),
        ("rolling_max", vectors.rolling_maximum),
        ("rolling_var", vectors.rolling_variance),
        ("rolling_std", vectors.rolling_standard_deviation),
        ("rolling_median", vectors.rolling_median),
    ):
        expected = getattr(floats, name)(window, min_samples=least)
        found = ours(NULLS, window, min_periods=least).cast(pl.Float64)
        assert found.is_null().equals(expected.is_null()), name
        assert ((found - expected).abs().fill_null(0) < 1e-12).all(), name


def test_nulls_and_changes_are_those_of_polars() -> None:
    floats = NULLS.cast(pl.Float64)
    for ours, expected in (
        (vectors.cumulative_sum(NULLS), floats.cum_sum()),
        (vectors.cumulative_maximum(NULLS), floats.cum_max()),
        (vectors.difference(NULLS, 2), floats.diff(2)),
        (vectors.percentage_change(NULLS, 2), floats.pct_change(2)),
        (
            vectors.ewm_mean(NULLS, alpha="0.3"),
            floats.ewm_mean(alpha=0.3, adjust=False, ignore_nulls=True),
        ),
    ):
        found = ours.cast(pl.Float64)
        assert found.is_null().equals(expected.is_null())
        assert ((found - expected).abs().fill_null(0) < 1e-12).all()
