"""Records what zipline's DataFrameLoader makes of random adjustments: windows of four rows.

Run with zipline-reloaded 3.2.1 in an environment of its own::

    python make_zipline_adjusted_frames.py

It writes ``zipline_adjusted_frames.json`` beside itself.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from zipline.pipeline.data import Column, DataSet
from zipline.pipeline.domain import US_EQUITIES
from zipline.pipeline.loaders.frame import DataFrameLoader

CASES = 25
ROWS = 12
DATES = pd.bdate_range("2024-01-01", periods=ROWS)
LABELS = ("start_date", "end_date", "apply_date")


class Given(DataSet):
    value = Column(float)


def adjustments(random: np.random.Generator) -> list[dict[str, Any]]:
    found = []
    for number in range(8):
        start, middle, last = sorted(random.integers(0, ROWS, 3).tolist())
        end, apply = (middle, last) if number % 2 else (last, middle)
        found.append(
            {
                "sid": int(random.integers(1, 3)),
                "value": float(random.integers(2, 5)),
                "kind": number % 3,
                **{name: DATES[at] for name, at in zip(LABELS, (start, end, apply), strict=True)},
            }
        )
    return found


def case(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    baseline = random.integers(1, 9, (ROWS, 2)).astype(float)
    given = adjustments(random)
    loader = DataFrameLoader(
        Given.value, pd.DataFrame(baseline, index=DATES, columns=[1, 2]), pd.DataFrame(given)
    )
    everywhere = np.ones((ROWS, 2), dtype=bool)
    columns = loader.load_adjusted_array(
        US_EQUITIES, [Given.value], DATES, pd.Index([1, 2]), everywhere
    )
    return {
        "baseline": baseline.tolist(),
        "adjustments": [
            {**each, **{name: str(each[name].date()) for name in LABELS}} for each in given
        ],
        "windows": [window.tolist() for window in columns[Given.value].traverse(4)],
    }


if __name__ == "__main__":
    cases = [case(seed) for seed in range(CASES)]
    target = Path(__file__).with_name("zipline_adjusted_frames.json")
    target.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
