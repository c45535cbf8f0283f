"""Rate limits, on virtual time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt.net import TokenBucket
from rustybt.testing import VirtualTime


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    time = VirtualTime()
    bucket = TokenBucket(2, 1.0, timer=time.timer)
    # Two of the burst at once, then one each half second: 2 a second.
    assert [bucket.reserve() for _ in range(5)] == [0, 0, 0.5, 1.0, 1.5]


def test_a_rest_fills_the_burst_but_no_more() -> None:
    time = VirtualTime()
    bucket = TokenBucket(60, 60.0, burst=3, timer=time.timer)
    for _ in range(3):
        assert bucket.reserve() == 0
    assert bucket.reserve() == 1.0
    time.now_ns += 3_600 * 10**9
    assert [bucket.reserve() for _ in range(4)] == [0, 0, 0, 1.0]


def test_several_tokens_count_as_so_many_requests() -> None:
    bucket = TokenBucket(10, 1.0, timer=VirtualTime().timer)
    assert bucket.reserve(10) == 0
    assert bucket.reserve(5) == 0.5


def test_coroutines_get_their_turns_in_order() -> None:
    time = VirtualTime()
    start = time.now_ns
    bucket = TokenBucket(1, 1.0, timer=time.timer)
    turns: list[tuple[int, int]] = []

    async def ask(number: int) -> None:
        await bucket.acquire()
        turns.append((number, (time.now_ns - start) // 10**9))

    async def all_of_them() -> None:
        await asyncio.gather(*map(ask, range(4)))

    asyncio.run(all_of_them())
    assert turns == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_thread_waits_as_long() -> None:
    time = VirtualTime()
    bucket = TokenBucket(4, 1.0, burst=1, timer=time.timer)
    for _ in range(3):
        bucket.acquire_blocking()
    assert time.waits == [0.25, 0.25]


def test_a_request_that_is_called_off_leaves_its_turn() -> None:
    time = VirtualTime()
    bucket = TokenBucket(1, 1.0, timer=time.timer)

    async def story() -> float:
        await bucket.acquire()
        waiting = asyncio.create_task(bucket.acquire())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return bucket.reserve()

    assert asyncio.run(story()) == 1.0


def test_nobody_passes_during_a_pause() -> None:
    time = VirtualTime()
    bucket = TokenBucket(10, 1.0, timer=time.timer)
    bucket.pause(30)
    assert bucket.reserve() == 30
    time.now_ns += 31 * 10**9
    assert bucket.reserve() == 0


@pytest.mark.parametrize(
    ("tokens", "per_seconds", "burst"), [(0, 1.0, None), (1, -1.0, None), (1, 1.0, 0)]
)
def test_a_limit_of_nothing_is_refused(tokens: int, per_seconds: float, burst: int | None) -> None:
    with pytest.raises(InvalidArgument, match="give a positive number"):
        TokenBucket(tokens, per_seconds, burst=burst)


def test_more_than_a_burst_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="give 1 to 2, the burst"):
        TokenBucket(2).reserve(3)


@given(
    rate=st.integers(1, 20),
    burst=st.integers(1, 8),
    rests=st.lists(st.integers(0, 2_000_000_000), min_size=1, max_size=60),
)
def test_no_time_sees_more_than_rate_and_burst(rate: int, burst: int, rests: list[int]) -> None:
    time = VirtualTime()
    bucket = TokenBucket(rate, 1.0, burst=burst, timer=time.timer)
    passed = []
    for rest in rests:
        time.now_ns += rest
        passed.append(time.now_ns + round(bucket.reserve() * 1e9))
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            seconds = (passed[last] - start) / 1e9
            assert last - first + 1 <= burst + rate * seconds + 1e-5
