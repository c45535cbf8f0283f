"""Bundles by name: those of installed packages, and those that this process registers."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import FunctionType, MethodType
from typing import Final, TypeVar, overload

from rustybt.calendars import Moment, from_day, to_day
from rustybt.data.bundles.stores import IngestFunction
from rustybt.errors import BundleNotFound
from rustybt.plugins import groups, registry

_FUNCTIONS: Final = (FunctionType, MethodType, partial)
"""What Zipline's ingest functions are; objects of other classes are those of adapters."""

_FunctionT = TypeVar("_FunctionT", bound=Callable[..., None])


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredBundle:
    """How a bundle is ingested. Packages register one under the group ``rustybt.bundles``.

    Attributes:
        ingest: The ingest function.
        calendar_name: The calendar of its sessions.
        start_session: First session to ingest; None for the calendar's first.
        end_session: Last session to ingest; None for the calendar's last.
        minutes_per_day: Minutes of a full session.
        create_writers: Whether the ingest function gets writers, or None in their places.
        generated_at: For a bundle that is computed and needs nothing from outside: the time that
            its only ingestion bears. It is made when the bundle is loaded for the first time.
    """

    ingest: IngestFunction
    calendar_name: str = "NYSE"
    start_session: date | None = None
    end_session: date | None = None
    minutes_per_day: int = 390
    create_writers: bool = True
    generated_at: datetime | None = None
    timestamps: bool = False


class _Bundles(Mapping[str, RegisteredBundle]):
    """A read-only view of the registry; a bundle of a package is imported when it is looked up."""

    def __getitem__(self, name: str) -> RegisteredBundle:
        bundles = registry(groups.BUNDLES)
        if name not in bundles:
            raise BundleNotFound(name=name, known=bundles.names())
        bundle: RegisteredBundle = bundles.load(name)
        return bundle

    def __contains__(self, name: object) -> bool:
        return name in registry(groups.BUNDLES)

    def __iter__(self) -> Iterator[str]:
        return iter(registry(groups.BUNDLES).names())

    def __len__(self) -> int:
        return len(registry(groups.BUNDLES).names())


bundles: Final[Mapping[str, RegisteredBundle]] = _Bundles()
"""Every registered bundle by name. Looking up an unknown name raises `BundleNotFound`."""


@overload
def register(
    name: str,
    f: _FunctionT,
    calendar_name: str = ...,
    start_session: Moment | None = ...,
    end_session: Moment | None = ...,
    minutes_per_day: int = ...,
    create_writers: bool = ...,  # noqa: FBT001
) -> _FunctionT: ...
@overload
def register(
    name: str,
    f: None = ...,
    calendar_name: str = ...,
    start_session: Moment | None = ...,
    end_session: Moment | None = ...,
    minutes_per_day: int = ...,
    create_writers: bool = ...,  # noqa: FBT001
) -> Callable[[_FunctionT], _FunctionT]: ...


def register(
    name: str,
    f: _FunctionT | None = None,
    calendar_name: str = "NYSE",
    start_session: Moment | None = None,
    end_session: Moment | None = None,
    minutes_per_day: int = 390,
    create_writers: bool = True,  # noqa: FBT001, FBT002
) -> _FunctionT | Callable[[_FunctionT], _FunctionT]:
    """Register a bundle for the life of this process; also a decorator without `f`.

    Registering a name again replaces it with a warning. As in Zipline, a function (not an object
    of a class that can be called) gets its sessions as `pandas.Timestamp`.

    Args:
        name: Name of the bundle.
        f: The ingest function; see `stores.IngestFunction`.
        calendar_name: The calendar of its sessions.
        start_session: First session to ingest; None for the calendar's first.
        end_session: Last session to ingest; None for the calendar's last.
        minutes_per_day: Minutes of a full session.
        create_writers: Whether `f` gets writers, or None in their places.

    Returns:
        `f`, or the decorator.

    Raises:
        PluginConflict: An installed package owns the name.
    """

    def decorate(function: _FunctionT) -> _FunctionT:
        bundles_of_process = registry(groups.BUNDLES)
        if name in bundles_of_process:
            warnings.warn(f"Overwriting bundle with name {name!r}", UserWarning, stacklevel=3)
        bundles_of_process.register(
            name,
            RegisteredBundle(
                ingest=function,
                calendar_name=calendar_name,
                start_session=None if start_session is None else from_day(to_day(start_session)),
                end_session=None if end_session is None else from_day(to_day(end_session)),
                minutes_per_day=minutes_per_day,
                create_writers=create_writers,
                timestamps=isinstance(function, _FUNCTIONS),
            ),
            replace=True,
        )
        return function

    return decorate if f is None else decorate(f)


def unregister(name: str) -> None:
    """Forget a bundle that this process registered. Its ingestions stay.

    Raises:
        BundleNotFound: There is none of this name.
        PluginNotFound: It belongs to an installed package.
    """
    if name not in bundles:
        raise BundleNotFound(name=name, known=tuple(bundles))
    registry(groups.BUNDLES).unregister(name)
