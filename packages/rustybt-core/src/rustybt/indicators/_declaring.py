"""Makes functions that declare indicators out of their parameters and their documentation."""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar, cast, overload

from rustybt.errors import NoRunningAlgorithm
from rustybt.running import RUNNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rustybt.assets import Instrument
    from rustybt.indicators._declared import CompoundIndicator, Indicator

P = ParamSpec("P")
MadeT = TypeVar("MadeT")

_OPTIONS = ("field", "frequency")


class Declares(Protocol[P, MadeT]):
    """A function that declares an indicator of one asset, or of each of a list."""

    @overload
    def __call__(self, assets: Instrument, *args: P.args, **kwargs: P.kwargs) -> MadeT: ...
    @overload
    def __call__(
        self, assets: Iterable[Instrument], *args: P.args, **kwargs: P.kwargs
    ) -> dict[Instrument, MadeT]: ...


def declares_one(stated: Callable[P, None]) -> Declares[P, Indicator]:
    """A function that declares an indicator of one value."""
    return cast("Declares[P, Indicator]", _declaring(stated))


def declares_compound(stated: Callable[P, None]) -> Declares[P, CompoundIndicator]:
    """A function that declares an indicator of several values."""
    return cast("Declares[P, CompoundIndicator]", _declaring(stated))


def _declaring(stated: Callable[..., None]) -> Callable[..., object]:
    name, own = stated.__name__, signature(stated)

    @wraps(stated)
    def declare(assets: object, *args: object, **kwargs: object) -> object:
        algorithm = RUNNING.get()
        if algorithm is None:
            raise NoRunningAlgorithm(function=name)
        given = own.bind(*args, **kwargs).arguments
        options = {option: given.pop(option) for option in _OPTIONS if option in given}
        return algorithm.declare_indicator(name, assets, **options, parameters=given)

    assets = Parameter("assets", Parameter.POSITIONAL_OR_KEYWORD, annotation=object)
    vars(declare)["__signature__"] = own.replace(parameters=[assets, *own.parameters.values()])
    return declare
