"""A suite that nothing can fail is worth nothing: each fault here is found by the named test."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from small_markets import frame

import rustybt.testing
from rustybt.calendars import get_calendar
from rustybt.data.frame_reader import FrameReader
from rustybt.data.readers import BarReader
from rustybt.finance.commission import CommissionModel
from rustybt.finance.slippage import LiquidityExceeded, SlippageModel
from rustybt.testing import BarReaderSuite, CommissionModelSuite, SlippageModelSuite

Answer = Callable[[Any, Any], Any]


class Faulty(SlippageModel):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def process_order(self, data: Any, order: Any) -> Any:
        return self.answer(data, order)


class FaultyFee(CommissionModel):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def calculate(self, order: Any, transaction: Any) -> Any:
        return self.answer(order, transaction)


def close(data: Any, order: Any) -> Any:
    return data.current(order.asset, "close")


def raise_at_once(data: Any, order: Any) -> Any:
    raise LiquidityExceeded


def answers_in_turn() -> Answer:
    asked: list[object] = []

    def answer(data: Any, order: Any) -> Any:
        asked.append(order)
        return close(data, order) + len(asked), order.open_amount

    return answer


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("ordinary_order_fills_in_part_or_whole", raise_at_once),
        ("ordinary_order_fills_in_part_or_whole", lambda _d, _o: (None, None)),
        (
            "amount_has_the_sign_of_the_order_and_is_no_more_than_is_open",
            lambda d, o: (close(d, o), abs(o.open_amount)),
        ),
        (
            "amount_has_the_sign_of_the_order_and_is_no_more_than_is_open",
            lambda d, o: (close(d, o), o.open_amount * 2),
        ),
        ("amount_is_whole_lots", lambda d, o: (close(d, o), o.open_amount / 7)),
        ("numbers_come_back_as_they_were_given", lambda d, o: (float(close(d, o)), o.amount)),
        ("numbers_come_back_as_they_were_given", lambda d, o: (close(d, o) - 200, o.amount)),
        (
            "buy_pays_no_less_than_a_sell_gets",
            lambda d, o: (close(d, o) - o.direction, o.open_amount),
        ),
        ("same_question_has_the_same_answer", answers_in_turn()),
        ("fills_of_a_bar_share_its_volume", lambda d, o: (close(d, o), o.open_amount)),
    ],
)
def test_slippage_faults(test: str, answer: Answer) -> None:
    found = getattr(SlippageModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(Faulty(answer), "decimal")


def test_a_float_formula_in_a_decimal_run_is_found() -> None:
    def third(data: Any, order: Any) -> Any:
        price = close(data, order)
        return (price if isinstance(price, Decimal) else price * 1.01), order.open_amount

    with pytest.raises(AssertionError):
        SlippageModelSuite().test_decimals_and_floats_agree(Faulty(third))


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("numbers_come_back_as_they_were_given", lambda o, t: float(abs(t.amount))),
        ("nothing_is_paid_back_unless_the_model_says_so", lambda o, t: -abs(t.amount)),
        ("same_question_has_the_same_answer", lambda o, t, seen=[]: seen.append(1) or len(seen)),
    ],
)
def test_commission_faults(test: str, answer: Answer) -> None:
    found = getattr(CommissionModelSuite(), f"test_{test}")
    with pytest.raises((AssertionError, TypeError)):
        found(FaultyFee(answer), "decimal")


class Tampered:
    """A sound reader whose rows or answers were changed."""

    def __init__(self, sound: BarReader, **changes: Any) -> None:
        self._sound = sound
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        return self._changes.get(name, getattr(self._sound, name))


def sound_reader() -> BarReader:
    days = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"]
    bars = {"AAA": dict.fromkeys(days, "10"), "BBB": dict.fromkeys(days[1:], "20")}
    calendar = get_calendar("XNYS")
    return FrameReader(frame(bars), resolution="1d", calendar=calendar, sids={"AAA": 1, "BBB": 2})


def reading(change: Callable[[pl.DataFrame], pl.DataFrame]) -> BarReader:
    sound = sound_reader()

    def read(sids: Sequence[int], start: int, stop: int, *fields: Any) -> pl.DataFrame:
        return change(sound.read(sids, start, stop, *fields))

    faulty: BarReader = Tampered(sound, read=read)
    return faulty


@pytest.mark.parametrize(
    ("test", "change"),
    [
        ("rows_are_coefficients_sorted_by_label_then_sid", lambda bars: bars.reverse()),
        (
            "rows_are_coefficients_sorted_by_label_then_sid",
            lambda bars: bars.cast({"close": pl.Float64}),
        ),
        ("bars_are_possible", lambda bars: bars.with_columns(pl.lit(-1).alias("low"))),
        ("labels_lie_within_the_sessions_that_it_names", lambda bars: bars.slice(1)),
    ],
)
def test_reader_faults(test: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    found = getattr(BarReaderSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(reading(change))


@pytest.mark.parametrize(("before", "after"), [(1, 0), (0, 1)])
def test_a_reader_that_reads_too_little_or_too_much(before: int, after: int) -> None:
    sound = sound_reader()

    def read(sids: Sequence[int], start: int, stop: int, *fields: Any) -> pl.DataFrame:
        return sound.read(sids, start + before, stop + after, *fields)

    faulty: BarReader = Tampered(sound, read=read)
    with pytest.raises(AssertionError):
        BarReaderSuite().test_start_is_included_and_stop_is_not(faulty)


def test_a_suite_that_does_not_exist_is_named() -> None:
    with pytest.raises(AttributeError, match="NoSuite"):
        _ = rustybt.testing.NoSuite


def test_missing_pytest_is_said_with_what_brings_it() -> None:
    script = "import sys; sys.modules['pytest'] = None; import rustybt.testing as t; t.AdapterCase"
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert "rustybt.errors.MissingExtra" in done.stderr
    assert "rustybt-core[testing]" in done.stderr


def test_every_exported_name_is_there() -> None:
    for name in rustybt.testing.__all__:
        assert name in dir(rustybt.testing)
        assert getattr(rustybt.testing, name).__name__ == name
