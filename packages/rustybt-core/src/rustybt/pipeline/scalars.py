"""Single values that terms are compared with and filled with."""

from datetime import date
from typing import Any

import numpy as np

from rustybt.errors import WrongTermType
from rustybt.pipeline.dtypes import FLOAT, INSTANT, INTEGER, TEXT
from rustybt.pipeline.term import Term


def checked_scalar(method: str, term: Term, value: Any) -> Any:  # noqa: ANN401 - as the dtype says
    """A value, as one of the dtype of a term.

    Raises:
        WrongTermType: It is of another type.
    """
    if term.dtype == FLOAT and _is_number(value):
        return float(value)
    if term.dtype == INTEGER and _is_number(value) and int(value) == value:
        return int(value)
    if term.dtype == TEXT and isinstance(value, str):
        return value
    if term.dtype == INSTANT and isinstance(value, np.datetime64 | date):
        return np.asarray(value, "datetime64[us]").item()
    wanted = {FLOAT: "a number", INTEGER: "a whole number", TEXT: "a text"}
    raise WrongTermType(
        method=method,
        term=term,
        reason=f"give {wanted.get(term.dtype, 'a datetime')}, not {value!r}",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
