"""Built-in factors."""

from rustybt.pipeline.custom import CustomFactor
from rustybt.pipeline.expr_factor import ExprFactor
from rustybt.pipeline.factor import Factor
from rustybt.pipeline.factors.averages import Returns, SimpleMovingAverage

__all__ = ["CustomFactor", "ExprFactor", "Factor", "Returns", "SimpleMovingAverage"]
