"""Indicators that TA-Lib lacks, worked by hand; the arithmetic is beside each row."""

from typing import Any

import numpy as np
import pytest

from rustybt.indicators.kernels import make_kernel, make_reference_kernel

X = np.nan

# name, parameters, rows of inputs, rows of outputs
EXAMPLES: list[tuple[str, dict[str, Any], list[list[float]], list[list[float]]]] = [
    (
        "wilder",
        {"window": 2},
        [[1], [3], [6], [2]],
        [
            [X],
            [2],  # (1 + 3) / 2
            [4],  # (2 * 1 + 6) / 2
            [3],  # (4 * 1 + 2) / 2
        ],
    ),
    (
        "hma",
        {"window": 4},
        [[1], [2], [4], [8], [16]],
        [
            [X],
            [X],
            [X],
            # WMA of 2 rows: (4 + 2 * 8) / 3 = 20 / 3; WMA of 4: (1 + 4 + 12 + 32) / 10 = 4.9;
            # 2 * 20 / 3 - 4.9 = 253 / 30 is the first value of what is smoothed
            [X],
            # (8 + 2 * 16) / 3 = 40 / 3; (2 + 8 + 24 + 64) / 10 = 9.8; 80 / 3 - 9.8 = 506 / 30;
            # WMA of isqrt(4) = 2 rows: (253 / 30 + 2 * 506 / 30) / 3 = 1265 / 90
            [1265 / 90],
        ],
    ),
    (
        "vwma",
        {"window": 2},
        [[10, 1], [12, 3], [11, 0], [9, 0]],
        [
            [X],
            [11.5],  # (10 * 1 + 12 * 3) / (1 + 3) = 46 / 4
            [12],  # (12 * 3 + 11 * 0) / 3
            [X],  # nothing was traded
        ],
    ),
    (
        "vwap",
        {"window": 2},
        [[12, 6, 9, 1], [15, 9, 12, 2], [12, 9, 9, 2]],
        [
            [X],
            [11],  # typical (12 + 6 + 9) / 3 = 9, then 12: (9 * 1 + 12 * 2) / 3
            [11],  # typical 10: (12 * 2 + 10 * 2) / 4
        ],
    ),
    (
        "keltner",
        {"window": 2, "range_window": 2, "multiplier": 2.0},
        [[11, 9, 10], [12, 10, 11], [14, 11, 13], [13, 10, 10]],
        [
            [X, X, X],
            # EMA (10 + 11) / 2 = 10.5; true range max(2, 12 - 10, 10 - 10) = 2
            [X, X, X],
            # EMA 10.5 + (13 - 10.5) * 2 / 3 = 73 / 6; range max(3, 3, 0) = 3; ATR (2 + 3) / 2
            [73 / 6 + 5, 73 / 6, 73 / 6 - 5],
            # EMA 73 / 6 + (10 - 73 / 6) * 2 / 3 = 193 / 18; range max(3, 0, 3) = 3;
            # ATR (2.5 + 3) / 2 = 2.75
            [193 / 18 + 5.5, 193 / 18, 193 / 18 - 5.5],
        ],
    ),
    (
        "donchian",
        {"window": 2},
        [[5, 3], [7, 4], [6, 2]],
        [
            [X, X, X],
            [7, 5, 3],  # greatest of 5, 7; least of 3, 4
            [7, 4.5, 2],  # greatest of 7, 6; least of 4, 2
        ],
    ),
    (
        "supertrend",
        {"window": 1, "multiplier": 1.0},
        [[10, 8, 9], [11, 9, 10], [12, 10, 11], [16, 12, 15], [17, 15, 16], [14, 12, 13]],
        [
            [X, X],
            # range max(2, 11 - 9, 0) = 2, middle 10: lines 12 and 8; 10 is not above 12
            [12, -1],
            # range 2, middle 11: 13 and 9; 13 would loosen the upper line: 12 and 9
            [12, -1],
            # range max(4, 16 - 11, 1) = 5, middle 14: 19 and 9: 12 and 9; 15 is above 12
            [9, 1],
            # range 2, middle 16: 18 and 14; the close before, 15, was above 12: 18 and 14
            [14, 1],
            # range max(2, 2, 16 - 12) = 4, middle 13: 17 and 9: 17 and 14; 13 is below 14
            [17, -1],
        ],
    ),
    (
        "ichimoku",
        {"conversion": 1, "base": 2, "span": 3, "displacement": 1},
        [[4, 2], [6, 4], [5, 1], [8, 6]],
        [
            [X] * 6,
            [X] * 6,
            # conversion (5 + 1) / 2 = 3, base (6 + 1) / 2 = 3.5, span of 3 rows (6 + 1) / 2 = 3.5:
            # leads (3 + 3.5) / 2 = 3.25 and 3.5, drawn one row later
            [X] * 6,
            # conversion (8 + 6) / 2, base (8 + 1) / 2, leads (7 + 4.5) / 2 and (8 + 1) / 2
            [7, 4.5, 3.25, 3.5, 5.75, 4.5],
        ],
    ),
    (
        "bollinger",
        {"window": 2, "width": 2.0},
        [[1], [3], [7]],
        [
            [X] * 5,
            # mean 2, deviation 1: 4 and 0; (4 - 0) / 2; (3 - 0) / (4 - 0)
            [4, 2, 0, 2, 0.75],
            # mean 5, deviation 2: 9 and 1; 8 / 5; (7 - 1) / 8
            [9, 5, 1, 1.6, 0.75],
        ],
    ),
    (
        "z_score",
        {"window": 3, "ddof": 1},
        [[1], [2], [3], [1], [1], [1]],
        [
            [X],
            [X],
            [1],  # mean 2, squares 1 + 0 + 1, deviation sqrt(2 / 2) = 1
            [-1],  # the same three numbers, of which 1 is the newest
            # of 3, 1, 1: mean 5 / 3, squares 16 / 9 + 4 / 9 + 4 / 9 = 24 / 9, deviation
            # sqrt(12 / 9); (1 - 5 / 3) / sqrt(12 / 9) = -2 / sqrt(12)
            [-2 / 12**0.5],
            [X],  # no deviation
        ],
    ),
    (
        "rolling_percentile",
        {"window": 4, "percent": 25.0},
        [[4], [1], [3], [2]],
        [[X], [X], [X], [1.75]],  # place 0.25 * 3 = 0.75: 1 + (2 - 1) * 0.75
    ),
    (
        "rolling_rank",
        {"window": 3},
        [[1], [2], [2], [1]],
        [
            [X],
            [X],
            [2.5 / 3],  # 2 and 2 share the ranks 2 and 3
            [1 / 3],
        ],
    ),
    (
        "mfi",
        {"window": 2},
        [[0.001, 0.001, 0.001, 1], [0.002, 0.002, 0.002, 1], [0.003, 0.003, 0.003, 1]],
        [[X], [X], [100]],  # all flow is up, little as it is: TA-Lib says 0 below a flow of 1
    ),
    (
        "mfi",
        {"window": 2},
        # both bars' prices add up to 296.85, in floats not quite: no change, no flow
        [[98.15, 97.92, 97.97, 1], [99.75, 98.48, 98.62, 5], [100.24, 98.04, 98.57, 7]],
        [[X], [X], [100]],
    ),
]


@pytest.mark.parametrize(("name", "parameters", "inputs", "outputs"), EXAMPLES)
@pytest.mark.parametrize("make", [make_reference_kernel, make_kernel])
def test_values_are_those_worked_by_hand(
    make: Any,
    name: str,
    parameters: dict[str, Any],
    inputs: list[list[float]],
    outputs: list[list[float]],
) -> None:
    found = make(name, **parameters).update(list(np.array(inputs, dtype=np.float64).T))
    np.testing.assert_allclose(np.transpose(found), outputs, rtol=1e-14)
