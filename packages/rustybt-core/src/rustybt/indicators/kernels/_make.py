"""Makes kernels: checks parameters, and takes the accelerator's kernel where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import index

from rustybt.accelerators import INDICATORS, accelerator
from rustybt.errors import InvalidArgument
from rustybt.indicators.kernels._models import (
    IndicatorKernel,
    Number,
    Parameter,
    Specification,
)
from rustybt.indicators.kernels._reference import ReferenceKernel
from rustybt.indicators.kernels._specifications import SPECIFICATIONS

Make = Callable[[str, Mapping[str, Number]], IndicatorKernel | None]
"""What an accelerator's capability is: makes the kernel, None where it has no such indicator."""


def make_kernel(name: str, **parameters: object) -> IndicatorKernel:
    """A kernel of the indicator of this name, at its beginning.

    It is the accelerator's (:func:`rustybt.accelerators.accelerator`) where there is one that has
    this indicator, else the one in Python; values are equal to the last bit. Parameters that are
    not given have their defaults (:data:`SPECIFICATIONS`).

    Raises:
        InvalidArgument: there is no such indicator or parameter, or its value cannot be used.
        RustyBTError: as :func:`rustybt.accelerators.accelerator` does.
    """
    specification = specification_of(name)
    values = checked(specification, parameters)
    found = accelerator()
    make: Make | None = None if found is None else found.capability(INDICATORS)
    kernel = None if make is None else make(name, values)
    return ReferenceKernel(specification, values) if kernel is None else kernel


def make_reference_kernel(name: str, **parameters: object) -> IndicatorKernel:
    """The kernel in Python, whatever accelerator there is: what others are compared with.

    Raises:
        InvalidArgument: there is no such indicator or parameter, or its value cannot be used.
    """
    specification = specification_of(name)
    return ReferenceKernel(specification, checked(specification, parameters))


def specification_of(name: str) -> Specification:
    """The specification of this name.

    Raises:
        InvalidArgument: there is none.
    """
    found = SPECIFICATIONS.get(name)
    if found is None:
        reason = f"give one of {', '.join(SPECIFICATIONS)}"
        raise InvalidArgument(field="name of the indicator", value=name, reason=reason)
    return found


def checked(specification: Specification, given: dict[str, object]) -> dict[str, Number]:
    """Every parameter of an indicator, as the numbers that its steps take.

    Raises:
        InvalidArgument: a name or a value cannot be used.
    """
    name = specification.name
    known = {each.name: each for each in specification.parameters}
    for unknown in given.keys() - known.keys():
        reason = f"parameters of {name} are {', '.join(known) or 'none'}"
        raise InvalidArgument(field=f"parameter of {name}", value=unknown, reason=reason)
    values = {
        each: _number(f"{name}.{each}", given.get(each, parameter.default), parameter)
        for each, parameter in known.items()
    }
    for less, more in zip(specification.rising, specification.rising[1:], strict=False):
        if values[less] >= values[more]:
            reason = f"give less than {more} ({values[more]})"
            raise InvalidArgument(field=f"{name}.{less}", value=values[less], reason=reason)
    return values


def _number(field: str, value: object, parameter: Parameter) -> Number:
    whole = isinstance(parameter.default, int)
    number = _whole(value) if whole else _real(value)
    if number is None or not parameter.minimum <= number <= parameter.maximum:
        kind = "a whole number" if whole else "a number"
        reason = f"give {kind} from {parameter.minimum} to {parameter.maximum}"
        raise InvalidArgument(field=field, value=value, reason=reason)
    return number


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)  # type: ignore[arg-type] # what has no index is refused below
    except TypeError:
        return None


def _real(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
