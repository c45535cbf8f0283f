"""How a term was built, as the expression that one would write."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

DEPTH: Final = 6
"""So many terms inside each other are written out; what is deeper is named only."""

_HIDDEN: Final = frozenset({"missing", "missing_group", "sliced"})

_SECOND: Final = frozenset({"pearsonr", "spearmanr", "linear_regression", "if_else", "fillna"})
"""Operations whose further inputs are written by position; those of others are groups."""


def described(term: Any, depth: int = 0) -> str:  # noqa: ANN401 - a Term
    """A term as an expression, such as ``Returns([EquityPricing.close], window_length=6).rank()``.

    Args:
        term: The term.
        depth: Of how many terms it is a part.
    """
    if hasattr(term, "dataset"):
        name: str = term.short_name
        return name
    if depth >= DEPTH:
        return f"{term.short_name}(…)"
    operation = getattr(term, "operation", "")
    if not operation:
        return _constructed(term, depth)
    parts = [described(part, depth + 1) for part in term.inputs]
    if operation in _FORMS:
        return _FORMS[operation](parts, term.params)
    return _called(term, operation, parts, depth)


def _constructed(term: Any, depth: int) -> str:  # noqa: ANN401 - a Term
    inner = ", ".join(described(part, depth + 1) for part in term.inputs)
    arguments = [f"[{inner}]"] if term.inputs else []
    if term.window_length and term.inputs:
        arguments.append(f"window_length={term.window_length}")
    arguments.extend(f"{name}={value!r}" for name, value in dict(term.params).items())
    return f"{type(term).__name__}({', '.join([*arguments, *_masked(term, depth)])})"


def _called(term: Any, operation: str, parts: list[str], depth: int) -> str:  # noqa: ANN401
    base, *further = parts
    named = {name: value for name, value in term.params.items() if name not in _HIDDEN}
    shown = [f"{name}={value!r}" for name, value in named.items()]
    if operation in _SECOND:
        shown = [*further, *shown]
    else:
        shown.extend(f"groupby={part}" for part in further)
    return f"{base}.{operation}({', '.join([*shown, *_masked(term, depth)])})"


def _masked(term: Any, depth: int) -> list[str]:  # noqa: ANN401 - a Term
    return [] if term.mask is None else [f"mask={described(term.mask, depth + 1)}"]


def _binary(parts: list[str], params: Mapping[str, Any]) -> str:
    sides = list(parts)
    left = params["left"] if "left" in params else sides.pop(0)
    right = params["right"] if "right" in params else (sides.pop(0) if sides else left)
    return f"({left} {params['symbol']} {right})"


_FORMS: Final[Mapping[str, Callable[[list[str], Mapping[str, Any]], str]]] = MappingProxyType(
    {
        "arithmetic": _binary,
        "comparison": _binary,
        "logic": _binary,
        "minus": lambda parts, _: f"-{parts[0]}",
        "negation": lambda parts, _: f"~{parts[0]}",
        "latest": lambda parts, _: f"{parts[0]}.latest",
        "output_of": lambda parts, params: f"{parts[0]}.{params['name']}",
        "slice": lambda parts, params: f"{parts[0]}[{params['name']}]",
        "as_number": lambda parts, _: parts[0],
    }
)
