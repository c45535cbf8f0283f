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
from rustybt.finance.borrow import BorrowModel
from rustybt.finance.commission import CommissionModel
from rustybt.finance.draws import Draws
from rustybt.finance.financing import FinancingModel
from rustybt.finance.slippage import LiquidityExceeded, SlippageModel
from rustybt.testing import (
    BarReaderSuite,
    BorrowModelSuite,
    CommissionModelSuite,
    FillModelSuite,
    FinancingModelSuite,
    LatencyModelSuite,
    SlippageModelSuite,
)

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
        (
            "no_fill_is_better_than_the_best_price_of_the_bar",
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
        ("a_question_changes_nothing", lambda o, t, seen=[]: seen.append(1) or len(seen)),
    ],
)
def test_commission_faults(test: str, answer: Answer) -> None:
    found = getattr(CommissionModelSuite(), f"test_{test}")
    with pytest.raises((AssertionError, TypeError)):
        found(FaultyFee(answer), "decimal")


class FaultyDelay:
    def __init__(self, answer: Callable[[int, Any], Any]) -> None:
        self.answer = answer

    def delay(self, order: Any, draws: Any) -> Any:
        return self.answer(order.sequence, draws)


class FaultyFill:
    def __init__(self, answer: Callable[[Any, Any], Any]) -> None:
        self.answer = answer

    def fillable(self, data: Any, order: Any, at: int, draws: Any) -> Any:
        return self.answer(order, draws)


class FaultyLender(BorrowModel):
    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def rate(self, asset: Any, session: Any) -> Any:
        return self.answers.get("rate", Decimal("0.05"))

    def available(self, asset: Any, session: Any) -> Any:
        return self.answers.get("available")

    def recalled(self, asset: Any, session: Any) -> Any:
        return self.answers.get("recalled", False)

    def fee(self, asset: Any, value: Any, *, since: Any, until: Any) -> Any:
        if "fee" in self.answers:
            return self.answers["fee"](value, (until - since).days)
        return super().fee(asset, value, since=since, until=until)


class FaultyBank(FinancingModel):
    def __init__(self, answer: Callable[[Any, int], Any]) -> None:
        self.answer = answer

    def interest(self, cash: Any, currency: str, *, since: Any, until: Any) -> Any:
        return self.answer(cash, (until - since).days)


def in_turn() -> int:
    asked.append(1)
    return len(asked)


asked: list[int] = []


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("delays_are_whole_nanoseconds_not_below_zero", lambda _n, _d: -1),
        ("delays_are_whole_nanoseconds_not_below_zero", lambda _n, _d: 1.5),
        ("delays_are_whole_nanoseconds_not_below_zero", lambda _n, _d: True),
        ("same_question_has_the_same_answer", lambda _n, _d: in_turn()),
    ],
)
def test_latency_faults(test: str, answer: Any) -> None:
    found = getattr(LatencyModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(FaultyDelay(answer), 1)


def test_a_delay_that_depends_on_other_draws_is_found() -> None:
    counts: dict[int, int] = {}

    def answer(_sequence: int, draws: Draws) -> int:
        return counts.setdefault(id(draws), len(counts))

    with pytest.raises(AssertionError):
        LatencyModelSuite().test_other_draws_do_not_matter(FaultyDelay(answer))
    with pytest.raises(AssertionError):
        LatencyModelSuite().test_is_a_latency_model(object())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("amount_is_between_nothing_and_what_is_open", lambda o, _d: o.open_amount * 2),
        ("amount_is_between_nothing_and_what_is_open", lambda o, _d: -o.open_amount),
        ("amount_is_between_nothing_and_what_is_open", lambda o, _d: float(o.open_amount)),
        ("amount_is_whole_lots", lambda o, _d: o.open_amount / 7),
        ("same_question_has_the_same_answer", lambda o, _d: o.open_amount * in_turn()),
        ("order_is_filled_in_the_end", lambda o, _d: o.open_amount * 0),
    ],
)
def test_fill_faults(test: str, answer: Any) -> None:
    found = getattr(FillModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(FaultyFill(answer), "decimal")


@pytest.mark.parametrize(
    ("test", "answers"),
    [
        ("terms_are_possible", {"rate": Decimal("-0.1")}),
        ("terms_are_possible", {"rate": 0.1}),
        ("terms_are_possible", {"available": Decimal(-1)}),
        ("terms_are_possible", {"available": 5}),
        ("what_is_recalled_is_not_lent", {"recalled": True}),
        ("what_is_recalled_is_not_lent", {"recalled": None}),
        ("decimals_and_floats_agree", {"fee": lambda v, n: v * n / (1 + isinstance(v, float))}),
    ],
)
def test_borrow_faults(test: str, answers: Any) -> None:
    found = getattr(BorrowModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(FaultyLender(**answers))


@pytest.mark.parametrize(
    ("test", "fee"),
    [
        ("fee_is_money_and_never_earned", lambda v, n: -abs(v) * n),
        ("fee_is_money_and_never_earned", lambda v, n: float(abs(v)) * n),
        ("fee_is_money_and_never_earned", lambda v, n: max(v, 0 * v) * n),
        ("fees_of_nights_add_up", lambda v, _n: abs(v)),
        ("fees_of_nights_add_up", lambda v, n: abs(v) * n * n),
    ],
)
def test_fee_faults(test: str, fee: Any) -> None:
    found = getattr(BorrowModelSuite(), f"test_{test}")
    with pytest.raises(AssertionError):
        found(FaultyLender(fee=fee), "decimal")


@pytest.mark.parametrize(
    ("test", "answer"),
    [
        ("nobody_earns_by_owing_what_he_owns", lambda cash, n: abs(cash) * n),
        ("nobody_earns_by_owing_what_he_owns", lambda cash, n: float(cash) * n),
        ("nights_add_up", lambda cash, _n: cash),
        ("nights_add_up", lambda cash, n: cash * n * n),
    ],
)
def test_financing_faults(test: str, answer: Any) -> None:
    found = getattr(FinancingModelSuite(), f"test_{test}")
    with pytest.raises((AssertionError, TypeError)):
        found(FaultyBank(answer), "decimal")


def test_a_float_formula_of_interest_is_found() -> None:
    with pytest.raises(AssertionError):
        FinancingModelSuite().test_decimals_and_floats_agree(
            FaultyBank(lambda cash, n: cash * (n + isinstance(cash, float)))
        )


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
