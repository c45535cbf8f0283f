"""What built-in factors have in common."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rustybt.errors import InvalidArgument
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.profiles import ZIPLINE, checked_profile

if TYPE_CHECKING:
    from rustybt.pipeline.columns import Columns


class OneInput(Factor):
    """A factor of one column or term."""

    def _validate(self) -> None:
        super()._validate()
        if len(self.inputs) != 1:
            raise InvalidArgument(
                field=f"inputs of {type(self).__name__}",
                value=self.inputs,
                reason="give one column or term",
            )


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
