"""What terms may be made of."""

from typing import Any

from rustybt.errors import (
    InvalidArgument,
    NonPipelineInputs,
    NonWindowSafeInput,
    WindowLengthNotPositive,
    WrongTermType,
)
from rustybt.pipeline.dtypes import TRUTH
from rustybt.pipeline.sentinels import NotSpecified


def checked_inputs(name: str, inputs: tuple[Any, ...], window_length: object) -> tuple[Any, ...]:
    """The inputs of a term, after a look at whether it can be computed from them.

    Raises:
        NonPipelineInputs: One of them is no term.
        WrongTermType: One of them has several outputs.
        WindowLengthNotPositive: The length is negative, or no whole number.
        NonWindowSafeInput: A window over a term would mix prices before and after splits.
        InvalidArgument: A column is used without a window.
    """
    if isinstance(window_length, bool) or not isinstance(window_length, int) or window_length < 0:
        raise WindowLengthNotPositive(termname=name, window_length=window_length)
    for term in inputs:
        if not hasattr(term, "window_safe"):
            raise NonPipelineInputs(termname=name, inputs=inputs)
        if term.outputs:
            raise WrongTermType(
                method=name,
                term=term,
                reason=f"it has several outputs; choose one of {', '.join(term.outputs)}",
            )
        loaded = hasattr(term, "dataset")
        if window_length > 1 and not (loaded or term.window_safe):
            raise NonWindowSafeInput(parent=name, child=repr(term))
        if window_length == 0 and loaded:
            raise InvalidArgument(
                field=f"inputs of {name}",
                value=term,
                reason=f"take its newest value, {term!r}.latest, or give a window_length",
            )
    return inputs


def checked_mask(name: str, mask: Any) -> Any:  # noqa: ANN401 - anything may be given
    """A mask, None where none was given.

    Raises:
        WrongTermType: It is no filter.
    """
    if mask is None or mask is NotSpecified:
        return None
    if getattr(mask, "dtype", None) != TRUTH or hasattr(mask, "dataset"):
        raise WrongTermType(method="mask", term=mask, reason=f"{name} needs a filter")
    return mask
