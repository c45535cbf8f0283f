"""What every data adapter has to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from rustybt.calendars import from_day, get_calendar
from rustybt.data import bundles
from rustybt.errors import BundleNotFound, RustyBTError, UserError
from rustybt.testing._bar_reader import all_bars

if TYPE_CHECKING:
    from datetime import date

    from rustybt.data.bundle import BundleData
    from rustybt.data.bundles import DataAdapter
    from rustybt.data.readers import BarReader

_BUNDLE: Final = "conformance"
_STAMPS: Final = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterCase:
    """A data adapter and something for it to ingest.

    Attributes:
        adapter: The adapter: what its entry point names.
        location: Where the data are: a small set of at least three sessions.
        options: Options of the adapter.
        calendar: Name of the calendar of the sessions.
    """

    adapter: DataAdapter
    location: str | os.PathLike[str]
    options: Mapping[str, str] = field(default_factory=dict)
    calendar: str = "XNYS"


class DataAdapterSuite:
    """Tests of a data adapter. A subclass gives an `AdapterCase` by a fixture ``case``.

    What is ingested is stored in a folder of the test, so a store of bundles has to be installed:
    ``pip install rustybt-data``.
    """

    @pytest.fixture(autouse=True)
    def _folder_of_this_test(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RUSTYBT_DATA_DIR", str(tmp_path / "rustybt-data"))

    def test_bars_belong_to_assets(self, case: AdapterCase) -> None:
        """There are assets and bars, and every bar is of one of the assets."""
        bundle = ingested(case)
        assert bundle.finder.sids, "no asset was written"
        assert readers(bundle), "no bar was written"
        for reader in readers(bundle):
            assert set(reader.sids()) <= set(bundle.finder.sids)

    def test_bars_lie_within_the_lives_of_their_assets(self, case: AdapterCase) -> None:
        """An asset that is asked for on a day on which it has a bar is there."""
        bundle = ingested(case)
        for reader in readers(bundle):
            for sid, label in all_bars(reader).select("sid", "at").iter_rows():
                asset, day = bundle.finder.retrieve_asset(sid), session_of(reader, label)
                assert asset.is_alive_for_session(day), f"{asset} has a bar on {day}"

    def test_same_data_make_the_same_bundle(self, case: AdapterCase) -> None:
        """Ingesting depends on the data alone, not on when it happens or in which order."""
        fingerprints = {ingested(case, stamp).fingerprint for stamp in _STAMPS}
        assert len(fingerprints) == 1

    def test_sessions_that_were_not_asked_for_are_left_out(self, case: AdapterCase) -> None:
        """Bars before the first session or after the last one are not written."""
        calendar = get_calendar(case.calendar)
        everything = readers(ingested(case))
        first = calendar.session_index(min(reader.first_session for reader in everything))
        last = calendar.session_index(max(reader.last_session for reader in everything))
        assert last - first >= 2, "give data of at least three sessions"
        inner = calendar.session_date(first + 1), calendar.session_date(last - 1)
        bundles.register(
            f"{_BUNDLE}-inner",
            case.adapter(os.fspath(case.location), case.options),
            calendar_name=case.calendar,
            start_session=inner[0],
            end_session=inner[1],
        )
        try:
            bundles.ingest(f"{_BUNDLE}-inner", timestamp=_STAMPS[0])
        finally:
            bundles.unregister(f"{_BUNDLE}-inner")
        for reader in readers(bundles.load(f"{_BUNDLE}-inner")):
            assert inner[0] <= reader.first_session
            assert reader.last_session <= inner[1]

    def test_unknown_option_is_refused(self, case: AdapterCase) -> None:
        """An option that is misspelt must not be dropped in silence."""
        with pytest.raises(UserError):
            ingested(case, options={**case.options, "no-such-option": "1"})

    def test_location_without_data_leaves_nothing_behind(self, case: AdapterCase) -> None:
        """A place where there is nothing is an error of RustyBT's or of the system."""
        with pytest.raises((RustyBTError, OSError)):
            ingested(case, location=f"{os.fspath(case.location)}-that-is-not-there")
        with pytest.raises(BundleNotFound):
            bundles.ingestions_for_bundle(_BUNDLE)


def ingested(
    case: AdapterCase,
    stamp: datetime = _STAMPS[0],
    *,
    location: str | os.PathLike[str] | None = None,
    options: Mapping[str, str] | None = None,
) -> BundleData:
    """The bundle that an adapter makes."""
    function = case.adapter(
        os.fspath(case.location if location is None else location),
        case.options if options is None else options,
    )
    bundles.register(_BUNDLE, function, calendar_name=case.calendar)
    try:
        bundles.ingest(_BUNDLE, timestamp=stamp)
    finally:
        bundles.unregister(_BUNDLE)
    return bundles.load(_BUNDLE, timestamp=stamp)


def readers(bundle: BundleData) -> list[BarReader]:
    """The readers that a bundle has."""
    return [reader for reader in (bundle.daily, bundle.minute) if reader is not None]


def session_of(reader: BarReader, label: int) -> date:
    """The session that a bar belongs to."""
    if not reader.resolution.is_intraday:
        return from_day(label)
    calendar = get_calendar(reader.calendar)
    return calendar.session_date(calendar.minute_to_session(label))
