"""The parts that benchmarks measure alone: what is computed, and the same in both languages."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl
import pytest

from benchmarks import floor
from benchmarks.drivers.kernels import PARTS as MODULES
from benchmarks.drivers.kernels import prepared
from benchmarks.drivers.task import Outcome, Task
from benchmarks.parts import decimals, matching
from benchmarks.parts.plain_book import CANCEL, LIMIT, MARKET, PlainBook
from benchmarks.workloads.kernels import GROUPS, OF_VECTORS, PARTS
from rustybt.indicators import kernels

BUY, SELL = 1, -1


def task(strategy: str, language: str) -> Task:
    return Task(
        strategy=strategy,
        data="",
        start="",
        end="",
        frequency="",
        capital=0,
        parameters={"count": 200},
        options={"language": language},
    )


def numbers(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_plain_book_by_hand() -> None:
    rows = [
        (LIMIT, 1, SELL, Decimal("10.02"), Decimal(5)),
        (LIMIT, 2, SELL, Decimal("10.01"), Decimal(3)),
        (LIMIT, 3, SELL, Decimal("10.01"), Decimal(4)),
        (CANCEL, 2, 0, Decimal(0), Decimal(0)),
        # 4 of order 3 at 10.01; its limit lets it not go on to 10.02, and 2 rest
        (LIMIT, 4, BUY, Decimal("10.01"), Decimal(6)),
        # 5 of order 1 at 10.02; 3 find nobody
        (MARKET, 5, BUY, Decimal(0), Decimal(8)),
        # 2 of order 4 at 10.01; nothing is left
        (LIMIT, 6, SELL, Decimal("9.00"), Decimal(2)),
        (CANCEL, 6, 0, Decimal(0), Decimal(0)),
    ]
    events = [
        (row, kind, order, str(price), str(size))
        for row, kind, order, _, _, price, size, _ in PlainBook().apply(rows)
        if kind != "accepted"
    ]
    assert events == [
        (3, "cancelled", 2, "0", "3"),
        (4, "trade", 4, "10.01", "4"),
        (4, "filled", 3, "0", "0"),
        (5, "trade", 5, "10.02", "5"),
        (5, "filled", 1, "0", "0"),
        (5, "expired", 5, "0", "3"),
        (6, "trade", 6, "10.01", "2"),
        (6, "filled", 4, "0", "0"),
        (6, "filled", 6, "0", "0"),
        (7, "rejected", 6, "0", "0"),
    ]


def test_commands_are_of_every_kind_and_name_earlier_orders() -> None:
    frame = matching.commands(500)
    assert set(frame["asked"]) == {LIMIT, MARKET, CANCEL}
    assert frame.filter(pl.col("asked") == CANCEL)["order"].min() == 1
    assert (frame["order"] <= pl.Series(range(1, 501))).all()


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        # a = 1, 2, 4, 8 and b = 1, 1, 2, 2. sum 15, mean 3.75, (85 - 15 * 15 / 4) / 3 = 115 / 12,
        # (27 - 15 * 6 / 4) / 3 = 1.5; the root is isqrt(115 * 10**40 // 12) / 10**20
        (
            decimals.PYTHON["aggregates"],
            numbers("15", "3.75", "9.583333333333333333", "3.095695936834451662", "1.5"),
        ),
        (
            decimals.PYTHON["cumulative"],
            [numbers("1", "3", "7", "15"), numbers("1", "2", "4", "8"), numbers("1", "2", "4")],
        ),
    ],
)
def test_decimals_by_hand(
    compute: Callable[[object, object], list[object]], expected: list[object]
) -> None:
    assert compute(numbers("1", "2", "4", "8"), numbers("1", "1", "2", "2")) == expected


def test_rolling_decimals_by_hand() -> None:
    # 20 ones and a 21: sums 20 and 40, means 1 and 2; the second window's squares are 19 + 441,
    # (20 * 460 - 40 * 40) / (20 * 19) = 20, whose root is 4.472135954999579393
    sums, means, deviations = decimals.PYTHON["rolling"](numbers(*["1"] * 20, "21"), [])
    assert sums == [20, 40]
    assert means == [1, 2]
    assert deviations == numbers("0", "4.472135954999579393")


def test_every_group_is_measured() -> None:
    assert set(GROUPS) == set(kernels.GROUPS)
    assert set(OF_VECTORS) == set(decimals.PYTHON)
    assert {part.task.partition(" ")[0] for part in PARTS} == set(MODULES)


@pytest.mark.parametrize("part", [part.task for part in PARTS])
def test_both_languages_come_to_the_same(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "auto")
    in_python = prepared(task(part, "python"))()()
    assert in_python.fills > 0
    assert isinstance(in_python, Outcome)
    pytest.importorskip("rustybt_rs")
    assert prepared(task(part, "rust"))()() == in_python


def test_floors_are_measured() -> None:
    found = floor.floors(bars=1_000, minutes=20, size=8_000_000)
    assert len(found) == 5
    assert min(found.values()) > 0
