"""The report on every plugin: does it import, and is its name its own?"""

from __future__ import annotations

from dataclasses import dataclass

from rustybt.errors import RustyBTError
from rustybt.plugins._registry import registry
from rustybt.plugins.groups import GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginReport:
    """What is known of one plugin.

    Attributes:
        group: Its entry-point group.
        name: Its name in the group.
        origins: The distributions, with versions, that claim the name.
        problem: Why it cannot be used; empty when it can.
    """

    group: str
    name: str
    origins: tuple[str, ...]
    problem: str = ""


def listing() -> list[PluginReport]:
    """Every plugin by group and name, without importing any."""
    return [
        PluginReport(group=group, name=name, origins=registry(group).origins(name))
        for group in GROUPS
        for name in registry(group).names()
    ]


def check() -> list[PluginReport]:
    """Import every plugin and report on each; one that fails does not stop the rest."""
    return [
        PluginReport(
            group=plugin.group,
            name=plugin.name,
            origins=plugin.origins,
            problem=_problem(plugin.group, plugin.name),
        )
        for plugin in listing()
    ]


def _problem(group: str, name: str) -> str:
    try:
        registry(group).load(name)
    except RustyBTError as error:
        return str(error)
    return ""
