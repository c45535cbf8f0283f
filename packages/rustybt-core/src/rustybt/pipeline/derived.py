"""Terms that methods and operators make: the name of an operation and its arguments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rustybt.pipeline.checks import checked_inputs, checked_mask
from rustybt.pipeline.domain import common_domain
from rustybt.pipeline.dtypes import missing_of
from rustybt.pipeline.operations import MASKED, OPERATIONS
from rustybt.pipeline.periods import period_starts
from rustybt.pipeline.sentinels import NotSpecified
from rustybt.pipeline.term import ComputableTerm, Term

if TYPE_CHECKING:
    import numpy as np

    from rustybt.calendars import TradingCalendar
    from rustybt.pipeline.columns import Columns
    from rustybt.pipeline.term import Expressions

Kind = Literal["factor", "filter", "classifier"]

_CLASSES: dict[Kind, type[Term]] = {}


class Derived(ComputableTerm):
    """A term that is an operation on others.

    Attributes:
        operation: A name of `rustybt.pipeline.operations.OPERATIONS`.
        label: What it is called in pictures and messages.
    """

    operation: str = ""

    @property
    def masks_itself(self) -> bool:
        """Whether its expressions give nothing outside of its mask."""
        return self.operation in MASKED

    degrees: int | tuple[int, ...] | None = None  # type: ignore[misc]  # each has its own

    @property
    def short_name(self) -> str:
        """The operation's name, or the one that it was given."""
        return self.params["name"] if self.operation == "alias" else self.operation

    def reaches_back(self, first: int, calendar: "TradingCalendar") -> int:
        """The first session in which its inputs are needed."""
        if self.operation == "downsample" and first >= 0:
            return int(period_starts(calendar, self.params["frequency"])[first])
        return super().reaches_back(first, calendar)

    def expressions(self, columns: "Columns") -> "Expressions":
        """What the operation makes of the inputs."""
        result: Expressions = OPERATIONS[self.operation](columns, **self.params)
        return result


def stands_for(kind: Kind, cls: type[Term]) -> None:
    """Say which class the derived terms of a kind are of."""
    _CLASSES[kind] = cls


def derived(  # noqa: PLR0913 - what makes up a term
    kind: Kind,
    operation: str,
    inputs: tuple[Term, ...],
    *,
    dtype: "np.dtype[Any]",
    missing_value: object = NotSpecified,
    mask: object = NotSpecified,
    outputs: tuple[str, ...] | None = None,
    degrees: int | None = None,
    window_length: int = 0,
    window_safe: bool = False,
    ndim: int | None = None,
    needs: tuple[int, ...] = (),
    params: Mapping[str, object] | None = None,
) -> Any:  # noqa: ANN401 - a Factor, Filter or Classifier, as `kind` says
    """A term that is an operation on others.

    Args:
        kind: What it is.
        operation: A name of `rustybt.pipeline.operations.OPERATIONS`.
        inputs: What it is made of.
        dtype: Of its values.
        missing_value: What stands for a missing value.
        mask: A filter: where it is computed.
        outputs: Names of its outputs where it has several.
        degrees: See `ComputableTerm.degrees`.
        window_length: Rows of a window.
        window_safe: Whether windows may be taken over it.
        ndim: 1 for a value per session; by default the most of its inputs.
        needs: Sids whose data it needs.
        params: Arguments of the operation.

    Raises:
        NonPipelineInputs: An input is no term, or has several outputs.
        NonWindowSafeInput: A window over an input would mix prices before and after splits.
        WrongTermType: The mask is no filter.
        AmbiguousDomain: Its parts are of several domains.
    """
    cls = _CLASSES[kind]
    if operation not in {"latest", "output_of"}:
        checked_inputs(operation, inputs, window_length)
    where = checked_mask(f"{inputs[0]!r}.{operation}" if inputs else operation, mask)
    names = {} if degrees is None else {"degrees": degrees}
    return cls.of(
        operation=operation,
        inputs=inputs,
        dtype=dtype,
        missing_value=missing_of(dtype) if missing_value is NotSpecified else missing_value,
        mask=where,
        window_length=window_length,
        window_safe=window_safe,
        domain=common_domain(operation, ComputableTerm.domain, (*inputs, where)),
        ndim=max((term.ndim for term in inputs), default=2) if ndim is None else ndim,
        needs=needs,
        params=dict(params or {}),
        outputs=outputs,
        **names,
    )
