"""Bars of a source by the rules of quality that look at a bar alone."""

import polars as pl

from rustybt.calendars import TradingCalendar
from rustybt.clock.resolution import MINUTE, SESSION
from rustybt.data.schemas import BAR_FIELDS
from rustybt_data.quality import QualityReport, check


def sound(frame: pl.DataFrame, calendar: TradingCalendar, *, source: str) -> QualityReport:
    """Refuse bars that the default rules of layers 1 and 2 keep out.

    Args:
        frame: A standard frame.
        calendar: The calendar of the sessions.
        source: Where the bars come from, for errors.

    Returns:
        What was found, none of it worse than a flag.

    Raises:
        DataValidationError: A rule keeps a bar out; it names the first finding.
    """
    quiet = pl.all_horizontal(pl.col(field).fill_null(0) == 0 for field in BAR_FIELDS)
    report = check(
        frame.filter(~quiet),
        calendar=calendar,
        resolution=SESSION if frame.columns[0] == "date" else MINUTE,
        name=source,
        layers=(1, 2),
        keep_bars=False,
    )
    report.raise_if_refused()
    return report
