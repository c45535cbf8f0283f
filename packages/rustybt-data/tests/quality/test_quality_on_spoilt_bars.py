"""What is found of errors that were put into clean bars, and what is found beside them."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from quality_bars import PRICE, random_walk

from rustybt_data.quality import QualityReport, check

SYMBOLS, BARS = 30, 900
APART = 20


class Spoilt(NamedTuple):
    """Bars with errors, and where they are: row numbers by kind."""

    frame: pl.DataFrame
    errors: dict[str, list[int]]


def spoilt(seed: int) -> Spoilt:
    """Put one error into every stretch of 20 bars of the later part of each symbol.

    Rows are numbered as they are in the frame that is returned.
    """
    clean = random_walk(SYMBOLS, BARS, seed=seed).with_row_index("n")
    draws = np.random.default_rng(seed)
    kinds = ["tenfold", "tenth", "wick", "swapped", "negative", "gap", "twice", "two", "late",
             "saturday", "volume"]  # fmt: skip
    rows = clean.rows(named=True)
    errors: dict[str, list[int]] = {kind: [] for kind in kinds}
    made: list[dict[str, object]] = []
    for place, row in enumerate(rows):
        within = place % BARS
        if within < 200 or within % APART or within > BARS - 2 * APART:
            made.append(row)
            continue
        kind = kinds[int(draws.integers(len(kinds)))]
        errors[kind] += put(kind, row, rows[place + 1], made)
    frame = pl.DataFrame(made, schema=clean.schema).drop("n")
    return Spoilt(frame, errors)


def put(
    kind: str, row: dict[str, object], after: dict[str, object], made: list[dict[str, object]]
) -> list[int]:
    """Add a row with an error of a kind; the places of the rows in which it can be seen."""
    here = len(made)
    close, low = row["close"], row["low"]
    changes: dict[str, dict[str, object]] = {
        "tenfold": {"close": close * 10, "high": close * 10},  # type: ignore[operator]
        "tenth": {"close": low / 10, "low": low / 10},  # type: ignore[operator]
        "wick": {"high": row["high"] * 2},  # type: ignore[operator]
        "swapped": {"high": low - 1, "low": row["high"]},  # type: ignore[operator]
        "negative": {"close": -close},  # type: ignore[operator]
        "volume": {"volume": row["volume"] * 1000},  # type: ignore[operator]
    }
    if kind == "gap":
        return [here]  # the row is left out: the one after it comes into its place
    if kind == "late":
        # The row and the one after it change places; that one is a copy, and comes again.
        made.extend([dict(after), row])
        return [here + 1]
    made.append(row | changes.get(kind, {}))
    if kind == "twice":
        made.append(dict(row))
        return [here + 1]
    if kind == "two":
        made.append(row | {"volume": row["volume"] + 1})  # type: ignore[operator]
        return [here + 1]
    if kind == "saturday":
        day = row["date"]
        made.append(row | {"date": saturday_after(day)})
        return [here + 1]
    return [here]


def saturday_after(day: object) -> object:
    import datetime as dt

    assert isinstance(day, dt.date)
    return day + dt.timedelta(days=(5 - day.weekday()) % 7 or 7)


EXPECTED = {
    "tenfold": {"spike", "return_outlier"},
    "tenth": {"spike", "return_outlier"},
    "wick": {"wick_outlier"},
    "swapped": {"high_low"},
    "negative": {"price_sign"},
    "gap": {"missing_sessions"},
    "twice": {"duplicate"},
    "two": {"conflict"},
    "late": {"order"},
    "saturday": {"outside_hours"},
    "volume": {"volume_outlier"},
}
QUARANTINED = {"tenfold", "tenth", "wick", "swapped", "negative", "twice", "two", "saturday"}


def judged(seed: int, *, hindsight: bool) -> tuple[Spoilt, QualityReport]:
    bars = spoilt(seed)
    return bars, check(bars.frame, calendar="XNYS", resolution="1d", hindsight=hindsight)


@pytest.mark.parametrize("hindsight", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_error_is_found(seed: int, *, hindsight: bool) -> None:
    bars, report = judged(seed, hindsight=hindsight)
    assert sum(map(len, bars.errors.values())) > 900
    for kind, rows in bars.errors.items():
        assert len(rows) > 50, kind
        hits = report.rows.filter(pl.col("rule").is_in(list(EXPECTED[kind])))
        if kind in QUARANTINED:
            hits = hits.filter(pl.col("outcome") == "quarantine")
        missed = set(rows) - set(hits["row"].to_list())
        assert not missed, f"{kind}: {len(missed)} of {len(rows)}"


@pytest.mark.parametrize("hindsight", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_little_else_is_found(seed: int, *, hindsight: bool) -> None:
    """Of bars without an error, and not beside one, fewer than 1 in 10,000 are quarantined.

    3 in 1,000 moves of a normal distribution lie beyond 3 standard deviations, estimated ones a
    little more; at most 1 in 100 is flagged.
    """
    bars, report = judged(seed, hindsight=hindsight)
    near = {row + step for rows in bars.errors.values() for row in rows for step in range(-2, 3)}
    others = bars.frame.height - len(near)
    beside = report.rows.filter(~pl.col("row").is_in(sorted(near)))
    quarantined = beside.filter(pl.col("outcome") == "quarantine")["row"].n_unique()
    flagged = beside.filter(pl.col("outcome") == "flag")["row"].n_unique()
    assert quarantined <= others / 10_000
    assert flagged <= others / 100


def test_clean_minutes_have_an_empty_report() -> None:
    clean = random_walk(3, 2000, seed=5, sigma=0.004)
    report = check(clean, calendar="XNYS", resolution="1d")
    assert report.is_clean  # no move reaches 3 %


@pytest.mark.parametrize("ratio", [2, 3, 10])
def test_splits_that_are_not_known_are_suspected_with_their_ratio(ratio: int) -> None:
    clean = random_walk(20, 400, seed=6)
    halved = clean.with_columns(
        (pl.when(pl.int_range(pl.len()).over("symbol") >= 250).then(pl.col(name) / ratio)
         .otherwise(pl.col(name))).cast(PRICE)
        for name in ("open", "high", "low", "close")
    )  # fmt: skip
    report = check(halved, calendar="XNYS", resolution="1d", hindsight=True)
    suspected = report.rows.filter(pl.col("rule") == "split_suspected")
    assert suspected["row"].to_list() == [400 * place + 250 for place in range(20)]
    assert suspected["reason"].str.contains(f"about 1/{ratio} and stayed").all()
    assert report.outcome == "flag"
