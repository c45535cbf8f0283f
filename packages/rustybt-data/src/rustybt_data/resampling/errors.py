"""What is wrong with a frame."""

from datetime import datetime

from rustybt.calendars import from_day, from_ns
from rustybt.errors import DataValidationError


def invalid(column: str | None, value: object, reason: str) -> DataValidationError:
    """An error of a frame; see `DataValidationError`."""
    return DataValidationError(file="frame", column=column, value=value, reason=reason)


def label_text(at: int, label: str) -> str:
    """A label as people write it.

    Args:
        at: Nanoseconds, or days where the label is a date.
        label: Name of its column.
    """
    if label == "date":
        return from_day(at).isoformat()
    moment: datetime = from_ns(at)
    return f"{moment:%Y-%m-%d %H:%M:%S}{_fraction(at)}"


def _fraction(at: int) -> str:
    digits = f"{at % 10**9:09d}".rstrip("0")
    return f".{digits}" if digits else ""
