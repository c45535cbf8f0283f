"""Addresses of stores, and what partitions say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustybt.errors import InvalidArgument
from rustybt_data.adapters.cloud import CloudAdapter
from rustybt_data.adapters.cloud.hive import Wanted, days_of, parts_of
from rustybt_data.adapters.cloud.objects import without_secrets

WORD = "open-sesame-street"


@pytest.mark.parametrize(
    ("location", "options", "message"),
    [
        ("ftp://acme/prices", {}, "give s3://BUCKET/FOLDER"),
        ("prices", {}, "give s3://BUCKET/FOLDER"),
        (f"s3://me:{WORD}@bucket/x", {}, "an address must hold no secret"),
        (f"https://me:{WORD}@bucket/x", {}, "give s3://BUCKET/FOLDER"),
        (f"az://bucket/x?sig={WORD}", {}, "an address must hold no secret"),
        ("s3://bucket/x", {"endpoint": "acme"}, "give an address such as https://HOST"),
        ("s3://bucket/x", {"endpoint": f"https://me:{WORD}@acme"}, "give an address such as"),
        ("file:///x", {"endpoint": "https://acme"}, "for s3, gcs, azure alone"),
        ("s3://bucket/x", {"anonymous": "maybe"}, "give yes or no"),
        ("s3://bucket/x", {"timeout": "0"}, "give seconds"),
        ("s3://bucket/x", {"secret": WORD}, "give some of"),
        ("memory:///x", {"bar_label": "middle"}, "give one of end, start"),
    ],
)
def test_what_cannot_be_is_refused_and_shows_no_secret(
    location: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message) as refused:
        CloudAdapter(location, options)
    assert WORD not in str(refused.value)


def test_secrets_of_the_environment_are_left_out_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_TOKEN", WORD)
    text = f"GET https://acme/x?sig=1 failed for {WORD}"
    assert without_secrets(text) == "GET https://acme/x?*** failed for ***"


@pytest.mark.parametrize(
    ("path", "days"),
    [
        ("year=2024/x", (date(2024, 1, 1), date(2024, 12, 31))),
        ("Year=2024/MONTH=2/x", (date(2024, 2, 1), date(2024, 2, 29))),
        ("year=2024/month=02/day=09/x", (date(2024, 2, 9), date(2024, 2, 9))),
        ("date=2024-02-09/x", (date(2024, 2, 9), date(2024, 2, 9))),
        ("month=2/x", None),
        ("year=__HIVE_DEFAULT_PARTITION__/x", None),
        ("year=2024/month=13/x", None),
        ("a/b.parquet", None),
    ],
)
def test_days_of_partitions(path: str, days: tuple[date, date] | None) -> None:
    assert days_of(parts_of(path)) == days


@given(
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    st.integers(0, 3),
)
def test_no_folder_of_a_wanted_day_is_left_out(
    first: date, last: date, day: date, depth: int
) -> None:
    folders = [f"year={day.year}", f"month={day.month:02}", f"day={day.day}"][:depth]
    path = "/".join([*folders, "x.parquet"])
    wanted = Wanted(first=min(first, last), last=max(first, last))
    if min(first, last) <= day <= max(first, last):
        assert wanted.may_hold(path)
    if depth == 3 and not min(first, last) <= day <= max(first, last):
        assert not wanted.may_hold(path)
