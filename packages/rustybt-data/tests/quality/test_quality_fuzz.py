"""Whatever is handed in: a report, or an error of ours that says what is wrong."""

import contextlib
import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from laws import through_files

from rustybt.errors import UserError
from rustybt_data.quality import LiveChecker, QualityReport, RuleSet, check, screen
from rustybt_data.quality.catalogue import RULES

NAMES = ("date", "timestamp", "symbol", "open", "high", "low", "close", "volume", "bid", "ask", "x")
DECIMALS = [pl.Decimal(18, 8), pl.Decimal(18, 0), pl.Decimal(38, 12), pl.Decimal(5, 2)]
CELLS: dict[Any, st.SearchStrategy[Any]] = {
    pl.Date(): st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)) | st.dates(
        dt.date(2023, 1, 1), dt.date(2023, 1, 20)),
    pl.Datetime("ns", "UTC"): st.integers(-(2**63) + 1, 2**63 - 1)
    | st.integers(1672531200, 1675209600).map(lambda second: second * 10**9),
    pl.Datetime("us"): st.datetimes(),
    pl.String(): st.sampled_from(["AAA", "BTC/USDT", "EUR/USD", "A/B:C", "/", "", " ", "1"]),
    pl.Float64(): st.floats(),
    pl.Int64(): st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9),
    pl.UInt64(): st.integers(0, 2**64 - 1),
    pl.Boolean(): st.booleans(),
    pl.Binary(): st.binary(max_size=3),
    pl.List(pl.Int64()): st.lists(st.integers(0, 5), max_size=2),
    pl.Null(): st.none(),
}  # fmt: skip


def decimals(dtype: pl.Decimal) -> st.SearchStrategy[Decimal]:
    largest = Decimal(10) ** (dtype.precision - dtype.scale) - 1
    wild = st.decimals(-largest, largest, places=min(dtype.scale, 8), allow_nan=False)
    return wild | st.sampled_from([Decimal(0), Decimal(1), Decimal(2), Decimal(100)])


@st.composite
def frames(draw: st.DrawFn, usual: float = 0.8) -> pl.DataFrame:
    """Columns that are mostly what they should be."""
    rows = draw(st.integers(0, 12))
    columns = []
    for name in NAMES:
        if draw(st.integers(0, 99)) < 4:
            continue
        good: Any = DECIMALS[0]
        if name in {"date", "timestamp", "symbol"}:
            good = {"date": pl.Date(), "symbol": pl.String()}.get(name, pl.Datetime("ns", "UTC"))
        odd = draw(st.integers(0, 99)) >= 100 * usual
        dtype = draw(st.sampled_from([*DECIMALS, *CELLS])) if odd else good
        cells = decimals(dtype) if isinstance(dtype, pl.Decimal) else CELLS[dtype]
        values = draw(st.lists(cells | st.none() if odd else cells, min_size=rows, max_size=rows))
        columns.append(pl.Series(name, values, dtype=dtype))
    return pl.DataFrame(columns)


resolutions = st.sampled_from(["1d", "1w", "1mo", "1m", "1h", "100ms"])
calendars = st.sampled_from(["XNYS", "24/7", "XHKG"])


@through_files
@given(frames(), resolutions, calendars, st.booleans(), st.sampled_from(["flag", "fail"]))
def test_any_frame(
    frame: pl.DataFrame, resolution: str, calendar: str, hindsight: bool, types: str
) -> None:
    rules = RuleSet.default("crypto", resolution).changed("types", outcome=types)
    more: Any = {"calendar": calendar, "resolution": resolution, "hindsight": hindsight}
    report = check(frame, rules, now="2024-01-01", **more)
    assert QualityReport.from_dict(report.to_dict()).rows.equals(report.rows)
    assert report.to_html()
    with contextlib.suppress(UserError):
        parts = screen(frame, **more)
        assert parts.accepted.height + parts.quarantined.height == frame.height


@through_files
@given(frames(usual=1.0), resolutions, calendars)
def test_any_bars_of_the_right_types(frame: pl.DataFrame, resolution: str, calendar: str) -> None:
    check(frame, calendar=calendar, resolution=resolution)


values: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.lists(st.integers(), max_size=1),
)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), values), max_size=4), resolutions)
def test_any_live_bars(bars: list[dict[str, Any]], resolution: str) -> None:
    checker = LiveChecker(calendar="24/7", resolution=resolution)
    for bar in bars:
        checker.check(bar)


tables = st.dictionaries(
    st.sampled_from(["outcome", "flag_over", "window", "least", "negative", "x"]),
    st.sampled_from(["flag", "off", "", 0, 1, 2.5, -1, 10**30, float("inf"), True, [], ["future"],
                     ["x"], [1], {}]),
    max_size=2,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["name", "asset_class", "resolution", "rules", "x"]),
        st.sampled_from(["equity", "1m", 3, None, [], {}])
        | st.dictionaries(st.sampled_from([*RULES, "x"]), tables, max_size=2),
        max_size=3,
    )
)
def test_any_rule_set(found: dict[str, Any]) -> None:
    with contextlib.suppress(UserError):
        rules = RuleSet.from_dict(found)
        assert RuleSet.from_dict(rules.to_dict()) == rules


@given(st.dictionaries(st.sampled_from([*RULES, "rows", "format", "first", "checked"]), values))
def test_any_report(found: dict[str, Any]) -> None:
    with contextlib.suppress(UserError):
        QualityReport.from_dict(found)


@through_files
@given(st.dictionaries(st.sampled_from(["splits", "dividends", "rights", "x"]), frames()))
def test_any_actions(actions: dict[str, pl.DataFrame]) -> None:
    empty = pl.DataFrame(schema={"date": pl.Date(), "symbol": pl.String(),
                                 **dict.fromkeys(NAMES[3:8], DECIMALS[0])})  # fmt: skip
    named = {kind: frame.rename({"date": "ex_date", "x": "ratio", "bid": "amount"}, strict=False)
             for kind, frame in actions.items()}  # fmt: skip
    with contextlib.suppress(UserError):
        check(empty, calendar="XNYS", resolution="1d", actions=named)
