"""Terms that methods and operators make: the name of an operation and its arguments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rustybt.pipeline.domain import common_domain
from rustybt.pipeline.dtypes import missing_of
from rustybt.pipeline.operations import OPERATIONS
from rustybt.pipeline.term import ComputableTerm, NotSpecified, Term

if TYPE_CHECKING:
    import numpy as np

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
    def short_name(self) -> str:
        """The operation's name."""
        return self.operation

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
    mask: object = None,
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
        window_length: Rows of a window.
        window_safe: Whether windows may be taken over it.
        ndim: 1 for a value per session; by default the most of its inputs.
        needs: Sids whose data it needs.
        params: Arguments of the operation.
    """
    cls = _CLASSES[kind]
    where = mask if isinstance(mask, Term) else None
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
        outputs=None,
    )
