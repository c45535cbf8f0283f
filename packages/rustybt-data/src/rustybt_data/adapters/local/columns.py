"""The columns of a block, and what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from rustybt.data.schemas import BAR_FIELDS
from rustybt.errors import DataValidationError
from rustybt_data.adapters.local.mapping import USUAL_NAMES, FileMapping
from rustybt_data.parquet.numbers import Coefficients

ROW: Final = "row"
LABEL: Final = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What was read of a block.

    Attributes:
        rows: The row of each in the block.
        labels: Dates or instants, as the file has them.
        symbols: The symbols.
        numbers: Coefficients by field.
        cells: What labels and numbers were read from, where that is known.
        skipped: Rows that were left out already.
    """

    rows: pl.Series
    labels: pl.Series
    symbols: pl.Series
    numbers: Mapping[str, Coefficients]
    cells: Mapping[str, pl.Series] = field(default_factory=dict)
    skipped: int = 0


def roles_of(names: Sequence[str], file: str, mapping: FileMapping) -> dict[str, str]:
    """The name of the file's column by what it is.

    Args:
        names: The file's columns, in lower case.
        file: The file, for errors.
        mapping: What it says of them.

    Raises:
        DataValidationError: A column is missing.
    """
    roles: dict[str, str] = {}
    for role, usual in USUAL_NAMES.items():
        said = mapping.columns.get(role)
        wanted = usual if said is None else (str(said).strip().lower(),)
        found = next((name for name in wanted if name in names), None)
        if found is not None:
            roles[role] = found
        elif said is not None:
            raise _missing(names, file, str(said))
    for role in BAR_FIELDS:
        if role not in roles:
            raise _missing(names, file, role)
    if "timestamp" in roles:
        return {role: name for role, name in roles.items() if role not in {"date", "time"}}
    if "date" not in roles:
        raise _missing(names, file, "timestamp or date")
    return roles


def _missing(names: Sequence[str], file: str, column: str) -> DataValidationError:
    return DataValidationError(
        file=file,
        line=1,
        column=column,
        reason=f"the column is missing; there are {', '.join(names)}: say which it is in the "
        "mapping, under columns",
    )
