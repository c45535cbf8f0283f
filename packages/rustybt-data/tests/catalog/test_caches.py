"""Two tiers of frames: what is in them, what makes room, and what they count."""

import os
from decimal import Decimal
from pathlib import Path

import polars as pl
from catalog_frames import FEBRUARY, closes, frame

from rustybt_data import DataCatalog
from rustybt_data.catalog.cache import ColdTier, HotTier, TwoTierCache

FRAME = pl.DataFrame({"value": range(100)})
SIZE = int(FRAME.estimated_size())  # 100 numbers of 8 bytes


def test_a_frame_is_800_bytes() -> None:
    assert SIZE == 800


def test_memory_is_asked_first_then_disk_then_the_maker(tmp_path: Path) -> None:
    made = []

    def make() -> pl.DataFrame:
        made.append(1)
        return FRAME

    cache = TwoTierCache(tmp_path, hot_bytes=10_000, cold_bytes=100_000)
    for _ in range(3):
        assert cache.get("a", make).equals(FRAME)
    assert len(made) == 1
    stats = cache.stats()
    assert (stats.hot.hits, stats.hot.misses) == (2, 1)
    assert (stats.cold.hits, stats.cold.misses) == (0, 1)
    assert stats.hit_rate == 2 / 3
    # Another process has the disk in common, and nothing in memory.
    other = TwoTierCache(tmp_path, hot_bytes=10_000, cold_bytes=100_000)
    assert other.get("a", make).equals(FRAME)
    assert len(made) == 1
    assert (other.stats().hot.hits, other.stats().cold.hits) == (0, 1)
    assert other.stats().hit_rate == 1.0
    assert TwoTierCache(tmp_path, hot_bytes=1, cold_bytes=1).stats().hit_rate is None


def test_memory_forgets_what_was_asked_for_least_recently() -> None:
    tier = HotTier(2 * SIZE)
    tier.put("a", FRAME)
    tier.put("b", FRAME)
    assert tier.get("a") is FRAME
    tier.put("c", FRAME)
    assert [tier.get(key) is not None for key in "abc"] == [True, False, True]
    stats = tier.stats()
    assert (stats.entries, stats.size_bytes, stats.limit_bytes) == (2, 1600, 1600)
    assert (stats.hits, stats.misses, stats.evictions) == (3, 1, 1)
    assert stats.hit_rate == 0.75
    tier.put("a", FRAME)
    assert tier.stats().size_bytes == 1600
    tier.put("large", pl.DataFrame({"value": range(1000)}))
    assert tier.stats().entries == 2


def test_disk_forgets_what_was_asked_for_least_recently(tmp_path: Path) -> None:
    first = ColdTier(tmp_path, 10**6)
    first.put("a", FRAME)
    size = (tmp_path / "a.arrow").stat().st_size
    tier = ColdTier(tmp_path, 2 * size)
    tier.put("b", FRAME)
    os.utime(tmp_path / "b.arrow", (1, 1))
    assert tier.get("a") is not None
    tier.put("c", FRAME)
    assert sorted(path.name for path in tmp_path.glob("*.arrow")) == ["a.arrow", "c.arrow"]
    stats = tier.stats()
    assert (stats.entries, stats.size_bytes, stats.evictions) == (2, 2 * size, 1)
    # What a process that died was writing goes with it.
    (tmp_path / "dead.part").write_bytes(b"half")
    tier.put("d", FRAME)
    assert not list(tmp_path.glob("*.part"))


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    tier = ColdTier(tmp_path / "file" / "cache", 10**6)
    tier.put("a", FRAME)
    assert tier.get("a") is None


def test_a_new_version_is_another_question(data_catalog: DataCatalog) -> None:
    data_catalog.ingest("mine", frame((2, "A", "1"), (2, "B", "5")), timestamp=FEBRUARY[0])
    for _ in range(2):
        assert closes(data_catalog.materialize("A")) == [(2, "A", Decimal(1))]
    data_catalog.ingest("mine", frame((2, "A", "2")), timestamp=FEBRUARY[1])
    assert closes(data_catalog.materialize("A")) == [(2, "A", Decimal(2))]
    assert closes(data_catalog.materialize("A", as_of=FEBRUARY[0])) == [(2, "A", Decimal(1))]
    stats = data_catalog.cache_stats()
    assert (stats.hot.hits, stats.hot.misses, stats.hot.entries) == (2, 2, 2)
