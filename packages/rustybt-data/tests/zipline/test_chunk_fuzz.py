"""Damaged chunks: an error that names the file, or the numbers that were written."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zipline_bundles import ingestion

from rustybt.errors import CorruptData
from rustybt_data.zipline.chunk import read_chunk

CHUNK = ingestion("america") / "daily_equities.bcolz" / "close" / "data" / "__0.blp"
ITEMS = 152
"""Rows of the table: sessions of five assets, 43 + 29 + 42 + 34 + 6 less two."""

ROOM = 16_384


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chunks") / "__0.blp"


def refused(place: Path, content: bytes) -> bool:
    place.write_bytes(content)
    try:
        numbers = read_chunk(place, items=ITEMS, room=ROOM)
    except CorruptData as error:
        assert error.path == str(place)  # noqa: PT017 - either is right
        return True
    assert numbers.dtype == np.uint32
    assert len(numbers) == ITEMS
    return False


@pytest.mark.parametrize("at", range(16 + 16))
def test_every_byte_of_the_headers(place: Path, at: int) -> None:
    content = bytearray(CHUNK.read_bytes())
    for value in (0, 1, 2, 0x7F, 0x80, 0xFF, content[at] ^ 1):
        changed = content.copy()
        changed[at] = value
        refused(place, bytes(changed))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused_or_have_the_right_length(place: Path, data: st.DataObject) -> None:
    content = bytearray(CHUNK.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([len(content), *range(0, len(content), 37)]))
    refused(place, bytes(content[:cut]))


@given(content=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_other_files_are_refused(place: Path, content: bytes) -> None:
    assert refused(place, content)


def test_the_chunk_itself_is_read(place: Path) -> None:
    assert not refused(place, CHUNK.read_bytes())


def test_a_chunk_of_noise_behind_sound_headers_is_refused_or_whole(place: Path) -> None:
    content, draw = CHUNK.read_bytes(), random.Random(3)
    for _ in range(200):
        refused(place, content[:32] + draw.randbytes(len(content) - 32))
