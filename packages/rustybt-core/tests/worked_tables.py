"""Tables of cases that were worked out by hand: a CSV file beside its test.

Every row shows its arithmetic in the column ``how``, in fractions. A test compares the program with
the written value, and :func:`worked_out` the written value with the arithmetic beside it.
"""

import ast
import csv
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

Row = dict[str, str]

_DIGITS = 10**40
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
}


def _square_root(number: Fraction) -> Fraction:
    return Fraction(isqrt(int(number * _DIGITS**2)), _DIGITS)


_FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "abs": abs,
    "floor": lambda number: Fraction(number.__floor__()),
    "max": max,
    "min": min,
    "round": lambda number, places: rounded(number, int(places)),
    "sqrt": _square_root,
}


def rounded(number: Fraction, places: int) -> Fraction:
    """A number to so many decimals, half even."""
    return Fraction(round(number * 10**places), 10**places)


def worked_out(text: str) -> Fraction:
    """What arithmetic such as ``max(1, 150 * 0.005) - 1`` comes to, exactly.

    Known are the four operations, brackets, abs, floor, max, min, round (half even) and sqrt (to 40
    digits).
    """
    return _value(ast.parse(text.strip(), mode="eval").body)


def _value(node: ast.AST) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(repr(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            return Fraction(_OPERATORS[type(operator)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return Fraction(_FUNCTIONS[name](*map(_value, arguments)))
    raise ValueError(f"no arithmetic: {ast.dump(node)}")


def table(test: str, name: str) -> list[Row]:
    """The rows of a CSV file beside a test, given by the test's ``__file__``."""
    with Path(test).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows: Sequence[Row], *, labels: Sequence[str]) -> dict[str, Any]:
    """Arguments of `pytest.mark.parametrize` that give a test each row, with ids of its labels."""
    ids = [" ".join(filter(None, (row[label] for label in labels))) for row in rows]
    return {"argnames": "row", "argvalues": rows, "ids": ids}


def decimals(text: str) -> list[Decimal]:
    """Numbers between spaces."""
    return [Decimal(number) for number in text.split()]


def agree(row: Row, value: str, *, how: str = "how", places: int = 16) -> bool:
    """Whether each written value is what the arithmetic beside it, between semicolons, gives."""
    written = [Fraction(number) for number in row[value].split()]
    worked = [rounded(worked_out(part), places) for part in row[how].split(";")]
    return written == worked
