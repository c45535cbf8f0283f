"""What replies mean, and what of an address may be shown."""

import asyncio

import pytest

from rustybt.errors import RequestRefused, VendorUnavailable
from rustybt.net import check_reply, redacted, retry_after, run_blocking


def check(status: int, **headers: str) -> None:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    check_reply(status, named, "  no\nsuch  bars ", vendor="acme", request="GET /bars")


WORD = "pw"
LOGIN = f"me:{WORD}"


@pytest.mark.parametrize("status", [200, 204])
def test_success_is_nothing(status: int) -> None:
    check(status)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_vendor_may_be_asked_again(status: int) -> None:
    with pytest.raises(VendorUnavailable, match=f"HTTP {status}: no such bars") as caught:
        check(status, Retry_After="7")
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 422])
def test_a_refusal_is_final(status: int) -> None:
    with pytest.raises(
        RequestRefused, match=f"acme refused GET /bars with {status}: no such bars"
    ) as caught:
        check(status)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "120"}, 120),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        # 07:28:00 - 07:27:15 = 45 seconds
        (
            {
                "Date": "Wed, 21 Oct 2015 07:27:15 GMT",
                "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            45,
        ),
        (
            {
                "Date": "Wed, 21 Oct 2015 07:29:00 GMT",
                "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            0,
        ),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://acme.test/v2/bars?symbol=AAPL&page=2", None),
        (
            "https://acme.test/query?symbol=IBM&apikey=abc",
            "https://acme.test/query?symbol=IBM&apikey=***",
        ),
        (f"https://{LOGIN}@acme.test/x?Access_Token=1", "https://acme.test/x?Access_Token=***"),
        ("/bars?X-Amz-Signature=1&a=", "/bars?X-Amz-Signature=***&a="),
    ],
)
def test_secrets_are_not_shown(url: str, shown: str | None) -> None:
    assert redacted(url) == (shown or url)


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_a_coroutine_is_waited_for() -> None:
    assert run_blocking(answer()) == 42


def test_a_coroutine_is_waited_for_inside_a_loop() -> None:
    async def notebook() -> int:
        return run_blocking(answer())

    assert asyncio.run(notebook()) == 42
