"""Operators that a kind of term does not have: errors that name the term and what to do."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, NoReturn

from rustybt.errors import WrongTermType

_ARITHMETIC: Final = MappingProxyType(
    {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "%": "mod", "**": "pow", "//": "floordiv"}
)
_COMPARISONS: Final = MappingProxyType({"<": "lt", "<=": "le", ">": "gt", ">=": "ge"})
_LOGIC: Final = MappingProxyType({"&": "and", "|": "or", "^": "xor"})

Named = tuple[str, str]
"""An operator and the name of its method."""


def refused(symbol: str, reason: str) -> Callable[..., NoReturn]:
    """A method that refuses an operator.

    Args:
        symbol: The operator.
        reason: What to do instead.
    """

    def refuse(self: Any, *_: object) -> NoReturn:  # noqa: ANN401 - a term
        raise WrongTermType(method=symbol, term=self, reason=reason)

    return refuse


def _of(operators: "MappingProxyType[str, str]") -> list[Named]:
    """The methods of operators, and of those with a reflected one that too."""
    found = [(symbol, f"__{name}__") for symbol, name in operators.items()]
    if operators is not _COMPARISONS:
        found += [(symbol, f"__r{name}__") for symbol, name in operators.items()]
    return found


ARITHMETIC: Final = (*_of(_ARITHMETIC), ("-", "__neg__"))
COMPARISONS: Final = (*_of(_COMPARISONS),)
LOGIC: Final = (*_of(_LOGIC), ("~", "__invert__"))


def refuses(cls: type, operators: tuple[Named, ...], reason: str) -> None:
    """Let a class refuse operators; those that it defines itself stay.

    Args:
        cls: The class of terms.
        operators: Which.
        reason: What to do instead.
    """
    for symbol, name in operators:
        if name not in vars(cls):
            setattr(cls, name, refused(symbol, reason))
