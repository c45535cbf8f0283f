"""Putting a run together: from settled choices and a market to an engine that can be stepped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rustybt.algorithm import Environment, RunParameters, TradingAlgorithm
from rustybt.clock import Schedule
from rustybt.data.bar_data import BarData
from rustybt.data.portal import PolarsDataPortal
from rustybt.execution import (
    Blotter,
    CostModels,
    ModelSide,
    PortalBars,
    Router,
    SimulatedVenue,
    bar_start,
    make_blotter,
)
from rustybt.finance.account_types import Funds
from rustybt.finance.asset_restrictions import NoRestrictions
from rustybt.finance.cancel_policy import NeverCancel
from rustybt.finance.draws import Draws
from rustybt.finance.ledger import DecimalLedger
from rustybt.finance.portfolio import Account, Portfolio
from rustybt.simulation.builder import ResultBuilder
from rustybt.simulation.currencies import CurrentRates
from rustybt.simulation.engine import Engine
from rustybt.simulation.kernel import Kernel, KernelFactory, choose_kernel
from rustybt.values import (
    Arithmetic,
    DecimalArithmetic,
    ExactRounding,
    FloatArithmetic,
    FloatRounding,
    Num,
)
from rustybt.views import PublicView, ValueView, ZiplineView

if TYPE_CHECKING:
    from collections.abc import Callable

    from rustybt.assets import Asset
    from rustybt.pipeline.engine import PipelineEngine
    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.simulation.market import Market
    from rustybt.simulation.request import RunRequest
    from rustybt.simulation.rules import SimulationRules


_DOLLAR: Final = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A run, ready to go.

    Attributes:
        engine: What is stepped.
        environment: What the algorithm was lent.
        builder: What the result is made of.
        kernel: Name of the kernel.
    """

    engine: Engine
    environment: Environment
    builder: ResultBuilder
    kernel: str


def assemble(
    request: "RunRequest",
    market: "Market",
    algorithm: TradingAlgorithm,
    *,
    blotter: Any,  # noqa: ANN401 - a name or a factory
    kernel: KernelFactory | None = None,
    loaders: "GivenLoaders" = None,
) -> Assembly:
    """Build everything that a run needs around its algorithm.

    Args:
        request: The run's choices.
        market: Its data.
        algorithm: The strategy.
        blotter: A registered name, or a factory of blotters.
        kernel: Makes the kernel; the one that the settings choose when not given.
        loaders: What brings further data of pipelines.
    """
    arithmetic = arithmetic_of(request, market)
    portal = _portal(request, market, arithmetic)
    view, exact = _view(request, arithmetic), PublicView(arithmetic)
    data = _bar_data(portal, pandas=request.frames == "pandas")
    costs = CostModels(zipline=request.rules.zipline_costs)
    ledger = _ledger(request, market, arithmetic, algorithm.name)
    venue = SimulatedVenue(
        bars=PortalBars(portal),
        arithmetic=arithmetic,
        costs=costs,
        rules=request.rules.matching,
        exact=ModelSide(market=BarData(portal), view=exact),
        strategy=ModelSide(market=data, view=view),
        held=_held(ledger),
        draws=Draws(request.seed),
        bar_start=bar_start(market.axis),
    )
    rounding = FloatRounding() if request.rules.float_rounding else ExactRounding()
    orders = make_blotter(blotter, venue=venue, arithmetic=arithmetic, rounding=rounding)
    funds = _funds(request, ledger)
    venue.set_funds(funds if funds.limited else None)
    environment = _environment(
        request, market, algorithm, portal, data, view, ledger, funds, costs, orders, loaders
    )
    ledger.rates = CurrentRates(market.bundle, environment)
    algorithm.attach(environment)
    chosen = (kernel or choose_kernel())(orders, ledger)
    builder = ResultBuilder(arithmetic)
    engine = Engine(
        algorithm=algorithm,
        environment=environment,
        kernel=_funded(chosen, request, market, portal, ledger, funds),
        rules=request.rules,
        adjustments=market.bundle.adjustments,
        builder=builder,
    )
    return Assembly(engine=engine, environment=environment, builder=builder, kernel=chosen.name)


def _funded(
    kernel: Kernel,
    request: "RunRequest",
    market: "Market",
    portal: PolarsDataPortal,
    ledger: DecimalLedger,
    funds: Funds,
) -> Kernel:
    """The kernel, with the funding of perpetual swaps where the data has rates."""
    if "funding_rate" not in portal.extra_fields:
        return kernel
    from rustybt.simulation.funding import funded

    return funded(
        kernel,
        ledger=ledger,
        portal=portal,
        funds=funds,
        start=market.clock.start,
        every_hours=request.rules.funding_hours,
    )


def arithmetic_of(request: "RunRequest", market: "Market") -> Arithmetic:
    """The arithmetic of a run, at scales that hold its data and its lots."""
    if request.numeric == "float64":
        return FloatArithmetic()
    readers = [r for r in (market.bundle.daily, market.bundle.minute) if r is not None]
    finder = market.bundle.finder
    lots = [asset.amount_decimals for asset in finder.retrieve_all(finder.sids)]
    return DecimalArithmetic(
        price_scale=max([12, *(reader.price_scale for reader in readers)]),
        amount_scale=max([8, *(reader.volume_scale for reader in readers), *lots]),
    )


def _held(ledger: DecimalLedger) -> "Callable[[Asset], Num]":
    """What the ledger holds of an asset."""

    def held(asset: "Asset") -> Num:
        position = ledger.positions.get(asset)
        return ledger.arithmetic.zero if position is None else position.amount

    return held


def _portal(request: "RunRequest", market: "Market", arithmetic: Arithmetic) -> PolarsDataPortal:
    rules = request.rules
    return PolarsDataPortal(
        market.bundle,
        axis=market.axis,
        arithmetic=arithmetic,
        last_session=market.clock.last_session,
        adjusted_history_decimals=rules.history_decimals,
        halted_mark=rules.halted_mark,
        before_open_sees_today=rules.before_open_sees_today,
        rolls_in_hindsight=rules.rolls_in_hindsight,
        one_currency=rules.one_currency,
        halted_eves=rules.halted_eves,
    )


def _view(request: "RunRequest", arithmetic: Arithmetic) -> ValueView:
    return ZiplineView(arithmetic) if request.frames == "pandas" else PublicView(arithmetic)


def _bar_data(portal: PolarsDataPortal, *, pandas: bool) -> BarData:
    if not pandas:
        return BarData(portal)
    from rustybt.data.pandas_view import PandasBarData

    return PandasBarData(portal)


def _ledger(
    request: "RunRequest", market: "Market", arithmetic: Arithmetic, strategy: str
) -> DecimalLedger:
    rules, plan = request.rules, market.clock.plan(market.clock.first_session)
    return DecimalLedger(
        arithmetic,
        request.capital_base,
        currency=_currency(request, market),
        strategy=strategy,
        at=plan.start,
        cash_in_lieu=rules.cash_in_lieu,
        receivables_in_value=rules.receivables_in_value,
        pnl_includes_dividends=rules.pnl_includes_dividends,
        late_dividends=rules.late_events,
        one_currency=rules.one_currency,
        journal=request.journal,
    )


def _funds(request: "RunRequest", ledger: DecimalLedger) -> "Funds":
    if request.account == "unlimited":
        return Funds(ledger)
    from rustybt.finance.account_types import account_type

    return account_type(request.account).open(ledger, one_currency=request.rules.one_currency)


def _currency(request: "RunRequest", market: "Market") -> str:
    """The currency of the account: what was asked for, or the only one of the assets."""
    if request.currency is not None:
        return request.currency
    finder = market.bundle.finder
    quoted = {asset.currency for asset in finder.retrieve_all(finder.sids)}
    return quoted.pop() if len(quoted) == 1 else _DOLLAR


def _pipeline_engine(
    market: "Market", rules: "SimulationRules", loaders: "GivenLoaders"
) -> "Callable[[], PipelineEngine]":
    """What makes the engine of pipelines, where a strategy attaches any."""

    def make() -> "PipelineEngine":
        from rustybt.simulation.research import run_engine

        return run_engine(market, rules, loaders)

    return make


def _environment(  # noqa: PLR0913, PLR0917 - it is the sum of its parts
    request: "RunRequest",
    market: "Market",
    algorithm: TradingAlgorithm,
    portal: PolarsDataPortal,
    data: BarData,
    view: ValueView,
    ledger: DecimalLedger,
    funds: Funds,
    costs: CostModels,
    blotter: Blotter,
    loaders: "GivenLoaders",
) -> Environment:
    calendar, clock, rules = market.calendar, market.clock, request.rules
    first, last = map(calendar.session_date, (clock.first_session, clock.last_session))
    router = Router()
    router.connect(algorithm.name, blotter)
    first_bar = market.axis.session_bounds(clock.first_session)[0]
    return Environment(
        strategy=algorithm.name,
        arithmetic=portal.arithmetic,
        view=view,
        rules=rules.orders,
        parameters=RunParameters(
            start_session=first,
            end_session=last,
            capital_base=view.figure(request.capital_base),
            data_frequency=request.data_frequency,
        ),
        calendar=calendar,
        finder=market.bundle.finder,
        portal=portal,
        data=data,
        ledger=ledger,
        portfolio=Portfolio(ledger, view, start_date=first),
        account=Account(ledger, view, funds),
        funds=funds,
        costs=costs,
        router=router,
        schedule=Schedule(market.axis, first_bar=first_bar, once_per_day=rules.once_a_day),
        cancel_policy=NeverCancel(),
        restrictions=NoRestrictions(),
        pipeline_engine=_pipeline_engine(market, rules, loaders),
        shows_pandas=request.frames == "pandas",
        platform="zipline" if request.profile == "zipline" else "rustybt",
        now=clock.start,
        session=clock.first_session,
    )
