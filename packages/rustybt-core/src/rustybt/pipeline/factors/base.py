"""What built-in factors have in common."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rustybt.errors import InvalidArgument
from rustybt.pipeline.dtypes import FLOAT, INTEGER
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.profiles import ZIPLINE, checked_profile

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class SomeInputs(Factor):
    """A factor of so many columns or terms.

    Attributes:
        count: How many.
        reads: The dtypes that they can be of.
    """

    count: ClassVar[int]
    reads: ClassVar[Sequence[np.dtype[Any]]] = (FLOAT, INTEGER)

    def _validate(self) -> None:
        super()._validate()
        field = f"inputs of {type(self).__name__}"
        if len(self.inputs) != self.count:
            reason = "give one column or term"
            if self.count > 1:
                reason = f"give {self.count} columns or terms, as its docstring names them"
            raise InvalidArgument(field=field, value=self.inputs, reason=reason)
        for term in self.inputs:
            if term.dtype not in self.reads:
                wanted = " or ".join(str(dtype) for dtype in self.reads)
                reason = f"it is of {term.dtype}; give terms of {wanted}"
                raise InvalidArgument(field=field, value=term, reason=reason)


class OneInput(SomeInputs):
    """A factor of one column or term."""

    count = 1


class OfProfile(Factor):
    """A factor that Zipline defines in another way.

    Its parameter `profile` chooses: ``"standard"`` or ``"zipline"``; None: that of the run.
    """

    params: Any = MappingProxyType({"profile": None})

    def _validate(self) -> None:
        super()._validate()
        if self.params["profile"] is not None:
            checked_profile(self.params["profile"], field=f"profile of {type(self).__name__}")

    def _as_zipline(self, columns: "Columns") -> bool:
        profile = self.params["profile"] or columns.profile
        return bool(profile == ZIPLINE)


def at_least(factor: Factor, rows: int) -> None:
    """Make sure that windows have enough rows.

    Raises:
        InvalidArgument: They have fewer.
    """
    if factor.window_length < rows:
        raise InvalidArgument(
            field=f"window_length of {type(factor).__name__}",
            value=factor.window_length,
            reason=f"give at least {rows}; a change of one session needs 2 rows",
        )


def whole_number(factor: str, name: str, value: Any, least: int, most: int | None = None) -> None:  # noqa: ANN401 - anything may be given
    """Make sure that a parameter is a whole number within bounds.

    Raises:
        InvalidArgument: It is not.
    """
    fits = isinstance(value, int) and not isinstance(value, bool) and value >= least
    if not fits or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        raise InvalidArgument(
            field=f"{name} of {factor}", value=value, reason=f"give a whole number, {bounds}"
        )
