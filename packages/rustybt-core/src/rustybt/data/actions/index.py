"""Actions of one kind by day and by asset."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from rustybt.data.actions.records import Action

ActionT = TypeVar("ActionT", bound="Action")

Days = Mapping[int, tuple[ActionT, ...]]


def by_day(actions: Iterable[ActionT], day: Callable[[ActionT], int]) -> Days[ActionT]:
    """Actions by one of their days, each day's in the given order."""
    return _grouped(actions, day)


class ActionIndex(Generic[ActionT]):
    """All actions of one kind. Immutable.

    Args:
        actions: In any order; those of one asset and day keep theirs.
        day: The day that counts.

    Attributes:
        all: By day, then sid.
        on: By day.
    """

    __slots__ = ("_of", "all", "on")

    def __init__(self, actions: Iterable[ActionT], day: Callable[[ActionT], int]) -> None:
        self.all = tuple(sorted(actions, key=lambda action: (day(action), action.sid)))
        self.on = by_day(self.all, day)
        self._of = _grouped(self.all, lambda action: action.sid)

    def of(self, sids: Iterable[int] | None = None) -> tuple[ActionT, ...]:
        """All actions; those of `sids` asset by asset, each by day."""
        if sids is None:
            return self.all
        return tuple(action for sid in sids for action in self._of.get(sid, ()))


def _grouped(
    actions: Iterable[ActionT], key: Callable[[ActionT], int]
) -> dict[int, tuple[ActionT, ...]]:
    groups: dict[int, list[ActionT]] = {}
    for action in actions:
        groups.setdefault(key(action), []).append(action)
    return {value: tuple(group) for value, group in groups.items()}
