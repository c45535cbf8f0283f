"""Texts of numbers as numbers, however a file marks decimals and thousands."""

import re

import polars as pl

from rustybt_data.adapters.local.mapping import FileMapping
from rustybt_data.parquet.numbers import BadNumber, Coefficients, coefficients_of


def plain_numbers(texts: pl.Series, mapping: FileMapping) -> pl.Series:
    """Texts with a point for decimals and nothing between digits.

    Raises:
        BadNumber: Digits are not grouped by three, or there is a point that is no decimal mark.
    """
    if mapping.thousands:
        texts = _ungrouped(texts, mapping)
    if mapping.decimal == ".":
        return texts
    odd = texts.str.contains(".", literal=True).fill_null(value=False).arg_true()
    if len(odd):
        row = int(odd[0])
        raise BadNumber(row, texts[row], "the decimal mark is a comma; say what the point is")
    return texts.str.replace(",", ".", literal=True)


def _ungrouped(texts: pl.Series, mapping: FileMapping) -> pl.Series:
    mark, point = re.escape(mapping.thousands), re.escape(mapping.decimal)
    grouped = rf"^\s*[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?:{point}\d*)?\s*$"
    marked = texts.str.contains(mapping.thousands, literal=True).fill_null(value=False)
    wrong = (marked & ~texts.str.contains(grouped)).fill_null(value=False).arg_true()
    if len(wrong):
        row = int(wrong[0])
        reason = f"{mapping.thousands!r} has to group digits by three"
        raise BadNumber(row, texts[row], reason)
    return texts.str.replace_all(mapping.thousands, "", literal=True)


def numbers_in(texts: pl.Series, mapping: FileMapping) -> Coefficients:
    """The numbers of a column of texts.

    Raises:
        BadNumber: A cell is no number.
    """
    return coefficients_of(plain_numbers(texts, mapping))
