"""What is where in the folder that an ingestion fills."""

from typing import Final

RATES: Final = "rates.parquet"
