"""What a finished run keeps to explain its orders: bars and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rustybt.simulation.explanations.order_bars import order_bars
from rustybt.simulation.explanations.order_models import Models, models_frame
from rustybt.simulation.explanations.order_trails import recorded_orders
from rustybt.simulation.trips.run_bars import RunBars
from rustybt.simulation.trips.run_records import arithmetic_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from rustybt.assets import Asset
    from rustybt.execution import CostModels
    from rustybt.finance.fills import FillModel
    from rustybt.finance.latency import LatencyModel
    from rustybt.simulation.explanations.order_bars import FillRules, OrderBars
    from rustybt.simulation.market import Market
    from rustybt.simulation.tables import Tables


def run_order_bars(
    tables: Tables, assets: Mapping[int, Asset], market: Market, rules: FillRules
) -> OrderBars:
    """The bars that explain the orders of a run.

    Args:
        tables: The frames of its result.
        assets: The assets in them, by sid.
        market: Its data.
        rules: Its rules.
    """
    return order_bars(
        recorded_orders(tables, assets),
        RunBars(market.bundle, market.axis),
        market.axis,
        arithmetic_of(tables),
        rules=rules,
        end=market.clock.plan(market.clock.last_session).end,
    )


def run_order_models(
    tables: Tables,
    assets: Mapping[int, Asset],
    costs: CostModels,
    latency: LatencyModel | None,
    fills: FillModel | None,
) -> pl.DataFrame:
    """The models that the orders of a run met.

    Args:
        tables: The frames of its result.
        assets: The assets in them, by sid.
        costs: Its slippage and commission models.
        latency: Its latency model.
        fills: Its fill model.
    """
    return models_frame(
        {
            sid: Models(
                slippage=costs.slippage_for(assets[sid]),
                commission=costs.commission_for(assets[sid]),
                latency=latency,
                fills=fills,
            )
            for sid in tables.orders["sid"].unique().sort()
        }
    )
