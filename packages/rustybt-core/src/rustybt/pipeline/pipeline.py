"""Pipelines: which terms are computed, and for which assets they are shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from rustybt.errors import InvalidArgument, UnsupportedPipelineOutput
from rustybt.pipeline.domain import GENERIC, Domain, common_domain
from rustybt.pipeline.filter import Filter
from rustybt.pipeline.term import ComputableTerm

if TYPE_CHECKING:
    from rustybt.pipeline.picture.graph import TermGraph

KEYS: Final = ("session", "sid", "symbol")
"""The first columns of what is computed."""


class Pipeline:
    """Which terms are computed, by name, and for which assets they are shown.

    Args:
        columns: Terms by the names of their columns.
        screen: A filter: the assets that are shown; None: all of the universe.
        domain: Where the data are from, where the terms do not say.
    """

    def __init__(
        self,
        columns: Mapping[str, ComputableTerm] | None = None,
        screen: Filter | None = None,
        domain: Domain = GENERIC,
    ) -> None:
        if not isinstance(domain, Domain):
            raise InvalidArgument(field="domain", value=domain, reason="give a Domain")
        self._columns: dict[str, ComputableTerm] = {}
        self._screen: Filter | None = None
        self._domain = domain
        if not (columns is None or isinstance(columns, Mapping)):
            raise InvalidArgument(
                field="columns", value=columns, reason="give terms by the names of their columns"
            )
        for name, term in (columns or {}).items():
            self.add(term, name)
        if screen is not None:
            self.set_screen(screen)

    @property
    def columns(self) -> Mapping[str, ComputableTerm]:
        """The terms by name."""
        return MappingProxyType(self._columns)

    @property
    def screen(self) -> Filter | None:
        """The filter of what is shown."""
        return self._screen

    def add(self, term: ComputableTerm, name: str, overwrite: bool = False) -> None:  # noqa: FBT001, FBT002
        """Add a column.

        Args:
            term: What it shows.
            name: Its name.
            overwrite: Whether it may replace a column of that name.

        Raises:
            InvalidArgument: The name is taken, or not usable.
            UnsupportedPipelineOutput: The term is none that a column can show.
        """
        if not name or not isinstance(name, str):
            raise InvalidArgument(field="name", value=name, reason="give the column a name, a text")
        if name in KEYS:
            raise InvalidArgument(
                field="name",
                value=name,
                reason=f"frames have {', '.join(KEYS)} of their own; choose another name",
            )
        if name in self._columns and not overwrite:
            raise InvalidArgument(
                field="name",
                value=name,
                reason="the pipeline has this column; choose another name, or overwrite=True",
            )
        self.validate_column(name, term)
        self._columns[name] = term

    def remove(self, name: str) -> ComputableTerm:
        """Take a column out and return its term.

        Raises:
            KeyError: There is none of this name.
        """
        if name not in self._columns:
            known = ", ".join(self._columns) or "none"
            raise KeyError(f"there is no column {name!r}; the pipeline has {known}")
        return self._columns.pop(name)

    def set_screen(self, screen: Filter, overwrite: bool = False) -> None:  # noqa: FBT001, FBT002
        """Show only some assets.

        Args:
            screen: A filter: which.
            overwrite: Whether it may replace another one.

        Raises:
            InvalidArgument: There is one already, or it is no filter.
        """
        if self._screen is not None and not overwrite:
            raise InvalidArgument(
                field="screen",
                value=screen,
                reason="the pipeline has a screen; join both with &, or give overwrite=True",
            )
        if not isinstance(screen, Filter):
            raise InvalidArgument(field="screen", value=screen, reason="give a Filter")
        self._screen = screen

    def domain(self, default: Domain) -> Domain:
        """The domain of its terms.

        Args:
            default: That of terms that go with any.

        Raises:
            AmbiguousDomain: Terms are of several.
        """
        terms: tuple[Any, ...] = (*self._columns.values(), self._screen)
        found = common_domain("the pipeline", self._domain, terms)
        return default if found == GENERIC else found

    def to_simple_graph(self, default_screen: "Filter | None" = None) -> "TermGraph":
        """Its terms as a graph.

        Args:
            default_screen: The screen where it has none.
        """
        from rustybt.pipeline.picture.graph import TermGraph

        screen = default_screen if self._screen is None else self._screen
        title = f"Pipeline of {len(self._columns)} columns"
        domain = self.domain(GENERIC)
        if domain != GENERIC:
            title += f", {domain!r}"
        return TermGraph(self._columns, screen, title=title)

    def show_graph(self, format: str = "svg") -> "TermGraph":  # noqa: A002 - Zipline's name
        """Draw what is computed: terms, windows, how far back each reaches, what is shared.

        Args:
            format: "svg"; there is no other.

        Returns:
            A graph that shows itself in a notebook; `TermGraph.save` writes the picture to a file.

        Raises:
            InvalidArgument: It is another format.
        """
        if format != "svg":
            raise InvalidArgument(
                field="format", value=format, reason="give svg, which every browser shows"
            )
        return self.to_simple_graph()

    @staticmethod
    def validate_column(name: str, term: Any) -> None:  # noqa: ANN401 - anything may be given
        """Make sure that a column can show a term.

        Raises:
            UnsupportedPipelineOutput: It cannot.
        """
        if not isinstance(term, ComputableTerm):
            raise UnsupportedPipelineOutput(
                column_name=name, term=term, reason="give a Factor, Filter or Classifier"
            )
        if term.ndim == 1:
            raise UnsupportedPipelineOutput(
                column_name=name, term=term, reason="it has one value per session; use it in a term"
            )
        if term.outputs:
            raise UnsupportedPipelineOutput(
                column_name=name,
                term=term,
                reason=f"it has several outputs; choose one of {', '.join(term.outputs)}",
            )
