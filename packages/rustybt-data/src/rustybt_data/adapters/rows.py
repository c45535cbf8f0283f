"""Replies of vendors as frames of texts, with every digit that they sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from rustybt.errors import VendorUnavailable


def exact_json(body: str | bytes, *, vendor: str, request: str) -> object:
    """A JSON text whose numbers stay the texts that they are.

    Args:
        body: The text.
        vendor: Who sent it, for errors.
        request: What was asked, without secrets.

    Raises:
        VendorUnavailable: It is no JSON, which it mostly is because it was cut off: asking again
            may help.
    """
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        reason = f"the reply is no JSON or was cut off: {error}"
        raise VendorUnavailable(vendor=vendor, request=request, reason=reason) from None


def text_frame(
    rows: Iterable[Mapping[str, object] | Sequence[object]], columns: Sequence[str]
) -> pl.DataFrame:
    """Rows as a frame of texts.

    Args:
        rows: A mapping or a sequence each. A number becomes its shortest text; None and what a
            row lacks become null.
        columns: Names of the columns; in the order of the values where rows are sequences.
    """
    texts: dict[str, list[str | None]] = {name: [] for name in columns}
    for row in rows:
        for place, name in enumerate(columns):
            if isinstance(row, Mapping):
                value = row.get(name)
            else:
                value = row[place] if place < len(row) else None
            texts[name].append(_text(value))
    return pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String))


def _text(value: object) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 - NaN is nothing
        return None
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)
