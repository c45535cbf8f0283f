"""Write alphalens_factor.json.gz: what alphalens makes of a small factor.

Run it where alphalens is installed, not in our environment (there it would need pandas of its own
choice)::

    python -m venv /tmp/alphalens && /tmp/alphalens/bin/pip install alphalens-reloaded==0.5.1
    /tmp/alphalens/bin/python packages/rustybt-core/tests/pipeline/make_alphalens_factor.py

The market is drawn: 17 assets in three groups over 34 weekdays; factors have two decimals, so that
some are equal, and some are missing; one asset's prices end early, and its factor with them.
"""

import gzip
import json
import random
import warnings
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from alphalens import performance, plotting, utils

PERIODS = (1, 2, 5)
GROUPS = ("energy", "health", "metals")
ENDED = 16
LAST_OF_ENDED = 20
CUTS: dict[str, dict[str, Any]] = {
    "quantiles": {"quantiles": 4},
    "shares": {"quantiles": [0, 0.1, 0.5, 0.9, 1]},
    "inner": {"quantiles": [0.05, 0.5, 0.95]},
    "bins": {"quantiles": None, "bins": 4},
    "values": {"quantiles": None, "bins": [-1, -0.25, 0, 2]},
    "zero_aware": {"quantiles": 4, "zero_aware": True},
    "by_group": {"quantiles": 2, "binning_by_group": True},
}


def market() -> tuple[pd.DataFrame, pd.Series, dict[int, str]]:
    draw = random.Random(5)
    sessions = pd.bdate_range("2021-03-01", periods=34)
    prices = {}
    for sid in range(17):
        price = 20.0 + sid
        path = []
        for _ in sessions:
            price *= 1 + draw.gauss(0.0005, 0.02)
            path.append(round(price, 4))
        prices[sid] = path
    frame = pd.DataFrame(prices, index=sessions)
    frame.loc[sessions[LAST_OF_ENDED + 1] :, ENDED] = np.nan
    rows = []
    for at, session in enumerate(sessions[:-5]):
        for sid in range(17):
            value = round(draw.gauss(0, 1), 2)
            if sid == ENDED and at > LAST_OF_ENDED:
                continue
            rows.append((session, sid, np.nan if draw.random() < 0.03 else value))
    factor = pd.DataFrame(rows, columns=["date", "asset", "factor"]).set_index(["date", "asset"])
    groups = {sid: GROUPS[sid % 3] for sid in range(17)}
    return frame, factor["factor"], groups


def plain(value: Any) -> list[list[Any]]:
    """Frames as rows of texts and numbers, index first."""
    if isinstance(value, pd.Series):
        value = value.to_frame("value")
    flat = value.reset_index()
    return [
        [
            None
            if pd.isna(cell)
            else cell.strftime("%Y-%m-%d")
            if isinstance(cell, pd.Timestamp)
            else float(f"{cell:.12g}")
            if isinstance(cell, float | np.floating)
            else int(cell)
            if isinstance(cell, int | np.integer)
            else str(cell)
            for cell in row
        ]
        for row in flat.itertuples(index=False)
    ]


def cleaned(
    factor: pd.Series, prices: pd.DataFrame, groups: dict[int, str], **options: Any
) -> pd.DataFrame:
    return utils.get_clean_factor_and_forward_returns(
        factor, prices, groupby=groups, periods=PERIODS, filter_zscore=None, max_loss=1, **options
    )


def recorded() -> dict[str, Any]:
    prices, factor, groups = market()
    data = cleaned(factor, prices, groups, quantiles=4)
    ic = performance.factor_information_coefficient(data)
    return {
        "prices": plain(prices),
        "factor": plain(factor),
        "groups": groups,
        "periods": PERIODS,
        "data": plain(data),
        "ic": plain(ic),
        "ic_adjusted": plain(performance.factor_information_coefficient(data, group_adjust=True)),
        "ic_by_group": plain(performance.factor_information_coefficient(data, by_group=True)),
        "mean_ic": plain(performance.mean_information_coefficient(data)),
        "mean_ic_by_month": plain(performance.mean_information_coefficient(data, by_time="MS")),
        "mean_ic_by_group": plain(performance.mean_information_coefficient(data, by_group=True)),
        "ic_summary": plain(plotting.plot_information_table(ic, return_df=True)),
        "quantile_statistics": plain(plotting.plot_quantile_statistics_table(data, return_df=True)),
        "cuts": {
            name: plain(cleaned(factor, prices, groups, **options)["factor_quantile"])
            for name, options in CUTS.items()
        },
        "turnover": {
            period: [
                plain(performance.quantile_turnover(data["factor_quantile"], quantile, period))
                for quantile in range(1, 5)
            ]
            for period in PERIODS
        },
        "autocorrelation": {
            period: plain(performance.factor_rank_autocorrelation(data, period))
            for period in PERIODS
        },
        "quantile_returns": list(quantile_returns(data)),
        "portfolios": list(portfolios(data)),
    }


def quantile_returns(data: pd.DataFrame) -> Iterator[dict[str, Any]]:
    demeaning = ((False, False), (True, False), (True, True))
    for by_date, by_group, (demeaned, adjust) in product((False, True), (False, True), demeaning):
        options = {
            "by_date": by_date,
            "by_group": by_group,
            "demeaned": demeaned,
            "group_adjust": adjust,
        }
        mean, error = performance.mean_return_by_quantile(data, **options)
        case = {"options": options, "mean": plain(mean), "error": plain(error)}
        if by_date and not by_group:
            spread, joint = performance.compute_mean_returns_spread(mean, 4, 1, error)
            case |= {"spread": plain(spread), "joint": plain(joint)}
        yield case


def portfolios(data: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for demeaned, adjust, equal in product((False, True), repeat=3):
        options = {"demeaned": demeaned, "group_adjust": adjust, "equal_weight": equal}
        returns = performance.factor_returns(data, **options)
        yield {
            "options": options,
            "weights": plain(performance.factor_weights(data, **options)),
            "returns": plain(returns),
            "alpha_beta": plain(performance.factor_alpha_beta(data, **options)),
            "growth": plain(performance.cumulative_returns(returns["1D"])),
        }


def main() -> None:
    warnings.simplefilter("ignore")
    text = json.dumps(recorded(), separators=(",", ":"))
    path = Path(__file__).with_name("alphalens_factor.json.gz")
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
