"""Descriptions of tables with any JSON in them: an error of ours, never another one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zipline_bundles import copied

from rustybt.errors import RustyBTError
from rustybt_data.zipline import BcolzDailyReader, BcolzMinuteReader

FILES = (
    "daily_equities.bcolz/__attrs__",
    "daily_equities.bcolz/__rootdirs__",
    "daily_equities.bcolz/close/meta/sizes",
    "daily_equities.bcolz/close/meta/storage",
    "minute_equities.bcolz/metadata.json",
    "minute_equities.bcolz/00/00/000003.bcolz/close/meta/sizes",
    "minute_equities.bcolz/00/00/000003.bcolz/close/meta/storage",
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["3", "uint32", "XNYS", "2020-11-02", "1677-01-01", "9999-12-31"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=4), st.sampled_from("3579")), inner, max_size=3),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied("america", tmp_path_factory.mktemp("described"))


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_value_is_read_or_refused(folder: Path, file: str, data: st.DataObject) -> None:
    sound = (folder / file).read_bytes()
    fields: dict[str, Any] = json.loads(sound)
    fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(VALUES)
    (folder / file).write_text(json.dumps(fields))
    try:
        for reader in (
            BcolzDailyReader(folder / "daily_equities.bcolz"),
            BcolzMinuteReader(folder / "minute_equities.bcolz"),
        ):
            bars = reader.read(reader.sids(), -(2**62), 2**62)
            assert set(bars["sid"]) == set(reader.sids())
    except RustyBTError:
        return
    finally:
        (folder / file).write_bytes(sound)
