"""One run from beginning to end: market, assembly, loop, result."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from rustybt.algorithm import TradingAlgorithm, running
from rustybt.assets import Asset
from rustybt.data.reads import joined, reads_of
from rustybt.errors import InvalidArgument
from rustybt.metrics import sets
from rustybt.progress import OnProgress
from rustybt.simulation.assembly import Assembly, assemble
from rustybt.simulation.manifest import DataOrigin, Manifest
from rustybt.simulation.market import Market, open_market
from rustybt.simulation.request import RunRequest
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.strategy_code import StrategyCode

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from rustybt.algorithm import Environment
    from rustybt.calendars import TradingCalendar
    from rustybt.data.reads import DataRead
    from rustybt.execution import CostModels
    from rustybt.finance.fills import FillModel
    from rustybt.finance.latency import LatencyModel
    from rustybt.metrics import Summary
    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.simulation.benchmark import Worth
    from rustybt.simulation.envelope import Fills
    from rustybt.simulation.explanations.order_bars import OrderBars
    from rustybt.simulation.supplements import BenchmarkTable, Supplements
    from rustybt.simulation.tables import Tables
    from rustybt.simulation.trips.trades import TradesBy


class Comparison(NamedTuple):
    """What the user gave to compare with.

    Attributes:
        benchmark: An asset, a symbol, a sid, or the name of a data set.
        returns: Returns by day.
        table: The data set that `benchmark` names, None where it names none.
    """

    benchmark: object
    returns: object
    table: "BenchmarkTable | None" = None

    def opened(self, market: Market, environ: Mapping[str, str]) -> "Comparison":
        """The same for a market, which says whether a name is a symbol."""
        if not isinstance(self.benchmark, str):
            return self
        from rustybt.simulation.supplements import BenchmarkTable

        table = BenchmarkTable.find(self.benchmark, market, environ)
        return self if table is None else Comparison(table.name, self.returns, table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What does not change when a strategy is run again.

    Attributes:
        code: The strategy's code.
        data: A frame of bars or an opened bundle, None for the bundle that a request names.
        calendar: A calendar in place of the data's own.
        environ: Environment for the bundle's location.
        blotter: A registered name, or a factory of blotters.
        comparison: What the result is compared with.
        supplements: What was given beside the bars, None where there is nothing.
        loaders: What brings further data of pipelines.
    """

    code: StrategyCode
    data: object
    calendar: "TradingCalendar | None"
    environ: Mapping[str, str]
    blotter: Any
    comparison: Comparison
    supplements: "Supplements | None" = None
    loaders: "GivenLoaders" = None

    def run(
        self,
        strategy: TradingAlgorithm,
        request: RunRequest,
        on_progress: OnProgress | None = None,
        *,
        around: "Mapping[Fills, Summary] | None" = None,
    ) -> BacktestResult:
        """Run a strategy, which has not run before, as a request says.

        Args:
            strategy: The strategy; its `analyze` is called at the end.
            request: The run's choices.
            on_progress: Called with the sessions done and those there are, after each.
            around: The same run with other fills, for the result's envelope.
        """
        market = open_market(request, self.data, self.calendar, self.environ)
        if self.supplements is not None:
            market = replace(market, bundle=self.supplements.added(market.bundle))
        comparison = self.comparison.opened(market, self.environ)
        run = assemble(request, market, strategy, blotter=self.blotter, loaders=self.loaders)
        with running(strategy), run.environment.portal:
            _loop(run, market, on_progress)
            result = _result(run, market, request, self.code, comparison, self.supplements)
            if around is not None:
                from rustybt.simulation.envelope import Envelope

                runs = {**around, "expected": result.summary()}
                touched = run.environment.blotter.touch_decisions
                result = replace(result, envelope=Envelope.of(runs, touch_decisions=touched))
            _analyze(strategy, result, request)
        return result

    def run_around(
        self, strategies: Sequence[TradingAlgorithm], request: RunRequest
    ) -> "dict[Fills, Summary]":
        """Run two more copies of a strategy: with optimistic and with pessimistic fills."""
        ways: tuple[Fills, Fills] = ("optimistic", "pessimistic")
        return {
            fills: self.run(
                strategy, replace(request, journal=False, rules=replace(request.rules, fills=fills))
            ).summary()
            for fills, strategy in zip(ways, strategies, strict=True)
        }


def _loop(run: Assembly, market: Market, on_progress: OnProgress | None) -> None:
    """Let every session happen."""
    clock, engine = market.clock, run.engine
    total = clock.last_session - clock.first_session + 1
    engine.initialize(clock.start, clock.first_session)
    for plan in clock.plans():
        engine.run(plan)
        if on_progress is not None:
            on_progress(plan.session - clock.first_session + 1, total)


def _result(
    run: Assembly,
    market: Market,
    request: RunRequest,
    code: StrategyCode,
    comparison: Comparison,
    supplements: "Supplements | None",
) -> BacktestResult:
    environment, builder = run.environment, run.builder
    journal = environment.ledger.journal
    tables = builder.finish(
        orders=environment.blotter.orders.values(),
        metrics=_metrics(request.metrics_set),
        benchmark_returns=_benchmark_returns(run, market, request, comparison),
        journal=None if journal is None else journal.frame,
    )
    assets = builder.assets
    tables.defer("trades", partial(_trades, tables, assets, market, request, "position"))
    tables.defer("lots", partial(_trades, tables, assets, market, request, "lot"))
    bars = cache(partial(_order_bars, tables, assets, market, request))
    tables.defer("order_bars", lambda: bars().bars)
    tables.defer("order_waits", lambda: bars().waits)
    blotter = environment.blotter
    models = environment.costs, blotter.latency, blotter.fill_model
    tables.defer("order_models", partial(_order_models, tables, assets, *models))
    bundle = market.bundle
    origin = DataOrigin(
        fingerprint=bundle.fingerprint,
        bundle=request.bundle,
        timestamp=None if bundle.timestamp is None else bundle.timestamp.isoformat(),
        frame=market.frame,
        reads=() if request.bundle is None else _reads(environment, market.clock.last_session),
    )
    arguments = {**request.arguments(), "benchmark": comparison.benchmark}
    if comparison.returns is not None:
        arguments["benchmark_returns"] = comparison.returns
    if supplements is not None:
        arguments.update(supplements.arguments)
    return BacktestResult(
        tables=tables,
        assets=assets,
        capital_base=environment.parameters.capital_base,
        manifest=Manifest(arguments=arguments, strategy=code, data=origin, kernel=run.kernel),
    )


def _reads(environment: "Environment", last_session: int) -> "tuple[DataRead, ...]":
    reads = reads_of(environment.portal, last_session)
    pipelines = environment.pipelines
    return reads if pipelines is None else joined((*reads, *pipelines.reads))


def _trades(
    tables: "Tables",
    assets: Mapping[int, Asset],
    market: Market,
    request: RunRequest,
    by: "TradesBy",
) -> "pl.DataFrame":
    from rustybt.simulation.trips.run_trades import run_trades

    return run_trades(
        tables,
        assets,
        bundle=market.bundle,
        axis=market.axis,
        method=request.lots,
        by=by,
    )


def _order_bars(
    tables: "Tables", assets: Mapping[int, Asset], market: Market, request: RunRequest
) -> "OrderBars":
    from rustybt.simulation.explanations.run_orders import run_order_bars

    return run_order_bars(tables, assets, market, request.rules)


def _order_models(
    tables: "Tables",
    assets: Mapping[int, Asset],
    costs: "CostModels",
    latency: "LatencyModel | None",
    fills: "FillModel | None",
) -> "pl.DataFrame":
    from rustybt.simulation.explanations.run_orders import run_order_models

    return run_order_models(tables, assets, costs, latency, fills)


def _metrics(choice: Any) -> Iterable[sets.Metric]:  # noqa: ANN401 - a name or metrics
    return sets.load(choice) if isinstance(choice, str) else choice


def _benchmark_returns(
    run: Assembly, market: Market, request: RunRequest, comparison: Comparison
) -> "NDArray[np.float64] | None":
    asset, returns = run.environment.benchmark, comparison.returns
    if asset is None and comparison.table is not None:
        return comparison.table.returns
    if asset is None and comparison.benchmark is not None:
        asset = _benchmark_asset(run, comparison.benchmark)
    if asset is None and returns is None:
        return None
    from rustybt.simulation.benchmark import asset_returns, given_returns

    if asset is None:
        return given_returns(returns, run.builder.sessions)
    return asset_returns(
        asset,
        market.bundle,
        market.calendar,
        range(market.clock.first_session, market.clock.last_session + 1),
        decimals=request.rules.history_decimals,
        one_currency=request.rules.one_currency,
        worth=None if request.rules.one_currency else _worth(asset, run, market),
    )


def _worth(asset: Asset, run: Assembly, market: Market) -> "Worth | None":
    currency = run.environment.ledger.currency
    if asset.currency == currency:
        return None
    from rustybt.simulation.currencies import worth_in_run

    return worth_in_run(
        (asset.currency, currency), market.bundle, market.calendar, market.clock.first_session
    )


def _benchmark_asset(run: Assembly, benchmark: object) -> Asset:
    environment = run.environment
    if isinstance(benchmark, Asset):
        return benchmark
    if isinstance(benchmark, int):
        return environment.finder.retrieve_asset(benchmark)
    if isinstance(benchmark, str):
        last = environment.parameters.end_session
        return environment.finder.lookup_symbol(benchmark.upper(), last)
    raise InvalidArgument(
        field="benchmark", value=benchmark, reason="give an asset, a symbol or a sid"
    )


def _analyze(strategy: TradingAlgorithm, result: BacktestResult, request: RunRequest) -> None:
    hook = strategy.hook("analyze")
    if hook is not None:
        hook(strategy, result.to_pandas() if request.frames == "pandas" else result)
