"""Runs with fundamentals and rates of their own: hand-computed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import whole_run
from markets import daily_market, minute_market, play, stock

from rustybt import run_algorithm
from rustybt.errors import InvalidArgument, LookaheadError, SymbolNotFound
from rustybt.simulation.result import BacktestResult

A, B = stock("AAA", 1), stock("BBB", 2)
EURO = stock("EEE", 3, currency="EUR")
MARKET = daily_market({A: ["10", "10", "12", "12", "12"], B: ["20"] * 5})

# XNYS in June 2020 closes at 20:00 UTC. The first figure is known on Monday at 12:00, before the
# open; it is restated on Wednesday at 19:59, a minute before the close; Thursday's, at 20:01, is
# seen on Friday only. A date, for BBB's, is the end of the day in UTC.
FACTS = pl.DataFrame(
    [
        ("AAA", "2020-03-31", "2020-06-01T12:00Z", D("1.20"), "Tools"),
        ("AAA", "2020-03-31", "2020-06-03T19:59Z", D("0.80"), None),
        ("AAA", "2020-04-30", "2020-06-04T20:01Z", D("0.90"), None),
        ("BBB", "2020-03-31", "2020-06-01", D("2.00"), "Metals"),
    ],
    ["symbol", "effective_at", "known_at", "eps", "sector"],
    orient="row",
)
EPS = [("1.20", None), ("1.20", "2.00"), ("0.80", "2.00"), ("0.80", "2.00"), ("0.90", "2.00")]


def every_bar(action: Any) -> dict[int, Any]:
    return dict.fromkeys(range(5), action)


def test_a_strategy_sees_what_is_known_by_the_end_of_its_bar() -> None:
    played = play(
        MARKET,
        every_bar(lambda _, data: data.fundamentals([A, B], "eps")),
        fundamentals=FACTS,
    )
    expected = [(D(a), None if b is None else D(b)) for a, b in EPS]
    assert [(seen[A], seen[B]) for seen in played.seen.values()] == expected


def test_before_the_open_less_is_known() -> None:
    seen = []
    before = {
        session: lambda _, data: seen.append(data.fundamentals(A, "eps")) for session in range(5)
    }
    play(MARKET, before_open=before, fundamentals=FACTS)
    # 08:45 in New York, 12:45 UTC: Monday's is known since 12:00, Wednesday's not before Thursday.
    assert seen == [D("1.20"), D("1.20"), D("1.20"), D("0.80"), D("0.90")]


def test_minutes_see_it_minute_by_minute() -> None:
    """Minutes 388 and 389 of Wednesday end at 19:59 and at 20:00."""
    prints = {(0, minute): "10" for minute in (387, 388, 389)}
    market = minute_market({A: prints}, sessions=1, first=date(2020, 6, 3))
    played = play(
        market,
        dict.fromkeys(range(386, 390), lambda _, data: data.fundamentals(A, "eps")),
        fundamentals=FACTS,
        data_frequency="minute",
    )
    assert list(played.seen.values()) == [D("1.20"), D("1.20"), D("0.80"), D("0.80")]


def test_shapes() -> None:
    def ask(_: Any, data: Any) -> list[Any]:
        return [
            data.fundamentals(A, ["eps", "sector"]).rows(),
            data.fundamentals([B, A], ["sector"]).rows(),
            data.fundamentals(B, "sector"),
            data.facts.history("AAA", "eps", 4)["eps"].to_list(),
        ]

    played = play(MARKET, {0: ask, 4: ask}, fundamentals=FACTS)
    assert played.seen[0] == [
        [("AAA", D("1.20"), "Tools")],
        [("BBB", None), ("AAA", "Tools")],
        None,
        [D("1.20")],
    ]
    assert played.seen[4][3] == [D("0.80"), D("0.90")]


def test_floats_and_pandas() -> None:
    def ask(_: Any, data: Any) -> list[Any]:
        both = data.fundamentals([A, B], "eps")
        fields = data.fundamentals(A, ["eps", "sector"])
        table = data.fundamentals([A, B], ["eps", "sector"])
        return [data.fundamentals(A, "eps"), data.fundamentals(A, "sector"), both, fields, table]

    floats = play(MARKET, {0: ask}, fundamentals=FACTS, numeric="float64").seen[0]
    assert floats[:3] == [1.2, "Tools", {A: 1.2, B: None}]
    assert floats[3].rows() == [("AAA", 1.2, "Tools")]
    assert floats[4].rows() == [("AAA", 1.2, "Tools"), ("BBB", None, None)]
    pandas = play(MARKET, {0: ask}, fundamentals=FACTS, frames="pandas").seen[0]
    assert pandas[:2] == [1.2, "Tools"]
    assert pandas[2][A] == 1.2
    assert pandas[2].isna().to_list() == [False, True]
    assert pandas[3].to_dict() == {"eps": 1.2, "sector": "Tools"}
    assert pandas[4].loc[A].to_list() == [1.2, "Tools"]
    assert pandas[4].isna().loc[B].to_list() == [True, True]


def test_nothing_of_the_future() -> None:
    def ask(_: Any, data: Any) -> None:
        data.facts.as_of("2020-06-05")

    with pytest.raises(LookaheadError, match="2020-06-05"):
        play(MARKET, {0: ask}, fundamentals=FACTS)


statements = st.lists(
    st.tuples(
        st.sampled_from(["AAA", "BBB"]),
        st.integers(0, 20),  # effective_at, in days after 20 May
        st.integers(0, 20 * 24 * 60),  # known so many minutes later
        st.integers(-9, 9),
    ),
    max_size=8,
)


def stated(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    """Facts; the first of those with one symbol and times."""
    start = datetime(2020, 5, 20, tzinfo=UTC)
    kept = {
        (symbol, about, about + timedelta(minutes=later)): value
        for symbol, day, later, value in rows[::-1]
        for about in [start + timedelta(days=day)]
    }
    return pl.DataFrame(
        [(*key, value) for key, value in kept.items()],
        {
            "symbol": pl.String,
            "effective_at": pl.Datetime("us", "UTC"),
            "known_at": pl.Datetime("us", "UTC"),
            "eps": pl.Int64,
        },
        orient="row",
    )


@whole_run
@given(statements, statements, st.integers(0, 4))
def test_what_becomes_known_later_changes_no_run(
    past: list[Any], future: list[Any], last: int
) -> None:
    """Runs up to a close, on facts that differ in what is known after it, see the same."""
    end = [date(2020, 6, day) for day in range(1, 6)][last]
    close = pl.lit(datetime(end.year, end.month, end.day, 20, tzinfo=UTC))
    known, later = pl.col("known_at") <= close, pl.col("known_at") > close
    both = stated(past).filter(known)

    def look(_: Any, data: Any) -> list[Any]:
        eps = data.fundamentals([A, B], "eps")
        return [
            eps[A],
            eps[B],
            data.facts.as_of().rows(),
            data.facts.history("AAA", "eps", 3).rows(),
        ]

    seen = [
        play(MARKET, every_bar(look), fundamentals=facts, end=end).seen
        for facts in (both, pl.concat([both, stated(future).filter(later)]))
    ]
    assert seen[0] == seen[1]
    assert len(seen[0]) == last + 1


def test_what_cannot_be_asked_for() -> None:
    with pytest.raises(InvalidArgument, match=r"run_algorithm\(fundamentals=\.\.\.\)"):
        play(MARKET, {0: lambda _, data: data.fundamentals(A, "eps")})

    def ask(_: Any, data: Any) -> None:
        for asked in ("book", ["book"]):
            with pytest.raises(InvalidArgument, match="book"):
                data.fundamentals(A, asked)

    play(MARKET, {0: ask}, fundamentals=FACTS)
    with pytest.raises(InvalidArgument, match="give a frame, or the name of a data set"):
        play(MARKET, fundamentals=3)


def test_a_bundle_may_have_them_and_is_not_read_before_it_is_asked() -> None:
    reads = []

    def read() -> pl.DataFrame:
        from rustybt.data.facts import read_facts

        reads.append(1)
        return read_facts(FACTS)

    market = replace(MARKET, bundle=replace(MARKET.bundle, tables={"fundamentals": read}))
    play(market)
    assert not reads
    played = play(market, every_bar(lambda _, data: data.fundamentals(A, "eps")))
    assert list(played.seen.values()) == [D(a) for a, _ in EPS]
    assert len(reads) == 1


def test_rates_that_are_given_take_the_place_of_those_of_the_bundle() -> None:
    """100 shares are bought at Tuesday's close for 10 euros each, worth 12 from Wednesday on.

    Their 1,000 euros are owed, so the profit is 200 euros: at 1.10, 220 dollars. On Thursday at
    12:00 Monday's fixing, the newest, is revised to 1.20: 240 dollars.
    """
    market = daily_market({A: ["10"] * 4, EURO: ["10", "10", "12", "12"]})
    rates = pl.DataFrame(
        [
            ("EUR", "USD", "2020-06-01", "2020-06-01T12:00Z", "1.10"),
            ("EUR", "USD", "2020-06-01", "2020-06-04T12:00Z", "1.20"),
        ],
        ["base", "quote", "effective_at", "known_at", "rate"],
        orient="row",
    )
    played = play(
        market, {0: lambda context, _: context.order(EURO, 100)}, rates=rates, currency="USD"
    )
    assert played.column("portfolio_value") == [100_000, 100_000, 100_220, 100_240]


def test_an_unknown_benchmark_is_neither_a_symbol_nor_a_data_set() -> None:
    with pytest.raises(SymbolNotFound) as caught:
        play(MARKET, benchmark="NONE")
    assert "No data set of benchmarks has this name either" in caught.value.__notes__[0]


STRATEGY = """
def initialize(context):
    context.asset = context.symbol("AAA")

def handle_data(context, data):
    context.record(eps=data.fundamentals(context.asset, "eps"))
"""


def test_a_saved_run_can_be_repeated(tmp_path: Path) -> None:
    namespace: dict[str, Any] = {}
    file = tmp_path / "strategy.py"
    file.write_text(STRATEGY)
    exec(compile(STRATEGY, str(file), "exec"), namespace)
    days = pl.date_range(date(2020, 6, 1), date(2020, 6, 5), eager=True)
    columns = dict.fromkeys(("open", "high", "low", "close", "volume"), "10")
    bars = pl.DataFrame({"timestamp": days, "symbol": "AAA"}).with_columns(
        pl.lit(value).alias(name) for name, value in columns.items()
    )
    result = run_algorithm(
        "2020-06-01",
        "2020-06-05",
        namespace["initialize"],
        handle_data=namespace["handle_data"],
        data=bars,
        fundamentals=FACTS,
    )
    result.save(tmp_path / "run")
    loaded = BacktestResult.load(tmp_path / "run")
    kept = loaded.manifest.arguments["fundamentals"]
    assert kept["eps"].to_list() == [D("1.20"), D("0.80"), D("0.90"), D("2.00")]
