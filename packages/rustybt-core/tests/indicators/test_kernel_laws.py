"""What holds of every indicator."""

from math import isqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from indicator_columns import bits, chunks, columns, in_chunks, market, parameters_of
from laws import one_of_many

from rustybt.indicators.kernels import SPECIFICATIONS, make_reference_kernel


def warm_up_of(name: str, parameters: dict[str, Any]) -> int:
    """What the table says, computed."""
    words = {"isqrt": isqrt, "max": max, **parameters}
    found: int = eval(SPECIFICATIONS[name].warm_up, words)
    return found


@pytest.mark.parametrize("name", SPECIFICATIONS)
@one_of_many
@given(data=st.data())
def test_cuts_change_nothing(name: str, data: Any) -> None:
    specification = SPECIFICATIONS[name]
    kernel = make_reference_kernel(name, **data.draw(parameters_of(specification)))
    given_columns = data.draw(columns(len(specification.inputs)))
    rows = len(given_columns[0])
    parts = chunks(given_columns, sorted(data.draw(st.lists(st.integers(0, rows), max_size=4))))
    whole = [bits(column) for column in kernel.copy().update(given_columns)]
    assert in_chunks(kernel.copy(), parts) == whole
    single = [kernel.update(part) for part in chunks(given_columns, list(range(rows)))]
    assert [bits(np.concatenate(column)) for column in zip(*single, strict=True)] == whole


@pytest.mark.parametrize("name", SPECIFICATIONS)
@one_of_many
@given(data=st.data())
def test_rows_that_do_not_count_change_nothing(name: str, data: Any) -> None:
    specification = SPECIFICATIONS[name]
    kernel = make_reference_kernel(name, **data.draw(parameters_of(specification)))
    given_columns = data.draw(columns(len(specification.inputs)))
    counts = np.isfinite(given_columns).all(axis=0)
    without = kernel.copy().update([each[counts] for each in given_columns])
    for found, expected in zip(kernel.update(given_columns), without, strict=True):
        assert np.isnan(found[~counts]).all()
        assert bits(found[counts]) == bits(expected)


@pytest.mark.parametrize("name", SPECIFICATIONS)
@one_of_many
@given(data=st.data())
def test_values_begin_after_the_warm_up_together(name: str, data: Any) -> None:
    specification = SPECIFICATIONS[name]
    parameters = data.draw(parameters_of(specification))
    assume(parameters.get("width", 1.0) > 0.01)  # a band of no width has no percent_b
    kernel = make_reference_kernel(name, **parameters)
    assert kernel.warm_up == warm_up_of(name, parameters)
    bars = market(150, data.draw(st.integers(0, 2**32)))
    for column in kernel.update([bars[each] for each in specification.inputs]):
        assert np.isnan(column[: kernel.warm_up]).all()
        assert np.isfinite(column[kernel.warm_up :]).all()


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_defaults_have_the_warm_up_of_the_table(name: str) -> None:
    parameters = dict(SPECIFICATIONS[name].defaults())
    assert make_reference_kernel(name).warm_up == warm_up_of(name, parameters)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_a_market_that_stands_still_has_no_range_and_no_direction(name: str) -> None:
    specification = SPECIFICATIONS[name]
    price = 0.1 + 0.2  # three times it is no multiple of it
    columns_of_rest = [np.full(400, price)] * len(specification.inputs)
    results = dict(
        zip(
            specification.outputs,
            make_reference_kernel(name).update(columns_of_rest),
            strict=True,
        )
    )
    expected = RESTING.get(name, {"value": price})
    for output, value in expected.items():
        last = results[output][-100:]
        np.testing.assert_allclose(last, value, rtol=1e-12, atol=1e-12, err_msg=output)


PRICE = 0.1 + 0.2
ZERO = {"value": 0.0}
NONE = np.nan
K_AND_D = {"k": 0.0, "d": 0.0}
# What each indicator is by its formula when every column is one number: 0 where it measures
# change, range or volume's direction, the price where it is an average.
RESTING: dict[str, dict[str, float]] = {
    **dict.fromkeys(("momentum", "roc", "rsi", "cmo", "apo", "ppo", "trix", "williams_r"), ZERO),
    **dict.fromkeys(("cci", "ultimate_oscillator", "mfi", "plus_di", "minus_di", "dx"), ZERO),
    **dict.fromkeys(("adx", "adxr", "true_range", "atr", "natr", "variance"), ZERO),
    **dict.fromkeys(("standard_deviation", "ad", "adosc"), ZERO),
    **dict.fromkeys(("stochastic", "stochastic_fast", "stochastic_rsi"), K_AND_D),
    "z_score": {"value": NONE},
    "macd": {"macd": 0.0, "signal": 0.0, "histogram": 0.0},
    # of equals the newest counts: both extremes are this bar's
    "aroon": {"up": 100.0, "down": 100.0, "oscillator": 0.0},
    "bollinger": {"upper": PRICE, "middle": PRICE, "lower": PRICE, "bandwidth": 0.0}
    | {"percent_b": NONE},
    "keltner": {"upper": PRICE, "middle": PRICE, "lower": PRICE},
    "donchian": {"upper": PRICE, "middle": PRICE, "lower": PRICE},
    "supertrend": {"value": PRICE, "direction": -1.0},
    "ichimoku": dict.fromkeys(("conversion", "base", "span_a", "span_b", "lead_a"), PRICE),
    "linear_regression": {"value": PRICE, "slope": 0.0, "intercept": PRICE},
    "rolling_sum": {"value": 30 * PRICE},
    # the mean of the ranks 1 to 30, over 30: 31 / 2 / 30
    "rolling_rank": {"value": 31 / 60},
    # the first bar's volume, nothing after it
    "obv": {"value": PRICE},
}
