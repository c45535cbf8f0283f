"""Asking again, on virtual time."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from rustybt.errors import (
    InvalidArgument,
    RequestRefused,
    RetriesExhausted,
    TransientError,
    VendorUnavailable,
)
from rustybt.net import Retry
from rustybt.testing import VirtualTime


def busy(retry_after: float | None = None) -> VendorUnavailable:
    return VendorUnavailable(
        vendor="acme", request="GET /bars", reason="HTTP 503", retry_after=retry_after
    )


def answers(*outcomes: object) -> Callable[[], object]:
    """A function that raises or returns one outcome after the other."""
    left: Iterator[object] = iter(outcomes)

    def ask() -> object:
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return ask


def run(retry: Retry, ask: Callable[[], object], *, blocking: bool) -> object:
    if blocking:
        return retry.call_blocking(ask, request="GET /bars")

    async def asked() -> object:
        return ask()

    return asyncio.run(retry.call(asked, request="GET /bars"))


both = pytest.mark.parametrize("blocking", [False, True], ids=["coroutine", "thread"])


@both
@pytest.mark.parametrize(
    "error",
    [busy(), TimeoutError(), ConnectionResetError(), asyncio.IncompleteReadError(b"", 9)],
    ids=lambda error: type(error).__name__,
)
def test_what_is_transient_is_asked_again(error: Exception, *, blocking: bool) -> None:
    retry = Retry(vendor="acme", timer=VirtualTime().timer)
    assert run(retry, answers(error, error, "bars"), blocking=blocking) == "bars"


@both
@pytest.mark.parametrize(
    "error",
    [
        RequestRefused(vendor="acme", request="GET /bars", status=404, reason="no bars"),
        KeyError("close"),
    ],
    ids=["404", "bug"],
)
def test_other_errors_are_not(error: Exception, *, blocking: bool) -> None:
    time = VirtualTime()
    with pytest.raises(type(error)):
        run(Retry(vendor="acme", timer=time.timer), answers(error, "bars"), blocking=blocking)
    assert not time.waits


@both
def test_the_last_error_names_vendor_request_tries_and_cause(*, blocking: bool) -> None:
    retry = Retry(vendor="acme", tries=3, base_seconds=0, timer=VirtualTime().timer)
    cause = busy()
    with pytest.raises(RetriesExhausted) as caught:
        run(retry, answers(busy(), busy(), cause, "never"), blocking=blocking)
    assert isinstance(caught.value, TransientError)
    assert caught.value.__cause__ is cause
    assert (
        str(caught.value)
        == "acme did not answer GET /bars in 3 tries within 0.0 s; the last error was: HTTP 503. "
        "Ask again later"
    )


def test_waits_are_drawn_below_a_doubling_limit() -> None:
    # base 1, cap 5: the limits are 1, 2, 4, then 5 for ever.
    draws = [
        [
            Retry(vendor="acme", base_seconds=1, cap_seconds=5, seed=seed).delay(n)
            for n in range(1, 7)
        ]
        for seed in range(400)
    ]
    for limit, drawn in zip((1, 2, 4, 5, 5, 5), zip(*draws, strict=True), strict=True):
        assert min(drawn) >= 0
        assert max(drawn) <= limit
        # An even draw of 400 has its mean within 5 standard errors (limit / sqrt(12 x 400)).
        assert abs(sum(drawn) / 400 - limit / 2) < 5 * limit / 69


def test_one_seed_draws_the_same_waits() -> None:
    def waits(seed: int) -> list[float]:
        retry = Retry(vendor="acme", seed=seed)
        return [retry.delay(n) for n in range(1, 6)]

    assert waits(7) == waits(7) != waits(8)


@both
def test_a_vendor_that_says_when_is_asked_no_earlier(*, blocking: bool) -> None:
    time = VirtualTime()
    retry = Retry(vendor="acme", base_seconds=0.5, timer=time.timer)
    run(retry, answers(busy(12), "bars"), blocking=blocking)
    (wait,) = time.waits
    assert 12 <= wait <= 12.5


@both
def test_no_wait_goes_beyond_the_deadline(*, blocking: bool) -> None:
    time = VirtualTime()
    retry = Retry(vendor="acme", base_seconds=0, deadline_seconds=60, timer=time.timer)
    with pytest.raises(RetriesExhausted, match=r"in 3 tries within 50\.0 s"):
        run(retry, answers(busy(25), busy(25), busy(25), "bars"), blocking=blocking)
    assert time.waits == [25, 25]


def test_errors_of_a_client_can_be_named() -> None:
    class ClientError(Exception):
        pass

    retry = Retry(vendor="acme", transient=(ClientError,), timer=VirtualTime().timer)
    assert run(retry, answers(ClientError(), 1), blocking=True) == 1


def test_no_try_at_all_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="tries was 0"):
        Retry(vendor="acme", tries=0)
