"""Commission models: what a fill costs.

`calculate(order, transaction)` gives what this fill adds to the order's commission. The order is
as it was before the fill: `order.filled` and `order.commission` count earlier fills only. A model
that counts what was traded is told of every fill by `record`, and of a new run by `reset`.

Zipline's models are here under their names, and `Percentage`, `Tiered` and `MakerTaker`:

===============  ===================================================  ==========================
model            what a fill costs                                    per order
===============  ===================================================  ==========================
NoCommission     nothing
PerShare         cost x shares                                        minimum
PerTrade         cost with the first fill
PerDollar        cost x value
PerContract      cost x contracts, fee with the first fill            minimum
PerFutureTrade   cost with the first fill
Percentage       rate x value                                         minimum, maximum
MakerTaker       maker or taker rate x value; may be a rebate         minimum
Tiered           rate by the month's volume x units or value          minimum, maximum
===============  ===================================================  ==========================
"""

from typing import TYPE_CHECKING

from rustybt.finance._cost_model import Execution, WorkingOrder
from rustybt.finance.commission._base import (
    CommissionModel,
    EquityCommissionModel,
    FutureCommissionModel,
)
from rustybt.finance.commission._of_value import MakerTaker, Percentage, PerDollar
from rustybt.finance.commission._per_unit import (
    NoCommission,
    PerContract,
    PerFutureTrade,
    PerShare,
    PerTrade,
    calculate_per_unit_commission,
)
from rustybt.lazy import on_first_use

if TYPE_CHECKING:
    from rustybt.finance.commission._tiered import Tiered
else:
    __getattr__, __dir__ = on_first_use(
        __name__,
        {
            "rustybt.finance.commission._tiered": ("Tiered",),
        },
    )

__all__ = [
    "CommissionModel",
    "EquityCommissionModel",
    "Execution",
    "FutureCommissionModel",
    "MakerTaker",
    "NoCommission",
    "PerContract",
    "PerDollar",
    "PerFutureTrade",
    "PerShare",
    "PerTrade",
    "Percentage",
    "Tiered",
    "WorkingOrder",
    "calculate_per_unit_commission",
]
