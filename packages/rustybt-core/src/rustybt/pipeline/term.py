"""Terms: immutable expressions over assets and sessions. Equal terms are one object."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakValueDictionary

import numpy as np

from rustybt.errors import (
    InvalidArgument,
    NonPipelineInputs,
    TermInputsNotSpecified,
    WindowLengthNotSpecified,
)
from rustybt.pipeline.checks import checked_inputs, checked_mask
from rustybt.pipeline.describing import described
from rustybt.pipeline.domain import GENERIC, Domain, common_domain
from rustybt.pipeline.dtypes import DTYPES, FLOAT, dtype_of, missing_of
from rustybt.pipeline.sentinels import NotSpecified

if TYPE_CHECKING:
    import polars as pl

    from rustybt.calendars import TradingCalendar
    from rustybt.pipeline.columns import Columns

    Expressions = pl.Expr | Mapping[str, pl.Expr]


Argument = Any
"""Anything, or `NotSpecified`; what can be used is checked when the term is made."""

_interned: "WeakValueDictionary[tuple[object, ...], Term]" = WeakValueDictionary()


class Term:
    """A node of the graph that a Pipeline computes. Immutable; equal terms are one object.

    Attributes:
        inputs: The terms that it is computed from.
        outputs: Names of its outputs where it has several.
        window_length: So many rows of its inputs make one of its own; 0: the row itself.
        mask: Where it is computed; None: for all assets of the universe.
        dtype: Of its values.
        missing_value: What stands for a value that there is not.
        domain: Where its data are from.
        params: Further arguments, by name.
        window_safe: Whether a window over it means the same whatever split comes later.
        ndim: 2, or 1 for a value per session.
        needs: Sids whose data it needs beside those of the universe.
    """

    inputs: Any = ()
    outputs: Any = None
    window_length: Any = 0
    mask: "Term | None" = None
    dtype: Any = None
    missing_value: Any = NotSpecified
    domain: Domain = GENERIC
    params: Any = ()
    window_safe: bool = False
    ndim: int = 2
    needs: tuple[int, ...] = ()

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Make the term, or find the equal one that exists."""
        if args or kwargs:
            raise TypeError(f"{cls.__name__} takes no arguments")
        return cls.of()

    @classmethod
    def of(cls, **fields: object) -> Self:
        """The term with some attributes; those not given are those of the class."""
        try:
            key = (cls, *((name, _hashed(fields[name])) for name in sorted(fields)))
            found = _interned.get(key)
        except TypeError as error:
            raise InvalidArgument(
                field=f"arguments of {cls.__name__}",
                value=_unhashable(fields),
                reason="give values that do not change, such as a tuple for a list",
            ) from error
        if found is None:
            found = object.__new__(cls)
            vars(found).update(fields, _fields=fields)
            _interned[key] = found
        return found  # type: ignore[return-value]  # the key begins with the class

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; {name} cannot be set")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.fields)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @property
    def fields(self) -> Mapping[str, Any]:
        """What it was made of: the arguments of `of`."""
        found: Mapping[str, Any] = vars(self)["_fields"]
        return found

    @property
    def terms(self) -> "tuple[Term, ...]":
        """All terms that it needs: its inputs and its mask."""
        return self.inputs if self.mask is None else (*self.inputs, self.mask)

    @property
    def short_name(self) -> str:
        """What it is called in pictures and messages."""
        return type(self).__name__

    def __repr__(self) -> str:
        return described(self)


def _rebuilt(cls: type[Term], fields: Mapping[str, Any]) -> Term:
    return cls.of(**fields)


def _unhashable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that cannot be hashed, parameters by their own names."""
    given = {name: value for name, value in fields.items() if name != "params"}
    given |= dict(fields.get("params") or {})
    return {name: value for name, value in given.items() if not _is_hashable(value)}


def _is_hashable(value: object) -> bool:
    try:
        hash(_hashed(value))
    except TypeError:
        return False
    return True


def _hashed(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple((name, _hashed(value[name])) for name in sorted(value))
    if isinstance(value, float):
        return repr(value)  # NaN equals itself here, and 0.0 is not -0.0
    if isinstance(value, np.dtype):
        return value.str
    if isinstance(value, bool | int):
        return type(value), value
    hash(value)
    return value


class ComputableTerm(Term):
    """A term that is computed from others.

    A subclass says how in one of two ways: with `expressions`, Polars expressions over the
    columns of its inputs, or with ``compute``, a function of numpy windows (`rustybt.pipeline.
    CustomFactor`). Its class attributes are the defaults of the constructor's arguments.

    Attributes:
        degrees: What becomes of the result of `expressions` when the units of a window of data
            change, as after a split: with d the result is multiplied by the d-th power of what
            the data are. A number where the inputs share one unit (prices), or one per input.
            None: nothing is known, and windows are computed as of each session.
        default_dtype: The dtype where none is given.
        dtypes: Those that can be given.
    """

    inputs: Any = NotSpecified
    window_length: Any = NotSpecified
    degrees: ClassVar[int | tuple[int, ...] | None] = None
    default_dtype: ClassVar[np.dtype[Any]] = FLOAT
    dtypes: ClassVar[Sequence[np.dtype[Any]]] = DTYPES

    def __new__(
        cls,
        inputs: Argument = NotSpecified,
        outputs: Argument = NotSpecified,
        window_length: Argument = NotSpecified,
        mask: Argument = NotSpecified,
        domain: Argument = NotSpecified,
        dtype: Argument = NotSpecified,
        missing_value: Argument = NotSpecified,
        **params: Argument,
    ) -> Self:
        """Make the term, or find the equal one that exists.

        Args:
            inputs: Terms or columns.
            outputs: Names of its outputs where it has several.
            window_length: Rows of a window.
            mask: A filter: where it is computed.
            domain: Where its data are from, if its inputs do not say.
            dtype: Of its values.
            missing_value: What stands for a missing value.
            params: Those that the class declares.

        Raises:
            NonPipelineInputs: The inputs are no terms.
            TermInputsNotSpecified: Neither the call nor the class names inputs.
            WindowLengthNotSpecified: Neither names the length of windows.
            InvalidArgument: An argument cannot be used.
            NonWindowSafeInput: A window over an input would mix prices before and after splits.
            UnsupportedDType: A term of this kind has no values of the dtype.
            WrongTermType: The mask is no filter, or an input has several outputs.
        """
        name = cls.__name__
        given = _listed(name, _first(inputs, cls.inputs))
        length = cls.window_length if window_length is NotSpecified else window_length
        if length is NotSpecified:
            raise WindowLengthNotSpecified(termname=name)
        kind = dtype_of(
            _first(dtype, cls.dtype or cls.default_dtype), term=name, choices=cls.dtypes
        )
        missing = _first(missing_value, cls.missing_value)
        where = checked_mask(name, _first(mask, cls.mask))
        term = cls.of(
            inputs=_checked(name, given, length),
            outputs=_names(cls, _first(outputs, cls.outputs)),
            window_length=length,
            mask=where,
            dtype=kind,
            missing_value=_missing(name, kind, missing),
            domain=common_domain(name, _first(domain, cls.domain), (*given, where)),
            params=_parameters(name, cls.params, params),
        )
        term._validate()  # noqa: SLF001 - of its own class
        return term

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Nothing is left to do: `__new__` has found the term."""

    def _validate(self) -> None:
        """Refuse arguments that do not go together, as a subclass says."""

    def expressions(self, columns: "Columns") -> "Expressions":
        """Polars expressions of its values, over rows sorted by asset, then session.

        A window never reaches over its first `window_length` rows; what it makes of rows before
        is dropped.

        Args:
            columns: Its inputs as expressions, and what is known of rows.

        Returns:
            One, or one per output.
        """
        raise NotImplementedError

    def reaches_back(self, first: int, calendar: "TradingCalendar") -> int:
        """The first session in which its inputs are needed.

        Args:
            first: The first session in which it is needed itself, by its index in the calendar.
            calendar: The sessions.
        """
        del calendar
        length: int = self.window_length
        return first - max(length - 1, 0)

    @property
    def masks_itself(self) -> bool:
        """Whether its expressions give nothing outside of its mask."""
        return False

    @property
    def computes_windows(self) -> bool:
        """Whether it is computed by a function of numpy windows."""
        return hasattr(self, "compute")


def _first(*values: Argument) -> Argument:
    return next((value for value in values if value is not NotSpecified), NotSpecified)


def _listed(term: str, inputs: Argument) -> tuple[Any, ...]:
    if inputs is NotSpecified:
        raise TermInputsNotSpecified(termname=term)
    if isinstance(inputs, Term):
        return (inputs,)
    if not isinstance(inputs, Iterable):
        raise NonPipelineInputs(termname=term, inputs=inputs)
    return tuple(inputs)


def _names(cls: type[Term], outputs: Argument) -> tuple[str, ...] | None:
    if outputs is NotSpecified or outputs is None:
        return None
    field = f"outputs of {cls.__name__}"
    names = () if isinstance(outputs, str) else tuple(outputs)
    if not names or len(set(names)) < len(names):
        reason = "name at least one output, each once, in a list"
        raise InvalidArgument(field=field, value=outputs, reason=reason)
    for name in names:
        if not (isinstance(name, str) and name.isidentifier()) or hasattr(cls, name):
            raise InvalidArgument(
                field=field,
                value=name,
                reason="give names of Python attributes that terms do not have themselves",
            )
    return names


def _missing(term: str, dtype: np.dtype[Any], missing: Argument) -> Argument:
    value = missing_of(dtype) if missing is NotSpecified else missing
    if value is None and dtype.kind == "i":
        raise InvalidArgument(
            field=f"missing_value of {term}",
            value=None,
            reason="integers have no missing value of their own; name one, such as -1",
        )
    return value


def _parameters(term: str, declared: Argument, given: Mapping[str, Any]) -> dict[str, Any]:
    defaults = dict(declared) if isinstance(declared, Mapping) else {}
    names = tuple(declared)
    for name in given:
        if name not in names:
            known = ", ".join(names) or "none"
            raise TypeError(f"{term} has no argument {name!r}; its parameters are {known}")
    for name in names:
        if name not in given and name not in defaults:
            raise TypeError(f"{term} needs the argument {name!r}")
    return {name: given.get(name, defaults.get(name)) for name in names}


def _checked(term: str, inputs: tuple[Any, ...], window_length: object) -> tuple[Term, ...]:
    return checked_inputs(term, inputs, window_length)
