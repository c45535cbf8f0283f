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

    from rustybt.algorithm import Environment
    from rustybt.assets import Asset
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


def run_order_models(environment: Environment) -> pl.DataFrame:
    """The models that the orders of a run met."""
    costs, blotter = environment.costs, environment.blotter
    ordered = {order.asset.sid: order.asset for order in blotter.orders.values()}
    return models_frame(
        {
            sid: Models(
                slippage=costs.slippage_for(ordered[sid]),
                commission=costs.commission_for(ordered[sid]),
                latency=blotter.latency,
                fills=blotter.fill_model,
            )
            for sid in sorted(ordered)
        }
    )
