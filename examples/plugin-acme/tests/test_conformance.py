"""The plugin does what RustyBT asks of every plugin of its kinds."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rustybt.data.bundle import BundleData
from rustybt.data.frames import bundle_of_frame
from rustybt.testing import (
    AdapterCase,
    DataAdapterSuite,
    LoaderCase,
    MarginModelSuite,
    PipelineLoaderSuite,
    SlippageModelSuite,
)
from rustybt_acme import AcmeRatings, AcmeTape, Concentrated, HalfSpread, RatingsLoader, read_tape

TAPE = """ACME TAPE 1
WILE|20240102|10.00|10.40|9.90|10.10|120000
ROAD|20240102|5.00|5.10|4.90|5.05|8000
WILE|20240103|10.10|10.50|10.00|10.45|98000
WILE|20240105|10.45|10.60|10.30|10.40|101000
ROAD|20240104|5.15|5.30|5.10|5.25|9500
"""


class TestHalfSpread(SlippageModelSuite):
    @pytest.fixture
    def model(self) -> HalfSpread:
        return HalfSpread()


class TestConcentrated(MarginModelSuite):
    @pytest.fixture
    def model(self) -> Concentrated:
        return Concentrated()


class TestAcmeTape(DataAdapterSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> AdapterCase:
        tape = tmp_path / "prices.tape"
        tape.write_text(TAPE)
        return AdapterCase(adapter=AcmeTape, location=tape)


RATINGS = """ACME RATINGS 1
WILE|2024-01-03T21:30:00Z|4.5|12
WILE|2024-01-05T13:45:00Z|3.25|11
WILE|2024-01-08T14:30:00Z|1|3
"""


class TestRatingsLoader(PipelineLoaderSuite):
    @pytest.fixture
    def case(self, tmp_path: Path) -> LoaderCase:
        tape = tmp_path / "prices.tape"
        tape.write_text(TAPE)
        _, bundle = bundle_of_frame(read_tape(tape))

        def known(at: int | None) -> tuple[RatingsLoader, BundleData]:
            """A file of the ratings that Acme had sent by a time."""
            head, *lines = RATINGS.splitlines()
            sent = [line for line in lines if at is None or moment(line) <= at]
            path = tmp_path / f"{at}.ratings"
            path.write_text("\n".join([head, *sent]))
            return RatingsLoader(path), bundle

        return LoaderCase(
            known=known,
            columns=[AcmeRatings.score, AcmeRatings.analysts],
            start=date(2024, 1, 2),
            end=date(2024, 1, 10),
            absent=[bundle.finder.lookup_symbol("ROAD", None).sid],
        )


def moment(line: str) -> int:
    """Since when a rating is known, in ns UTC."""
    at = datetime.fromisoformat(line.split("|")[1]).astimezone(UTC)
    return int(at.timestamp()) * 1_000_000_000
