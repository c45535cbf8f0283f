"""How CSV, Parquet and Arrow files are written: a mapping in TOML, or options of the same names."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from rustybt.data.schemas import BAR_FIELDS, EXTRA_FIELDS
from rustybt.errors import DataValidationError, InvalidArgument
from rustybt_data.adapters.local.files import stem_of
from rustybt_data.pairs import pair_named

DELIMITERS: Final = (",", "\t", ";", "|")
ROLES: Final = ("timestamp", "date", "time", "symbol", *BAR_FIELDS, *EXTRA_FIELDS)
"""What a column may be."""

USUAL_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "timestamp": ("timestamp", "datetime", "dt", "dt_utc_minute_end"),
    "date": ("date",),
    "time": ("time",),
    "symbol": ("symbol", "ticker"),
    **{name: (name,) for name in (*BAR_FIELDS, *EXTRA_FIELDS)},
}
"""Names by which columns are found that the mapping does not name, in any case."""

EPOCHS: Final = {"epoch-s": "s", "epoch-ms": "ms", "epoch-us": "us", "epoch-ns": "ns"}
DATE_FORMATS: Final = ("auto", "iso", "month-first", "day-first", *EPOCHS)
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "delimiter": ("auto", *DELIMITERS),
    "decimal": (".", ","),
    "thousands": ("", ",", ".", " ", "'", "_", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"),
    "bar_label": ("end", "start"),
    "missing": ("fail", "skip", "interpolate"),
    "dst_gap": ("fail", "skip"),
    "dst_fold": ("fail", "skip", "earliest", "latest"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMapping:
    """How files of bars are written.

    Attributes:
        columns: The file's name of a column (its number from 1 without a header) by what it is,
            one of `ROLES`; what is not named is found by `USUAL_NAMES`.
        delimiter: What separates cells; ``auto`` looks at the first lines.
        header: Whether the first line names the columns.
        decimal: The decimal mark.
        thousands: What groups digits by three; nothing unless said.
        date_format: One of `DATE_FORMATS`, or a strftime pattern of the whole time; ``auto``
            refuses days that can be read in two ways.
        zone: The zone of times that name none.
        dst_gap: What becomes of a time that the clocks leave out.
        dst_fold: What becomes of a time that the clocks show twice.
        bar_label: Whether times are starts or ends of bars.
        missing: What becomes of a row with an empty cell.
        missing_values: Texts that mean an empty cell, beside no text at all.
        symbol: The symbol of all rows, where neither a column nor the file's name says it.
        symbol_pattern: A regular expression with one group that finds the symbol in the file's
            name; by default it is the name without its ending and that of its compression.

    Raises:
        InvalidArgument: A value is not one that it can have.
    """

    columns: Mapping[str, str | int] = field(default_factory=dict)
    delimiter: str = "auto"
    header: bool = True
    decimal: str = "."
    thousands: str = ""
    date_format: str = "auto"
    zone: str = "UTC"
    dst_gap: str = "fail"
    dst_fold: str = "fail"
    bar_label: str = "end"
    missing: str = "fail"
    missing_values: tuple[str, ...] = ()
    symbol: str = ""
    symbol_pattern: str = ""

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            _check(name, getattr(self, name), getattr(self, name) in choices, choices)
        known = self.date_format in DATE_FORMATS or "%" in self.date_format
        _check("date_format", self.date_format, known, (*DATE_FORMATS, "a pattern with %"))
        for role in self.columns:
            _check("columns", role, role in ROLES, ROLES)
        _check("thousands", self.thousands, self.thousands != self.decimal, ("another mark",))
        _check_zone(self.zone)
        _check_pattern(self.symbol_pattern)

    @classmethod
    def read(cls, path: str, options: Mapping[str, str]) -> Self:
        """The mapping of a TOML file, with options over it.

        Args:
            path: The file; "" for none.
            options: Values by name, as texts; "" says nothing.

        Raises:
            InvalidArgument: There is no such name, or it has no such value.
            DataValidationError: The file is no TOML.
        """
        given: dict[str, Any] = {**_read_toml(path)} if path else {}
        for name, text in options.items():
            if text:
                given[name] = _option(name, text)
        known = [each.name for each in fields(cls)]
        for name, value in given.items():
            _check("mapping", name, name in known, known)
            kinds: dict[str, type] = {"columns": dict, "header": bool, "missing_values": list}
            wanted = kinds.get(name, str)
            _check(f"mapping, {name}", value, isinstance(value, wanted), (f"a {wanted.__name__}",))
        if "missing_values" in given:
            given["missing_values"] = tuple(map(str, given["missing_values"]))
        return cls(**given)

    def symbol_of(self, file: Path) -> str:
        """The symbol that a file's name says; with that of its folder, where both are a pair.

        Raises:
            DataValidationError: The pattern is not in it.
        """
        if not self.symbol_pattern:
            stem = stem_of(file)
            return pair_named(file.parent.name, stem) or stem
        found = re.search(self.symbol_pattern, file.name)
        if found is None:
            reason = f"its name has no symbol: symbol_pattern is {self.symbol_pattern!r}"
            raise DataValidationError(file=str(file), reason=reason)
        return found[1]


SCALARS: Final = tuple(
    each.name for each in fields(FileMapping) if each.name not in {"columns", "missing_values"}
)
"""What may be said by an option, too."""


def _option(name: str, text: str) -> object:
    if name != "header":
        return {"tab": "\t", "space": " "}.get(text, text)
    _check(name, text, text in {"true", "false"}, ("true", "false"))
    return text == "true"


def _read_toml(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidArgument(field="mapping", value=path, reason="there is no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataValidationError(file=path, reason=f"it is no TOML: {error}") from None


def _check(name: str, value: object, fits: object, choices: object) -> None:
    if not fits:
        assert isinstance(choices, list | tuple), "choices are listed"
        shown = ", ".join(repr(choice) if len(choice) < 2 else choice for choice in choices)
        raise InvalidArgument(field=name, value=value, reason=f"give one of {shown}")


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        reason = "give a zone of the IANA database, such as America/New_York"
        raise InvalidArgument(field="zone", value=zone, reason=reason) from None


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise InvalidArgument(field="symbol_pattern", value=pattern, reason=str(error)) from None
    _check("symbol_pattern", pattern, not pattern or groups == 1, ("a pattern with one (group)",))
