"""Whatever bytes a CSV file holds: an error that says so, or the rows that it says.

What it says is found out another way: by the csv module, datetime and decimal, row by row.
"""

import asyncio
import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from decimal import InvalidOperation
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rustybt.errors import RustyBTError
from rustybt_data.adapters.csv import CSVAdapter

HEADER = "timestamp,symbol,open,high,low,close,volume"
START = datetime(2024, 1, 5, 15, tzinfo=UTC)
Bar = tuple[datetime, str, D, D, D, D, D]


class SmallBlocks(CSVAdapter):
    block_bytes = 256


class OneBlock(CSVAdapter):
    pass


def read(content: bytes, folder: Path, kind: type[CSVAdapter]) -> list[Bar] | None:
    """The bars of a file; None where it is refused."""
    path = folder / "bars.csv"
    path.write_bytes(content)
    try:
        adapter = kind(str(path), {"resolution": "1m", "delimiter": ",", "missing": "skip"})
        ends = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
        frame: pl.DataFrame = asyncio.run(adapter.bars(adapter.symbols(), *ends, "1m"))
    except RustyBTError:
        return None
    return frame.rows()


def told(content: bytes) -> Iterator[Bar]:
    """The bars that a file says, row by row; rows with an empty cell say nothing."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    for row in rows:
        # Without a column of symbols the file's name is the symbol.
        named = {"symbol": "bars", **row}
        cells = [(named[name] or "").strip() for name in HEADER.split(",")]
        if not all(cells):
            continue
        moment = datetime.fromisoformat(cells[0])
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        numbers = [D(cell) for cell in cells[2:]]
        if any(numbers):
            yield (at.astimezone(UTC), cells[1], *numbers)  # type: ignore[misc]


def agree(content: bytes, folder: Path, kind: type[CSVAdapter]) -> list[Bar] | None:
    found = read(content, folder, kind)
    if found is not None:
        try:
            expected = sorted(set(told(content)), key=lambda bar: (bar[1], bar[0]))
        except (InvalidOperation, ValueError, KeyError) as error:
            pytest.fail(f"accepted, but {error!r}: {content!r} gave {found}")
        within = [bar for bar in expected if bar[0] <= datetime(2024, 2, 1, tzinfo=UTC)]
        assert found == within, content
    return found


prices = st.decimals(min_value=1, max_value=10**6, places=4, allow_nan=False, allow_infinity=False)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    lines = [HEADER]
    for minute in range(draw(st.integers(0, 25))):
        low, high = sorted((draw(prices), draw(prices)))
        at = START + timedelta(minutes=minute)
        symbol = draw(st.sampled_from(["AAA", "B/USD"]))
        trimmed = draw(st.booleans())
        texts = [str(price.normalize() if trimmed else price) for price in (low, high, low, high)]
        lines.append(",".join([at.strftime("%Y-%m-%dT%H:%M:%S"), symbol, *texts, "100"]))
    return ("\n".join(lines) + draw(st.sampled_from(["", "\n", "\r\n"]))).encode()


mutations = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.sampled_from([0, 1, 1, 2]),
        st.one_of(
            st.sampled_from([b"", b",", b"\n", b'"', b".", b"-", b"+", b"e9", b"\r", b" ", b"\0"]),
            st.sampled_from([b"0x", b"nan", b"inf", b"\xff", b";", b"\n\n", b'""', b"9" * 20]),
            st.sampled_from([b"Z", b"+05:00", b"T", b":60", b"\xd9\xa5", b"1e-400", b"_", b"'"]),
            st.binary(max_size=3),
        ),
    ),
    max_size=4,
)


def mutated(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, removed, added in changes:
        at = place % (len(content) + 1)
        content = content[:at] + added + content[at + removed :]
    return content


SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
both = pytest.mark.parametrize("kind", [SmallBlocks, OneBlock])


@both
@SLOW
@given(content=files())
def test_sound_files_are_read_whole(kind: type[CSVAdapter], tmp_path: Path, content: bytes) -> None:
    assert agree(content, tmp_path, kind) is not None


@both
@SLOW
@given(content=files(), changes=mutations)
@example(
    content=f"{HEADER}\n2024-01-05T15:00:00,A,1,1,1,1,1\n2024-01-05T15:1:00,A,1,1,1,1,1".encode(),
    changes=[],
)
@example(content=f"{HEADER}\n2024-01-05T15:00:00,A,1,1,1,1\r100".encode(), changes=[])
@example(content=f"{HEADER}\n2024-01-05T15:00:00,A,1\r,1,1,1,100".encode(), changes=[])
@example(content=f"{HEADER}\n2024-01-05T15:00:00,A,1,1,1,1,100\r\r\n".encode(), changes=[])
@example(content=f"{HEADER}\n2024-01-05T15:00:00,A,.+5,9,1,2,1\n".encode(), changes=[])
@example(content=f"{HEADER}\n2024-01-05T15:00:00,A,5,9,1,2,1e-400\n".encode(), changes=[])
def test_damaged_files_are_refused_or_read_as_they_are(
    kind: type[CSVAdapter], tmp_path: Path, content: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    agree(mutated(content, changes), tmp_path, kind)


@both
@SLOW
@given(content=st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused(
    kind: type[CSVAdapter], tmp_path: Path, content: bytes
) -> None:
    assert read(content, tmp_path, kind) is None


@pytest.mark.parametrize("day", [date(2024, 1, 5)])
def test_small_and_large_blocks_read_the_same(tmp_path: Path, day: date) -> None:
    lines = [HEADER]
    for minute in range(200):
        at = START + timedelta(minutes=minute)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},AAA,{minute + 1}.25,{minute + 2},1.125,1.5,{minute}")
    content = ("\n".join(lines) + "\n").encode()
    small, large = read(content, tmp_path, SmallBlocks), read(content, tmp_path, OneBlock)
    assert small == large
    assert small is not None
    assert len(small) == 200
