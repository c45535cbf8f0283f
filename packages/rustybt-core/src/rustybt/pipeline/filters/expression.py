"""Expressions of terms in text form: they become what the operators of the terms make."""

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rustybt.errors import InvalidArgument
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.term import Term

_OPERATORS: Final[Mapping[type[ast.AST], Callable[..., Any]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Mod: operator.mod,
        ast.Pow: operator.pow,
        ast.BitAnd: operator.and_,
        ast.BitOr: operator.or_,
        ast.BitXor: operator.xor,
        ast.USub: operator.neg,
        ast.Invert: operator.invert,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.NotEq: operator.ne,
        ast.Eq: lambda left, right: left.eq(right) if hasattr(left, "eq") else right.eq(left),
    }
)


def read(text: str, terms: tuple[Term, ...]) -> Filter:
    """The filter that an expression describes.

    Args:
        text: The expression.
        terms: What ``x_0`` and so on stand for.

    Raises:
        InvalidArgument: It cannot be read, is no filter, or names a term that is not given.
    """
    try:
        made = _made(ast.parse(text.strip(), mode="eval").body, terms)
    except (SyntaxError, KeyError, AttributeError, IndexError) as error:
        raise _unreadable(text, str(error)) from error
    if not isinstance(made, Filter):
        raise _unreadable(text, "it is no filter")
    return made


def _made(node: ast.expr, terms: tuple[Term, ...]) -> Any:  # noqa: ANN401 - a term or a number
    match node:
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.Name(id=name) if name.startswith("x_") and name[2:].isdigit():
            return terms[int(name[2:])]
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_made(operand, terms))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_made(left, terms), _made(right, terms))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATORS[type(op)](_made(left, terms), _made(right, terms))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if not name.startswith("_"):
            return getattr(_made(argument, terms), name)()
        case _:
            raise KeyError(ast.unparse(node))


def _unreadable(text: str, reason: str) -> InvalidArgument:
    return InvalidArgument(
        field="expr of NumExprFilter",
        value=text,
        reason=f"{reason}; give numbers, terms x_0, x_1 and so on, operators and functions",
    )
