"""Columns of texts as integers, at the scale that they are written with."""

from typing import TYPE_CHECKING, Final

from rustybt.errors import ScaleExceeded
from rustybt.values.parsing import parse_decimal
from rustybt.values.scaling import from_scaled

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl

    Integers = npt.NDArray[np.int64]

_MOST: Final = 18
"""Decimals that a coefficient of 64 bits may count."""

_LARGEST: Final = 2**63 - 1


def parse_texts(texts: "pl.Series", *, field: str) -> "tuple[pl.Series, int]":
    """Texts as integer coefficients at one scale, exactly; column by column, not row by row.

    Args:
        texts: A String series; nulls and texts of nothing but white space stay null.
        field: The column's name in an error message.

    Returns:
        An Int64 series of the same length and the scale that it counts: as many decimals as the
        longest of the texts has, 18 at most. Zeros at the end of decimals are left away where
        64 bits could not hold them.

    Raises:
        InvalidNumber: A text is no number; the error names row and text.
        ScaleExceeded: 64 bits hold some of the numbers, but not all of them at one scale; the
            error names a row.
    """
    import polars as pl

    plain = _plain(texts)
    if plain is not None:
        return plain
    # Most texts are digits with one point: without it they are their own coefficient. A sign
    # behind the point would become one before the digits, so such texts are looked at one by one.
    text = pl.col("text")
    point = text.str.find(".", literal=True)
    digits = text.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    parts = (
        texts.alias("text")
        .to_frame()
        .select(
            text,
            pl.when(point.is_null() | (point > 0)).then(digits).alias("coefficient"),
            (text.str.len_bytes() - point - 1).fill_null(0).cast(pl.Int64).alias("decimals"),
        )
    )
    usual = parts["coefficient"].is_between(-_LARGEST, _LARGEST) & (parts["decimals"] <= _MOST)
    usual = usual.fill_null(value=False)
    known = parts["text"].is_not_null()
    values, decimals = (
        parts[name].fill_null(0).to_numpy(writable=True) for name in ("coefficient", "decimals")
    )
    for row in (known & ~usual).arg_true().to_list():
        found = _parsed(texts[row], field, row)
        if found is None:
            known[row] = False
            values[row] = decimals[row] = 0
        else:
            values[row], decimals[row] = found
    coefficients, scale = _at_one_scale(values, decimals, field)
    series = pl.Series(texts.name, coefficients)
    return (series if known.all() else series.set(~known, None)), scale


def _plain(texts: "pl.Series") -> "tuple[pl.Series, int] | None":
    """What `parse_texts` returns where each text is plain; None where it takes a closer look.

    Plain texts have digits, a sign and a point, and no exponent: nothing above ``9`` in ASCII.
    polars rounds what a scale does not hold, so it is told as many decimals as the longest has.
    """
    import numpy as np
    import polars as pl

    if texts.is_empty() or texts.null_count():
        return None
    written = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8)
    if not len(written) or written.max() > ord("9"):
        return None
    scale, exact = 0, texts
    if (written == ord(".")).any():
        point = texts.str.find(".", literal=True)
        longest = (texts.str.len_bytes().cast(pl.Int64) - point - 1).max()
        assert isinstance(longest, int), "a text has a point"
        scale = longest
    if scale > _MOST:
        return None
    if scale:
        exact = texts.cast(pl.Decimal(38, scale), strict=False).to_physical()
    values = exact.cast(pl.Int64, strict=False)
    lowest = values.min()
    if values.null_count() or not isinstance(lowest, int) or lowest < -_LARGEST:
        return None
    # A copy outside of polars' memory, which bars that wait to be written would keep in pieces.
    return pl.Series(texts.name, values.to_numpy().copy()), scale


def _parsed(text: str, field: str, row: int) -> tuple[int, int] | None:
    """The coefficient and the decimals of one text; None where there is nothing.

    Raises:
        InvalidNumber: It is no number.
        ScaleExceeded: 64 bits do not hold it.
    """
    if not text.strip():
        return None
    number = parse_decimal(text, field=field, row=row)
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "what was parsed is finite"
    whole = "".join(map(str, digits)).lstrip("0")
    bare = whole.rstrip("0")
    if not bare:
        return 0, 0
    exponent += len(whole) - len(bare)
    if exponent < -_MOST or len(bare) + exponent > _MOST + 1:
        raise ScaleExceeded(field=field, row=row, value=text.strip(), scale=_MOST)
    coefficient = int(bare) * 10 ** max(exponent, 0)
    if coefficient > _LARGEST:
        raise ScaleExceeded(field=field, row=row, value=text.strip(), scale=max(-exponent, 0))
    return (-coefficient if sign else coefficient), max(-exponent, 0)


def _at_one_scale(values: "Integers", decimals: "Integers", field: str) -> "tuple[Integers, int]":
    import numpy as np

    if not len(values):
        return values, 0
    scale = int(decimals.max())
    if scale == int(decimals.min()) and scale <= _MOST:
        return values, scale
    powers = np.power(10, np.arange(_MOST + 1), dtype=np.int64)
    widest = max(int(values.max()), -int(values.min()))
    if scale <= _MOST and widest <= _LARGEST // 10 ** (scale - int(decimals.min())):
        return values * powers[scale - decimals], scale
    _strip_zeros(values, decimals)
    scale = int(decimals.max())
    missing = scale - decimals
    fits = np.abs(values) <= (_LARGEST // powers)[np.minimum(missing, _MOST)]
    if scale > _MOST or not fits.all():
        row = int(np.argmin(fits))
        value = from_scaled(int(values[row]), int(decimals[row]))
        raise ScaleExceeded(field=field, row=row, value=value, scale=scale)
    return values * powers[missing], scale


def _strip_zeros(values: "Integers", decimals: "Integers") -> None:
    """Leave away zeros at the end of decimals, in place."""
    while True:
        idle = (decimals > 0) & (values % 10 == 0)
        if not idle.any():
            return
        values[idle] //= 10
        decimals[idle] -= 1
