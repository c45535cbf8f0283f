"""The engine that computes the pipelines of a run, by the run's rules."""

from typing import TYPE_CHECKING

from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.loaders import BarLoader
from rustybt.pipeline.profiles import STANDARD, ZIPLINE

if TYPE_CHECKING:
    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.simulation.market import Market
    from rustybt.simulation.rules import SimulationRules


def run_engine(
    market: "Market", rules: "SimulationRules", loaders: "GivenLoaders"
) -> PipelineEngine:
    """The engine of a run.

    Args:
        market: Its data.
        rules: Its rules.
        loaders: What brings further data: by column or data set, or a function of a column; None
            for what is registered.
    """
    return PipelineEngine(
        market.bundle,
        calendar=market.calendar,
        bars=BarLoader(one_currency=rules.one_currency, halted_eves=rules.halted_eves),
        loaders=loaders,
        profile=ZIPLINE if rules.zipline_terms else STANDARD,
    )
