"""Outside input to exact decimals."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, SupportsFloat

from rustybt.errors import InvalidNumber
from rustybt.values.scaling import exact_scaled

if TYPE_CHECKING:
    import polars as pl

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def parse_decimal(value: object, *, field: str, row: int | None = None) -> Decimal:
    """The decimal number that `value` stands for.

    Integers, Decimals and texts are taken as they are; a float means its shortest text
    (`0.24` is exactly 0.24, not the binary fraction next to it). numpy scalars count as the
    Python number they hold.

    Args:
        value: int, float, `Decimal`, text or numpy scalar.
        field: What the number is called in an error message.
        row: Its row, when it comes from a column.

    Raises:
        InvalidNumber: For booleans, NaN, infinities and anything that is no number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if type(value) is float and value - value == 0.0:
        return Decimal(float.__repr__(value))
    text = _text_of(value)
    if not _NUMBER.fullmatch(text):
        raise InvalidNumber(field=field, value=value, row=row)
    return Decimal(text)


def _text_of(value: object) -> str:
    """The shortest text of a float, the text of a numpy scalar, else what is no number."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        return float.__repr__(value)
    if hasattr(value, "dtype") and isinstance(value, SupportsFloat):
        return str(value)
    return ""


def parse_column(texts: "pl.Series", *, scale: int, field: str) -> "pl.Series":
    """Texts as integer coefficients at `scale`, exactly.

    Args:
        texts: A String series; nulls stay null.
        scale: Digits after the decimal point that a coefficient counts.
        field: The column's name in an error message.

    Returns:
        An Int64 series of the same length.

    Raises:
        InvalidNumber: A text is no number; the message names row and text.
        ScaleExceeded: A number has more digits than `scale` or 64 bits hold.
    """
    import polars as pl

    parts = texts.to_frame("text").select(
        pl.col("text"),
        pl.col("text")
        .str.strip_chars()
        .str.extract_groups(rf"^([+-]?\d+)(?:\.(\d{{0,{scale}}})0*)?$")
        .alias("part"),
    )
    whole, digits = pl.col("part").struct.field("1"), pl.col("part").struct.field("2")
    joined = whole + digits.fill_null("").str.pad_end(scale, "0")
    column = parts.select(pl.col("text"), joined.cast(pl.Int64, strict=False).alias("coefficient"))
    odd = column.with_row_index("row").filter(
        pl.col("coefficient").is_null() & pl.col("text").is_not_null()
    )
    coefficients = column["coefficient"]
    for row, text in odd.select("row", "text").iter_rows():
        number = parse_decimal(text, field=field, row=row)
        coefficients[row] = exact_scaled(number, scale, field=f"{field} in row {row}", bits=64)
    return coefficients.alias(texts.name)
