"""Lengths of bars."""

from __future__ import annotations

import pytest

from rustybt.clock import MINUTE, SESSION, Resolution, Unit
from rustybt.errors import InvalidArgument

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("100ms", SECOND // 10),
        ("1s", SECOND),
        ("1m", 60 * SECOND),
        ("5m", 300 * SECOND),
        ("1h", 3_600 * SECOND),
        ("23h", 23 * 3_600 * SECOND),
        ("1d", None),
        ("1w", None),
        ("1mo", None),
    ],
)
def test_a_resolution_is_written_as_it_is_read(text: str, nanoseconds: int | None) -> None:
    resolution = Resolution.parse(text)
    assert str(resolution) == text
    assert resolution.nanoseconds == nanoseconds
    assert resolution.is_intraday == (nanoseconds is not None)
    assert Resolution.parse(resolution) is resolution


def test_aliases() -> None:
    assert Resolution.parse("minute") == MINUTE == Resolution.parse("1m")
    assert Resolution.parse("daily") == SESSION == Resolution.parse("1d")
    assert Resolution.parse("1M") == Resolution(1, Unit.MONTH)


def test_one_length_is_one_resolution() -> None:
    assert Resolution.parse("60s") == MINUTE
    assert Resolution.parse("120m") == Resolution.parse("2h")
    assert str(Resolution.parse("1500ms")) == "1500ms"
    assert hash(Resolution.parse("60000ms")) == hash(MINUTE)


def test_resolutions_are_ordered_by_length() -> None:
    texts = ["1w", "90m", "1mo", "100ms", "1d", "1m", "23h", "1s"]
    ordered = sorted(Resolution.parse(text) for text in texts)
    assert list(map(str, ordered)) == ["100ms", "1s", "1m", "90m", "23h", "1d", "1w", "1mo"]
    assert Resolution.parse("5m") >= MINUTE
    with pytest.raises(TypeError):
        _ = MINUTE < "5m"


@pytest.mark.parametrize(
    "text", ["", "m", "1", "0m", "99ms", "24h", "1440m", "2d", "3mo", "-1m", "1.5h", "1 m", "1y"]
)
def test_what_is_no_resolution_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(InvalidArgument, match="give 100ms to 59m") as caught:
        Resolution.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("shorter", "longer", "adds_up"),
    [
        ("1m", "1h", True),
        ("1m", "1m", True),
        ("1h", "1m", False),
        ("7m", "1h", False),
        ("100ms", "1s", True),
        ("1h", "1d", True),
        ("7m", "1mo", True),
        ("1d", "1w", True),
        ("1d", "1mo", True),
        ("1d", "1h", False),
        ("1w", "1mo", False),
        ("1w", "1w", True),
        ("1mo", "1w", False),
    ],
)
def test_which_bars_make_longer_ones(shorter: str, longer: str, adds_up: bool) -> None:
    assert Resolution.parse(shorter).adds_up_to(Resolution.parse(longer)) is adds_up
