"""The one gate for numbers.

Everything that enters from outside (a price in a file, an amount in a strategy, a ratio in a
table) becomes a number here and nowhere else. Above the gate live public values
(:data:`Value`: `Decimal`, or `float` in float mode); below it kernel numbers (:data:`Num`:
integers at fixed scales, or floats in float mode), which an :class:`Arithmetic` makes, combines
and turns back.
"""

from typing import TYPE_CHECKING

from rustybt.lazy import on_first_use
from rustybt.values.arithmetic import (
    Arithmetic,
    DecimalArithmetic,
    FloatArithmetic,
    Num,
)
from rustybt.values.models import (
    KERNEL_CONTEXT,
    Value,
    divide,
    divide_exact,
    like,
    quantize_price,
    quantize_rate,
)
from rustybt.values.parsing import parse_column, parse_decimal
from rustybt.values.precision import AssetPrecision, PrecisionTable
from rustybt.values.ratios import Ratio
from rustybt.values.scaling import (
    divide_half_even,
    exact_scaled,
    from_scaled,
    isqrt_scaled,
    rescale,
    rounded_scaled,
)
from rustybt.values.texts import parse_texts
from rustybt.values.ticks import (
    ExactRounding,
    FloatRounding,
    OrderRounding,
    round_to_lot,
    round_to_tick,
)

if TYPE_CHECKING:
    from rustybt.values.money import Money, minor_unit
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.values.money": ("Money", "minor_unit"),
        },
    )

__all__ = [
    "KERNEL_CONTEXT",
    "Arithmetic",
    "AssetPrecision",
    "DecimalArithmetic",
    "ExactRounding",
    "FloatArithmetic",
    "FloatRounding",
    "Money",
    "Num",
    "OrderRounding",
    "PrecisionTable",
    "Ratio",
    "Value",
    "divide",
    "divide_exact",
    "divide_half_even",
    "exact_scaled",
    "from_scaled",
    "isqrt_scaled",
    "like",
    "minor_unit",
    "parse_column",
    "parse_decimal",
    "parse_texts",
    "quantize_price",
    "quantize_rate",
    "rescale",
    "round_to_lot",
    "round_to_tick",
    "rounded_scaled",
]
