"""A registry of one group: names at once, objects on first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rustybt.errors import (
    InvalidArgument,
    MissingExtra,
    PluginBroken,
    PluginConflict,
    PluginNotFound,
    RustyBTError,
)
from rustybt.plugins.groups import GROUPS
from rustybt.plugins.installed import name_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PluginT = TypeVar("PluginT")

THIS_PROCESS = "this process"

_OURS = "[rustybt."
"""With this every section begins that one of our groups has in a file of entry points."""


class Registry(Generic[PluginT]):
    """The plugins of one entry-point group, and those registered by this process.

    Listing names imports nothing. Two owners of one name are an error when that name is used,
    and only then, so a conflict never takes the other plugins with it. The type parameter is what
    the caller knows its plugins to be: a class, a factory, a click command.
    """

    def __init__(self, group: str) -> None:
        self.group = group
        self._objects: dict[str, PluginT] = {}
        self._loaded: dict[str, PluginT] = {}

    def names(self) -> tuple[str, ...]:
        """All names, sorted, without importing a plugin."""
        return tuple(sorted({*self._objects, *self._installed()}))

    def registered(self) -> tuple[str, ...]:
        """The names that this process registered, sorted."""
        return tuple(sorted(self._objects))

    def __contains__(self, name: object) -> bool:
        return name in self._objects or name in self._installed()

    def load(self, name: str) -> PluginT:
        """The plugin of this name, imported on first use.

        Raises:
            PluginNotFound: Nobody has this name; the message lists those that exist.
            PluginConflict: Several owners have it; the message names them.
            MissingExtra: An optional dependency is missing; the message says how to install it.
            PluginBroken: Its import failed.
        """
        if name in self._objects:
            return self._objects[name]
        if name not in self._loaded:
            self._loaded[name] = _load(self._entry_point(name))
        return self._loaded[name]

    def register(self, name: str, plugin: PluginT, *, replace: bool = False) -> None:
        """Add a plugin for the life of this process.

        Raises:
            PluginConflict: The name is taken and ``replace`` is false. A name of an installed
                distribution cannot be replaced.
        """
        if name in self._installed() or (name in self._objects and not replace):
            origins = (*self.origins(name), f"another registration in {THIS_PROCESS}")
            raise PluginConflict(group=self.group, name=name, origins=origins)
        self._objects[name] = plugin

    def unregister(self, name: str) -> None:
        """Remove a plugin that this process registered.

        Raises:
            PluginNotFound: This process registered none of this name.
        """
        if name not in self._objects:
            raise PluginNotFound(group=self.group, name=name, known=tuple(self._objects))
        del self._objects[name]

    def origins(self, name: str) -> tuple[str, ...]:
        """Who brings this name: distributions with their versions, or this process."""
        installed = tuple(_origin(point) for point in self._installed().get(name, ()))
        return (*installed, THIS_PROCESS) if name in self._objects else installed

    def _entry_point(self, name: str) -> EntryPoint:
        points = self._installed().get(name)
        if points is None:
            raise PluginNotFound(group=self.group, name=name, known=self.names())
        if len(points) > 1:
            raise PluginConflict(group=self.group, name=name, origins=self.origins(name))
        return points[0]

    def _installed(self) -> dict[str, tuple[EntryPoint, ...]]:
        return _entry_points().get(self.group, {})


@cache
def registry(group: str) -> Registry[Any]:
    """The one registry of a group.

    Raises:
        InvalidArgument: There is no such group; the message lists them.
    """
    if group not in GROUPS:
        raise InvalidArgument(field="group", value=group, reason=f"give one of {', '.join(GROUPS)}")
    return Registry(group)


@cache
def _entry_points() -> dict[str, dict[str, tuple[EntryPoint, ...]]]:
    """Our groups' entry points of every installed distribution, by group and name.

    A distribution that is found twice on the path counts where it is found first, as for imports.
    Of most distributions the file is looked at and no more: a run waits for this.
    """
    from importlib.metadata import distributions

    found: dict[str, dict[str, tuple[EntryPoint, ...]]] = {}
    seen = set()
    for distribution in distributions():
        if _OURS not in (distribution.read_text("entry_points.txt") or ""):
            continue
        points = [point for point in distribution.entry_points if point.group in GROUPS]
        if not points or (name := name_of(distribution)) in seen:
            continue
        seen.add(name)
        for point in points:
            names = found.setdefault(point.group, {})
            names[point.name] = (*names.get(point.name, ()), point)
    return found


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def _load(point: EntryPoint) -> Any:  # noqa: ANN401 - anything can be a plugin
    """Import what an entry point names, or say what is missing."""
    try:
        return point.load()
    except RustyBTError:
        raise
    except ModuleNotFoundError as error:
        if point.extras and point.dist and not _within(error.name, point.module):
            install = f"{point.dist.name}[{','.join(point.extras)}]"
            feature = f"{error.name}, which {point.group} {point.name!r} needs,"
            raise MissingExtra(feature=feature, install=install) from error
        raise _broken(point, error) from error
    except Exception as error:
        raise _broken(point, error) from error


def _within(module: str | None, plugin_module: str) -> bool:
    """Whether a missing module belongs to the plugin itself, so that no extra would bring it."""
    return module is not None and module.partition(".")[0] == plugin_module.partition(".")[0]


def _broken(point: EntryPoint, error: Exception) -> PluginBroken:
    return PluginBroken(
        group=point.group,
        plugin=point.name,
        origin=_origin(point),
        reason=f"{type(error).__name__}: {error}",
    )
