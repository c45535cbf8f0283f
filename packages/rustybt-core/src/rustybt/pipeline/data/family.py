"""Families of data sets: columns with further dimensions than assets and sessions."""

from collections.abc import Hashable, Iterable, Mapping
from types import MappingProxyType, new_class
from typing import Any, ClassVar

from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import Column, DataSet
from rustybt.pipeline.domain import GENERIC, Domain


class FamilyType(type):
    """Makes families: classes that are sliced into data sets."""

    declared: dict[str, Column]
    extra_dims: Any

    def __getattr__(cls, name: str) -> Any:  # noqa: ANN401 - never returns
        if name in vars(cls).get("declared", {}):
            raise AttributeError(
                f"{cls.__name__}.{name} has a value per {', '.join(dict(cls.extra_dims))}; "
                f"choose one: {cls.__name__}.slice(…).{name}"
            )
        raise AttributeError(f"{cls.__name__} has no attribute {name!r}")


class DataSetFamily(metaclass=FamilyType):
    """Data sets that differ in coordinates.

    A subclass names dimensions with their possible values, and columns::

        class Estimates(DataSetFamily):
            extra_dims = [("field", {"eps", "sales"}), ("quarters_ahead", range(1, 5))]
            mean = Column(dtype=float)

        Estimates.slice("eps", quarters_ahead=2).mean.latest

    A loader is given, or registered, for the family, and finds the coordinates as `extra_coords`
    of the data set.

    Attributes:
        extra_dims: Names of dimensions, each with its possible values.
        domain: Where the data are from.
        declared: The columns by name.
    """

    extra_dims: ClassVar[Any] = ()
    domain: ClassVar[Domain] = GENERIC
    declared: ClassVar[dict[str, Column]] = {}
    _slices: ClassVar[dict[tuple[Hashable, ...], type["DataSetFamilySlice"]]]

    def __init_subclass__(cls) -> None:
        own = {name: each for name, each in vars(cls).items() if isinstance(each, Column)}
        for name in own:
            delattr(cls, name)
        cls.declared = {**cls.declared, **own}
        dims = [(name, tuple(values)) for name, values in cls.extra_dims]
        if not dims:
            raise InvalidArgument(
                field=f"extra_dims of {cls.__name__}",
                value=cls.extra_dims,
                reason='name at least one dimension with its values: [("field", {"eps"})]',
            )
        cls.extra_dims = MappingProxyType(dict(dims))
        cls._slices = {}

    @classmethod
    def slice(cls, *coords: Hashable, **named: Hashable) -> type["DataSetFamilySlice"]:
        """The data set of some coordinates; equal ones are one.

        Args:
            coords: A value for each of the first dimensions, in order.
            named: Values of the others by name.

        Raises:
            TypeError: A dimension has no value, or two, or there is no such dimension.
            InvalidArgument: A dimension has no such value.
        """
        chosen = cls._coordinates(coords, named)
        key = tuple(chosen.values())
        if key not in cls._slices:
            shown = ", ".join(f"{name}={value!r}" for name, value in chosen.items())
            body = {
                **cls.declared,
                "domain": cls.domain,
                "extra_coords": MappingProxyType(chosen),
                "family": cls,
                "__doc__": cls.__doc__,
                "__module__": cls.__module__,
            }
            made: Any = new_class(
                f"{cls.__name__}.slice({shown})",
                (DataSetFamilySlice,),
                {},
                lambda namespace: namespace.update(body),
            )
            made.loaded_as, made.recipe = cls.__name__, (_sliced, (cls, key))
            cls._slices[key] = made
        return cls._slices[key]

    @classmethod
    def _coordinates(
        cls, coords: tuple[Hashable, ...], named: Mapping[str, Hashable]
    ) -> dict[str, Hashable]:
        dims: Mapping[str, tuple[Hashable, ...]] = cls.extra_dims
        given = [*zip(dims, coords, strict=False), *named.items()]
        chosen = dict(given)
        if len(coords) > len(dims) or len(chosen) < len(given) or set(chosen) != set(dims):
            raise TypeError(
                f"{cls.__name__}.slice takes one value for each of {', '.join(dims)}; "
                f"was given {_shown([*coords, *(f'{n}={v!r}' for n, v in named.items())])}"
            )
        for name, value in chosen.items():
            if value not in dims[name]:
                raise InvalidArgument(
                    field=f"{name} of {cls.__name__}",
                    value=value,
                    reason=f"give one of {_shown(dims[name])}",
                )
        return {name: chosen[name] for name in dims}


class DataSetFamilySlice(DataSet):
    """A data set of a family.

    Attributes:
        extra_coords: Its coordinate in each dimension, by name.
    """

    extra_coords: ClassVar[Mapping[str, Hashable]] = MappingProxyType({})


def _shown(values: Iterable[object]) -> str:
    return ", ".join(map(str, values)) or "nothing"


def _sliced(family: type[DataSetFamily], key: tuple[Hashable, ...]) -> type[DataSetFamilySlice]:
    return family.slice(*key)
