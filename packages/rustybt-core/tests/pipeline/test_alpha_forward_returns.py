"""Forward returns: from which price to which, gaps, ends. Numbers are worked out by hand."""

import polars as pl
import pytest
from alpha_frames import by_sid, prices, session

from rustybt.errors import InvalidArgument
from rustybt.pipeline.alpha import forward_returns


def test_closes_of_each_period() -> None:
    # 100 -> 110 -> 99 -> 148.5: 110/100-1, 99/110-1, 148.5/99-1; of two: 99/100-1, 148.5/110-1
    frame = forward_returns(prices({1: [100, 110, 99, 148.5]}), (1, 2))
    assert by_sid(frame, "forward_1")[1] == [pytest.approx(0.1), pytest.approx(-0.1), 0.5, None]
    assert by_sid(frame, "forward_2")[1] == [
        pytest.approx(-0.01), pytest.approx(0.35), None, None,
    ]  # fmt: skip


def test_opens_where_one_enters_at_the_open() -> None:
    both = prices({1: [10, 20, 40]}).with_columns(open=pl.Series([8.0, 10.0, 30.0]))
    # 10/8-1 and 30/10-1
    assert by_sid(forward_returns(both, (1,), entry="open"), "forward_1")[1] == [0.25, 2.0, None]
    # 20/10-1 and 40/20-1
    assert by_sid(forward_returns(both, (1,)), "forward_1")[1] == [1.0, 1.0, None]


def test_returns_of_one_session_chain_to_those_of_several() -> None:
    frame = forward_returns(prices({1: [10, 12, 9, 18]}), (1, 3))
    ones = [each for each in by_sid(frame, "forward_1")[1] if each is not None]
    # 1.2 x 0.75 x 2 = 1.8
    assert (1 + ones[0]) * (1 + ones[1]) * (1 + ones[2]) == pytest.approx(1.8)
    assert by_sid(frame, "forward_3")[1][0] == pytest.approx(0.8)


def test_a_halted_asset_is_worth_its_last_price_and_cannot_be_bought() -> None:
    frame = forward_returns(prices({1: [10, None, 15, 30]}), (1, 2))
    # session 0: 10/10-1 (the halt), then 15/10-1; session 1 has no price to buy at
    assert by_sid(frame, "forward_1")[1] == [0.0, None, 1.0, None]
    assert by_sid(frame, "forward_2")[1] == [0.5, None, None, None]


def test_a_session_without_a_row_is_a_halt_too() -> None:
    gap = prices({1: [10, None, 15, 30], 2: [1, 1, 1, 1]}).drop_nulls()
    assert by_sid(forward_returns(gap, (1,)), "forward_1")[1] == [0.0, 1.0, None]


def test_an_asset_that_ended_has_no_return_beyond_its_end() -> None:
    ending = prices({1: [10, 20, None, None], 2: [1, 1, 1, 1]}).drop_nulls()
    assert by_sid(forward_returns(ending, (1, 2)), "forward_1")[1] == [1.0, None]
    assert by_sid(forward_returns(ending, (1, 2)), "forward_2")[1] == [None, None]


def test_or_counts_as_cash_of_its_last_price() -> None:
    ending = prices({1: [10, 20, None, None], 2: [1, 1, 1, 1]}).drop_nulls()
    frame = forward_returns(ending, (1, 2, 3), after_end="last")
    # 20/10-1 for all periods; from session 1: 20/20-1 for two more sessions; the frame ends then
    assert by_sid(frame, "forward_1")[1] == [1.0, 0.0]
    assert by_sid(frame, "forward_2")[1] == [1.0, 0.0]
    assert by_sid(frame, "forward_3")[1] == [1.0, None]


def test_a_row_without_a_price_is_still_a_session_of_its_life() -> None:
    listed = prices({1: [10, 20, None], 2: [1, 1, 1]})
    assert by_sid(forward_returns(listed, (2,)), "forward_2")[1] == [1.0, None, None]


def test_an_asset_that_starts_late_is_not_given_the_price_of_another() -> None:
    late = prices({1: [10, 20, 40], 2: [None, None, 5]})
    assert by_sid(forward_returns(late, (1,)), "forward_1")[2] == [None, None, None]


def test_what_becomes_worthless_loses_all_and_cannot_be_bought() -> None:
    assert by_sid(forward_returns(prices({1: [4, 0, 0]}), (1,)), "forward_1")[1] == [
        -1.0, None, None,
    ]  # fmt: skip


def test_sessions_are_those_of_the_frame_not_of_the_calendar() -> None:
    apart = prices({1: [10, None, None, 15]}).drop_nulls()
    assert by_sid(forward_returns(apart, (1,)), "forward_1")[1] == [0.5, None]


def test_rows_come_by_session_and_sid_with_the_price_of_entry() -> None:
    frame = forward_returns(prices({2: [1, 2], 1: [3, 6]}), (1,))
    assert frame.rows() == [
        (session(0), 1, 3.0, 1.0),
        (session(0), 2, 1.0, 1.0),
        (session(1), 1, 6.0, None),
        (session(1), 2, 2.0, None),
    ]


def test_lazy_frames_decimals_and_small_integers_are_taken() -> None:
    frame = prices({1: [10, 12]}).cast({"sid": pl.UInt16, "close": pl.Decimal(18, 2)}).lazy()
    assert by_sid(forward_returns(frame, (1,)), "forward_1")[1] == [pytest.approx(0.2), None]


PLAIN = prices({1: [10, 12, 15]})


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (PLAIN, {"periods": ()}, r"periods was \(\); give one period or more"),
        (PLAIN, {"periods": (1, 0)}, "periods was 0; give sessions, 1 or more"),
        (PLAIN, {"periods": (1.5,)}, "periods was 1.5; give sessions, 1 or more"),
        (PLAIN, {"entry": "noon"}, "entry was 'noon'; give one of close, open"),
        (PLAIN, {"entry": "open"}, "prices was .*needs a column open"),
        (PLAIN, {"after_end": "zero"}, "after_end was 'zero'; give one of null, last"),
        (PLAIN.drop("sid"), {}, "prices was .*it needs a column sid"),
        (PLAIN.drop("close"), {}, "prices was .*it needs a column price"),
        (PLAIN.cast({"close": pl.String}), {}, "prices.close was String; give numbers"),
        (PLAIN.cast({"session": pl.Datetime}), {}, r"prices.session was Datetime.*\.dt\.date\(\)"),
        (PLAIN.cast({"sid": pl.String}), {}, "prices.sid was String; give the sids"),
        (PLAIN.with_columns(sid=pl.lit(None, pl.Int64)), {}, "prices.sid was None; 3 rows"),
        (pl.concat([PLAIN, PLAIN[1:2]]), {}, "session 2021-03-02, sid 1 twice'; give one row"),
        (PLAIN.with_columns(-pl.col("close")), {}, "prices.close was -10.0; on session 2021-03-01"),
        (PLAIN.with_columns(close=pl.lit(float("inf"))), {}, "prices.close was inf"),
        (PLAIN.clear(), {}, "prices was 'no rows'"),
    ],
)
def test_what_is_wrong_is_named(
    frame: pl.DataFrame, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        forward_returns(frame, **options)  # type: ignore[arg-type]


def test_a_frame_of_pandas_is_refused() -> None:
    with pytest.raises(
        InvalidArgument, match=r"prices was .list.; give a Polars frame; of a pandas one"
    ):
        forward_returns([])  # type: ignore[arg-type]
