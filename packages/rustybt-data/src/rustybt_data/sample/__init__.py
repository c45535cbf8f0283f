"""The embedded bundles: synthetic markets, computed on first use, the same everywhere.

No price in them is real. They are there so that everything can be tried offline.
"""

from datetime import UTC, datetime
from typing import Final

from rustybt.data.bundles import RegisteredBundle
from rustybt_data.sample.coins import ingest_sample_crypto
from rustybt_data.sample.equities import ingest_sample

_GENERATED_AT: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""The time that these ingestions bear. A change of what is generated needs a later one."""

SAMPLE: Final = RegisteredBundle(
    ingest=ingest_sample, calendar_name="XNYS", generated_at=_GENERATED_AT
)
SAMPLE_CRYPTO: Final = RegisteredBundle(
    ingest=ingest_sample_crypto,
    calendar_name="24/7",
    minutes_per_day=1_440,
    generated_at=_GENERATED_AT,
)

__all__ = ["SAMPLE", "SAMPLE_CRYPTO"]
