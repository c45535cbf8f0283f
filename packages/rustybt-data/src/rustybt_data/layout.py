"""What is where in the folder of an ingestion."""

from typing import Final

ASSETS: Final = "assets-8.sqlite"
DAILY_BARS: Final = "daily_bars"
MINUTE_BARS: Final = "minute_bars"
RATES: Final = "rates.parquet"
