"""What a run was given beside its bars: fundamentals, exchange rates, a benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from rustybt.data.bundle import FUNDAMENTALS
from rustybt.errors import (
    BundleNotFound,
    DatasetNotFound,
    IngestionNotFound,
    InvalidArgument,
    MissingExtra,
    SymbolNotFound,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rustybt.data.bundle import BundleData
    from rustybt.simulation.market import Market

_NO_SUCH_TABLE = (
    BundleNotFound,
    DatasetNotFound,
    IngestionNotFound,
    InvalidArgument,  # no data set can have such a name
    MissingExtra,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplements:
    """Data sets and frames that take a place in the bundle of a run.

    Attributes:
        fundamentals: A checked table of facts, None where none was given.
        rates: A table of rates, None where none was given.
        arguments: The arguments of `run_algorithm` that give the same ones again: names of data
            sets with their time, or frames.
    """

    fundamentals: pl.DataFrame | None
    rates: pl.DataFrame | None
    arguments: Mapping[str, Any]

    @classmethod
    def open(
        cls, *, fundamentals: object, rates: object, environ: Mapping[str, str]
    ) -> "Supplements":
        """Read what was given.

        Args:
            fundamentals: A frame, the name of a data set (``name`` or ``name@time``), or None.
            rates: The same.
            environ: Environment for the location of the data.

        Raises:
            DatasetNotFound: There is no such data set.
            DataValidationError: A cell of a frame is not what it has to be.
        """
        facts, facts_name = _table(fundamentals, FUNDAMENTALS, environ)
        fixings, rates_name = _table(rates, "rates", environ)
        if facts is not None and not isinstance(facts_name, str):
            from rustybt.data.facts import read_facts

            facts_name = facts = read_facts(facts)
        given = {"fundamentals": facts_name, "rates": rates_name}
        return cls(
            fundamentals=facts,
            rates=fixings,
            arguments={name: value for name, value in given.items() if value is not None},
        )

    def added(self, bundle: "BundleData") -> "BundleData":
        """A bundle with them in the places of its own.

        Rates of pairs that are not among those that were given stay those of the bundle.
        """
        facts, rates = self.fundamentals, self.rates
        if facts is not None:
            bundle = replace(bundle, tables={**bundle.tables, FUNDAMENTALS: lambda: facts})
        if rates is not None:
            from rustybt.data.fixings import rates_of

            bundle = replace(bundle, rates=rates_of(rates).filled_from(bundle.rates))
        return bundle


class BenchmarkTable:
    """A benchmark that is a data set.

    Args:
        name: The data set with its time.
        returns: Its returns, one per session of the run.
    """

    def __init__(self, name: str, returns: "NDArray[np.float64]") -> None:
        self.name = name
        self.returns = returns

    @classmethod
    def find(
        cls, text: str, market: "Market", environ: Mapping[str, str]
    ) -> "BenchmarkTable | None":
        """The data set of benchmarks of a name; None where the name is a symbol of the market.

        Raises:
            SymbolNotFound: It is neither.
            InvalidArgument: The data set lacks a session of the run.
        """
        clock, calendar = market.clock, market.calendar
        try:
            market.bundle.finder.lookup_symbol(
                text.upper(), calendar.session_date(clock.last_session)
            )
        except SymbolNotFound as error:
            unknown = error
        else:
            return None
        from rustybt.data.benchmark_tables import KIND, benchmark_returns
        from rustybt.data.bundles import open_table

        try:
            name, table = open_table(text, KIND, environ)
        except _NO_SUCH_TABLE as error:
            unknown.add_note(f"No data set of benchmarks has this name either: {error}")
            raise unknown from error
        sessions = range(clock.first_session, clock.last_session + 1)
        return cls(name, benchmark_returns(table, calendar, sessions, name=name))


def _table(
    given: object, kind: str, environ: Mapping[str, str]
) -> tuple[pl.DataFrame | None, object]:
    """A table, and what it is named by: a frame by itself."""
    if given is None:
        return None, None
    if isinstance(given, str):
        from rustybt.data.bundles import open_table

        name, table = open_table(given, kind, environ)
        return table, name
    frame = _as_polars(given, kind)
    return frame, frame


def _as_polars(given: Any, kind: str) -> pl.DataFrame:  # noqa: ANN401 - a frame of either kind
    if isinstance(given, pl.DataFrame):
        return given
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if type(given).__module__.partition(".")[0] == "pandas":
        converted: pl.DataFrame = pl.from_pandas(given)
        return converted
    reason = "give a frame, or the name of a data set"
    raise InvalidArgument(field=kind, value=given, reason=reason)
