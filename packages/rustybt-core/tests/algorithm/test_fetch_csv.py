"""`fetch_csv`: columns of a file beside the bars."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from markets import daily_market, play, stock

from rustybt.errors import InvalidArgument, SymbolNotFound, UnsupportedDatetimeFormat

A, B = stock("AAA", 1), stock("BBB", 2)
MARKET = daily_market({A: ["10"] * 3, B: ["20"] * 3})
BY_SYMBOL = """symbol,date,score
AAA,2020-06-01,5
BBB,2020-06-02,7
AAA,2020-06-03,6
ZZZ,2020-06-01,9
"""
BY_DATE = """date,rate,note
2020-05-29,1.5,low
2020-06-02,2.5,high
"""


def fetch(path: Path, text: str, seen: Any, **options: Any) -> list[Any]:
    """What a strategy sees at each bar of the columns of a file."""
    file = path / "file.csv"
    file.write_text(text)
    run = {name: options.pop(name) for name in ("frames",) if name in options}
    played = play(
        MARKET,
        dict.fromkeys(range(3), lambda c, d: seen(d)),
        setup=lambda c: c.fetch_csv(str(file), **options),
        **run,
    )
    return list(played.seen.values())


def test_a_column_of_assets(tmp_path: Path) -> None:
    found = fetch(
        tmp_path,
        BY_SYMBOL,
        lambda d: (d.current(A, "score"), d.current([A, B], "score"), d.fetcher_assets),
        symbol_column="symbol",
    )
    assert found == [
        (5, {A: 5, B: None}, [A, B]),
        (5, {A: 5, B: 7}, [A, B]),
        (6, {A: 6, B: 7}, [A, B]),
    ]


def test_columns_under_a_name(tmp_path: Path) -> None:
    found = fetch(
        tmp_path,
        BY_DATE,
        lambda d: (d.current("fed", "rate"), d.current("fed", "note")),
        symbol="fed",
    )
    assert found == [(1.5, "low"), (2.5, "high"), (2.5, "high")]


def test_formats_and_zones_of_dates(tmp_path: Path) -> None:
    """20:00 in New York on Monday is past Monday's close, at 16:00."""
    text = "when,rate\n06/01/2020 20:00,3\n"
    found = fetch(
        tmp_path,
        text,
        lambda d: d.current("fed", "rate"),
        symbol="fed",
        date_column="when",
        date_format="%m/%d/%Y %H:%M",
        timezone="America/New_York",
    )
    assert found == [None, 3, 3]


def test_functions_change_the_frame(tmp_path: Path) -> None:
    def double(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.col("rate") * 2)

    def keep_dated(frame: pl.DataFrame) -> pl.DataFrame:
        assert frame["date"].dtype == pl.Datetime("us", "UTC")
        return frame.filter(pl.col("date").dt.month() == 6)

    found = fetch(
        tmp_path,
        BY_DATE,
        lambda d: d.current("fed", "rate"),
        symbol="fed",
        pre_func=double,
        post_func=keep_dated,
    )
    assert found == [None, 5.0, 5.0]


def test_functions_get_pandas_frames_where_the_strategy_does(tmp_path: Path) -> None:
    kinds = []

    def look(frame: Any) -> Any:
        kinds.append(type(frame))
        return frame.assign(rate=frame["rate"] + 1)

    found = fetch(
        tmp_path,
        BY_DATE,
        lambda d: d.current("fed", "rate"),
        symbol="fed",
        pre_func=look,
        frames="pandas",
    )
    assert (kinds, found) == ([pd.DataFrame], [2.5, 3.5, 3.5])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({}, InvalidArgument, "give either symbol or symbol_column"),
        ({"symbol": "x", "symbol_column": "symbol"}, InvalidArgument, "give either"),
        ({"symbol_column": "ticker"}, InvalidArgument, "column was 'ticker'"),
        ({"symbol": "x", "date_column": "day"}, InvalidArgument, "column was 'day'"),
        ({"symbol_column": "symbol", "mask": False}, SymbolNotFound, "ZZZ"),
        ({"symbol": "x", "date_format": "%d.%m.%Y"}, UnsupportedDatetimeFormat, "2020-06-01"),
    ],
)
def test_what_cannot_be_fetched(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        fetch(tmp_path, BY_SYMBOL, lambda d: None, **options)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="it cannot be read"):
        play(MARKET, setup=lambda c: c.fetch_csv(str(tmp_path / "none.csv"), symbol="x"))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a file is served, on loopback."""
    (tmp_path / "served.csv").write_text(BY_DATE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_from_the_web(address: str) -> None:
    played = play(
        MARKET,
        {2: lambda c, d: d.current("fed", "rate")},
        setup=lambda c: c.fetch_csv(f"{address}/served.csv", symbol="fed"),
    )
    assert played.seen[2] == 2.5
    with pytest.raises(InvalidArgument, match="it cannot be read: HTTP Error 404"):
        play(MARKET, setup=lambda c: c.fetch_csv(f"{address}/none.csv", symbol="fed"))
