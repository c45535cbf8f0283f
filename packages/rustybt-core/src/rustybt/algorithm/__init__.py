"""The strategy side: `TradingAlgorithm`, its hooks, and what a running one may call."""

from rustybt.algorithm.algorithm import TradingAlgorithm
from rustybt.algorithm.current import running, running_algorithm
from rustybt.algorithm.environment import Environment, OrderRules, Phase, RunParameters

__all__ = [
    "Environment",
    "OrderRules",
    "Phase",
    "RunParameters",
    "TradingAlgorithm",
    "running",
    "running_algorithm",
]
