"""What can be said about a folder of CSV files."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, Self

from rustybt.data.schemas import BarKind
from rustybt.errors import InvalidArgument

FOLDERS: Final[Mapping[str, BarKind]] = {"daily": "daily", "minute": "intraday"}
"""The folders of price files, and what their labels are."""

STAMP_COLUMNS: Final = ("date", "timestamp", "dt", "dt_utc_minute_end")
"""Columns that label a bar, in the order in which they are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions:
    """How a folder is read.

    Attributes:
        stamp: The column of labels, where it has another name than `STAMP_COLUMNS`.
        bar_label: Whether minutes are labelled by their ``end`` or their ``start``.
        folders: Which of the folders are read, separated by commas.
        exchange: The exchange of assets for which ``assets.csv`` names none.
        country: The country of assets for which ``assets.csv`` names none.
        currency: The currency of equities for which ``assets.csv`` names none.

    Raises:
        InvalidArgument: An option has a value that it cannot have.
    """

    stamp: str = ""
    bar_label: str = "end"
    folders: str = "daily,minute"
    exchange: str = "CSVDIR"
    country: str = "US"
    currency: str = "USD"

    def __post_init__(self) -> None:
        if self.bar_label not in {"end", "start"}:
            raise InvalidArgument(
                field="bar_label", value=self.bar_label, reason="give end or start"
            )
        for folder in self.folder_names:
            if folder not in FOLDERS:
                raise InvalidArgument(
                    field="folders", value=folder, reason=f"give some of {', '.join(FOLDERS)}"
                )

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Self:
        """Options by name.

        Raises:
            InvalidArgument: There is no such option, or it has no such value.
        """
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                raise InvalidArgument(
                    field="csvdir option", value=name, reason=f"give some of {', '.join(known)}"
                )
        return cls(**options)

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The folders to read."""
        return tuple(name.strip() for name in self.folders.split(","))

    @property
    def stamps(self) -> tuple[str, ...]:
        """Columns that may hold the labels."""
        return (self.stamp.lower(),) if self.stamp else STAMP_COLUMNS
