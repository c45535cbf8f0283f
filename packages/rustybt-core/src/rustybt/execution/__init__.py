"""From an order to its execution: router, blotter, simulated venue."""

from rustybt.execution.blotter import Blotter, make_blotter
from rustybt.execution.costs import CostModels
from rustybt.execution.events import Execution
from rustybt.execution.messages import BrokerMessage
from rustybt.execution.router import Router
from rustybt.execution.venue import BarSource, MatchingRules, ModelSide, SimulatedVenue

__all__ = [
    "BarSource",
    "Blotter",
    "BrokerMessage",
    "CostModels",
    "Execution",
    "MatchingRules",
    "ModelSide",
    "Router",
    "SimulatedVenue",
    "make_blotter",
]
