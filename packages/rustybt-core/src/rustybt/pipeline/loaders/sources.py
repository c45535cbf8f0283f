"""Which loader brings which column: those that a run is given, then those that are registered."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import BoundColumn, DataSet
from rustybt.pipeline.data.family import DataSetFamily
from rustybt.pipeline.loaders.base import PipelineLoader
from rustybt.plugins import groups, registry

LoaderFactory = Callable[[], PipelineLoader]
"""What a distribution registers under the name of a data set: a class of loaders, or a function."""

LoaderKey = type[DataSet] | type[DataSetFamily] | BoundColumn
"""What a loader can be given for: a data set, that of one domain, a family, a single column."""


ChooseLoader = Callable[[BoundColumn], PipelineLoader | None]
"""A function that returns the loader of a column; None where it has none."""

GivenLoaders = Mapping[LoaderKey, PipelineLoader] | ChooseLoader | None
"""What a run is given: loaders by what they bring, or a function of a column."""


class Sources:
    """Finds the loader of each column.

    The first that is there counts: what a function says, where one was given; one given for the
    column itself, for its data set, for the generic data set that this one was specialized from, or
    for the family that it is a slice of; then the one that is registered in
    `rustybt.pipeline_loaders` under the data set's or the family's name.

    Args:
        given: Loaders of this run.
        otherwise: Those that are asked after them.

    Raises:
        InvalidArgument: What was given is neither a mapping nor a function.
    """

    def __init__(
        self, given: GivenLoaders, otherwise: Mapping[LoaderKey, PipelineLoader] | None = None
    ) -> None:
        if not (given is None or isinstance(given, Mapping) or callable(given)):
            raise InvalidArgument(
                field="loaders",
                value=given,
                reason="give loaders by column or data set, or a function of a column",
            )
        by_key: Mapping[LoaderKey, PipelineLoader] = given if isinstance(given, Mapping) else {}
        self._choose: Final = given if callable(given) else None
        self._given: Final = {**(otherwise or {}), **by_key}
        self._registered: dict[str, PipelineLoader] = {}

    def loader_of(self, column: BoundColumn) -> PipelineLoader:
        """The loader of a column.

        Raises:
            InvalidArgument: There is none, or what was given is none.
        """
        found = self._found(column)
        if not (callable(getattr(found, "load", None)) and hasattr(found, "first_session")):
            raise InvalidArgument(
                field=f"loader of {column.qualname}",
                value=found,
                reason="give an object with the methods load and first_session",
            )
        return found

    def _found(self, column: BoundColumn) -> PipelineLoader:
        chosen = None if self._choose is None else self._choose(column.reported)
        if chosen is not None:
            return chosen
        dataset = column.dataset
        plain = dataset.unspecialize()
        reported = column.reported
        for key in (reported, plain.column(column.name), dataset, plain, plain.family):
            if key in self._given:
                return self._given[key]
        return self._of_name(plain.loaded_as, column)

    def groups(
        self, columns: Iterable[BoundColumn]
    ) -> list[tuple[PipelineLoader, list[BoundColumn]]]:
        """Loaders, and which columns each is asked for at once: those of one data set."""
        found: dict[tuple[int, object], tuple[PipelineLoader, list[BoundColumn]]] = {}
        for column in columns:
            loader = self.loader_of(column)
            found.setdefault((id(loader), column.dataset), (loader, []))[1].append(column)
        return list(found.values())

    def _of_name(self, name: str, column: BoundColumn) -> PipelineLoader:
        if name not in self._registered:
            if name not in registry(groups.PIPELINE_LOADERS):
                raise InvalidArgument(
                    field="loaders",
                    value=column.qualname,
                    reason=f"nothing brings this data set; give loaders={{{name}: …}}, or install "
                    f"what registers {name} in {groups.PIPELINE_LOADERS}",
                )
            factory: LoaderFactory = registry(groups.PIPELINE_LOADERS).load(name)
            self._registered[name] = factory()
        return self._registered[name]
