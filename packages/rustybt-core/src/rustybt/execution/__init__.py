"""From an order to its execution: router, blotter, simulated venue."""

from rustybt.execution.bars import BarSource, ModelSide, PortalBars, bar_start
from rustybt.execution.blotter import Blotter, make_blotter
from rustybt.execution.costs import CostModels
from rustybt.execution.events import Execution
from rustybt.execution.matching_rules import FillAt, MatchingRules, Trigger
from rustybt.execution.messages import BrokerMessage
from rustybt.execution.router import Router
from rustybt.execution.venue import SimulatedVenue

__all__ = [
    "BarSource",
    "Blotter",
    "BrokerMessage",
    "CostModels",
    "Execution",
    "FillAt",
    "MatchingRules",
    "ModelSide",
    "PortalBars",
    "Router",
    "SimulatedVenue",
    "Trigger",
    "bar_start",
    "make_blotter",
]
