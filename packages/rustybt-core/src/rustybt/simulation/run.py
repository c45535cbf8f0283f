"""`run_algorithm`: a strategy over history."""

import os
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from rustybt.algorithm import TradingAlgorithm
from rustybt.calendars import TradingCalendar
from rustybt.errors import InvalidArgument
from rustybt.plugins.extensions import load_extensions
from rustybt.progress import OnProgress
from rustybt.simulation.garbage import rare_collections
from rustybt.simulation.job import Comparison, Job
from rustybt.simulation.request import ABSENT, DEFAULT_BUNDLE, DEFAULT_CAPITAL, Day, RunRequest
from rustybt.simulation.result import BacktestResult
from rustybt.simulation.strategy_code import StrategyCode

if TYPE_CHECKING:
    from rustybt.algorithm.base import Hook
    from rustybt.finance.account_types import AccountType
    from rustybt.pipeline.loaders.sources import GivenLoaders
    from rustybt.simulation.supplements import Supplements


def run_algorithm(  # noqa: PLR0913, PLR0917 - Zipline's signature, and what it lacks by keyword
    start: Day,
    end: Day,
    initialize: "Hook | None" = None,
    capital_base: object = DEFAULT_CAPITAL,
    handle_data: "Hook | None" = None,
    before_trading_start: "Hook | None" = None,
    analyze: "Hook | None" = None,
    data_frequency: str = "daily",
    bundle: str | None = None,
    bundle_timestamp: Day | None = None,
    trading_calendar: object = None,
    metrics_set: Any = "default",  # noqa: ANN401 - a name or metrics
    benchmark_returns: object = None,
    default_extension: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
    extensions: Iterable[str] = (),
    strict_extensions: bool = True,  # noqa: FBT001, FBT002 - Zipline's signature
    environ: Mapping[str, str] = os.environ,
    custom_loader: "GivenLoaders" = None,
    blotter: Any = "default",  # noqa: ANN401 - a name or a factory
    *,
    algorithm: "TradingAlgorithm | type[TradingAlgorithm] | None" = None,
    on_order_fill: "Hook | None" = None,
    on_order_cancel: "Hook | None" = None,
    on_order_reject: "Hook | None" = None,
    on_broker_message: "Hook | None" = None,
    data: object = None,
    calendar: object = None,
    benchmark: object = None,
    fundamentals: object = None,
    rates: object = None,
    rules: object = ABSENT,
    fill_at: object = ABSENT,
    trigger: object = ABSENT,
    numeric: object = ABSENT,
    frames: object = ABSENT,
    profile: str | None = None,
    bar_label: object = ABSENT,
    seed: int = 0,
    currency: str | None = None,
    account: "str | AccountType" = "unlimited",
    journal: bool = True,
    lots: str = "fifo",
    envelope: bool = False,
    on_progress: OnProgress | None = None,
) -> BacktestResult:
    """Run a strategy over history.

    The strategy is a :class:`TradingAlgorithm` (`algorithm`) or functions (`initialize`,
    `handle_data`, ...). Precedence of what can be set in several places: argument, then
    `profile`, then environment, then default.

    Args:
        start: First session; with a time of day, the first moment at which anything happens.
        end: Last session, or last moment.
        initialize: `f(context)`, called once at the start.
        capital_base: Money at the start.
        handle_data: `f(context, data)`, called at every bar.
        before_trading_start: `f(context, data)`, called before each session.
        analyze: `f(context, result)`, called at the end; with pandas frames it gets Zipline's
            performance frame.
        data_frequency: "daily", "minute", or a resolution: 100ms, 1s, 5m, 1h, ...
        bundle: Name of a bundle, "sample" when neither bundle nor data is given.
        bundle_timestamp: Take the newest ingestion up to this time.
        trading_calendar: Zipline's name of `calendar`.
        metrics_set: Name of a registered metric set, or metrics.
        benchmark_returns: Daily returns to compare with, by day.
        default_extension: Whether $RUSTYBT_HOME/extension.py is loaded first.
        extensions: Files and modules to load before the run.
        strict_extensions: Whether an extension that fails is an error or a warning.
        environ: Environment for the bundle's location.
        custom_loader: What brings further data of pipelines: loaders by column or data set, or
            a function that returns the loader of a column.
        blotter: Name of a registered blotter, or a factory.
        algorithm: The strategy, as an object or a class.
        on_order_fill: `f(context, order, transaction)`.
        on_order_cancel: `f(context, order, reason)`.
        on_order_reject: `f(context, order, reason)`.
        on_broker_message: `f(context, message)`.
        data: Bars in place of a bundle: a Polars or pandas frame of timestamp, symbol, open,
            high, low, close, volume, or an opened bundle.
        calendar: Sessions of the run, by name or as an object; the data's own when not given.
        benchmark: Asset, symbol or sid to compare with, or the name of a data set of a benchmark.
        fundamentals: What `data.fundamentals` shows: a frame of symbol, effective_at, known_at and
            fields, or the name of a data set; the bundle's own when not given.
        rates: Exchange rates, which take the place of the bundle's: a frame of base, quote,
            effective_at, known_at and rate, or the name of a data set.
        rules: "standard", "zipline" or :class:`SimulationRules`.
        fill_at: "close" or "open": where the next bar fills an order.
        trigger: "close" or "intrabar": whether a bar's close tests stops and limits, or its range.
        numeric: "decimal" or "float64".
        frames: "polars" or "pandas": what the strategy sees.
        profile: "zipline" for zipline's rules, floats and pandas frames.
        bar_label: Whether intraday stamps in `data` are the "end" or the "start" of bars.
        seed: Of everything that is drawn.
        currency: The currency of the account and of all figures; when not given that of the
            data's assets, or USD where they have several.
        account: "unlimited", "cash", "margin", or an account type of
            `rustybt.finance.account_types`: what the money of the run allows.
        journal: Whether the postings are kept.
        lots: Which lot a trade closes first: "fifo", "lifo", "hifo" (the dearest) or "average".
        envelope: Whether the strategy also runs with optimistic and with pessimistic fills, each
            time afresh; the result shows how far apart they are.
        on_progress: Called with the sessions done and those there are, after each.

    Returns:
        The result, whatever `analyze` does.

    Raises:
        RustyBTError: Bad arguments or data; see `rustybt.errors`.
        Exception: What the strategy raises reaches the caller as it is.
    """
    functions = {
        "initialize": initialize,
        "handle_data": handle_data,
        "before_trading_start": before_trading_start,
        "analyze": analyze,
        "on_order_fill": on_order_fill,
        "on_order_cancel": on_order_cancel,
        "on_order_reject": on_order_reject,
        "on_broker_message": on_broker_message,
    }
    strategy = _strategy(algorithm, functions)
    others = [_another(algorithm, functions) for _ in range(2 if envelope else 0)]
    load_extensions(extensions, default=default_extension, strict=strict_extensions)
    named_calendar, given_calendar = _calendar(_either(calendar, trading_calendar))
    request = RunRequest.settle(
        profile=profile,
        rules=rules,
        fill_at=fill_at,
        trigger=trigger,
        numeric=numeric,
        frames=frames,
        capital_base=capital_base,
        bar_label=bar_label,
        start=start,
        end=end,
        data_frequency=data_frequency,
        bundle=_bundle_name(bundle, data),
        bundle_timestamp=bundle_timestamp,
        calendar=named_calendar,
        metrics_set=metrics_set,
        blotter=blotter,
        seed=seed,
        currency=currency,
        account=account,
        journal=journal,
        lots=lots,
    )
    job = Job(
        code=StrategyCode.of({**functions, "algorithm": algorithm}),
        data=data,
        calendar=given_calendar,
        environ=environ,
        blotter=blotter,
        comparison=Comparison(benchmark, benchmark_returns),
        supplements=_supplements(fundamentals, rates, environ),
        loaders=custom_loader,
    )
    with rare_collections():
        around = job.run_around(others, request) if envelope else None
        return job.run(strategy, request, on_progress, around=around)


def _supplements(
    fundamentals: object, rates: object, environ: Mapping[str, str]
) -> "Supplements | None":
    if fundamentals is None and rates is None:
        return None
    from rustybt.simulation.supplements import Supplements

    return Supplements.open(fundamentals=fundamentals, rates=rates, environ=environ)


def _another(algorithm: object, functions: Mapping[str, "Hook | None"]) -> TradingAlgorithm:
    """The strategy once more, to be run beside itself; it analyzes nothing."""
    if isinstance(algorithm, TradingAlgorithm):
        algorithm = deepcopy(algorithm)
    another = _strategy(algorithm, {**functions, "analyze": None})
    another.use(analyze=_nothing)
    return another


def _nothing(*_: object) -> None:
    """No analysis."""


def _strategy(algorithm: object, functions: Mapping[str, "Hook | None"]) -> TradingAlgorithm:
    given = {name: function for name, function in functions.items() if function is not None}
    if algorithm is None:
        strategy = TradingAlgorithm()
        strategy.use(**given)
        return strategy
    if isinstance(algorithm, type) and issubclass(algorithm, TradingAlgorithm):
        algorithm = algorithm()
    if not isinstance(algorithm, TradingAlgorithm):
        raise InvalidArgument(
            field="algorithm",
            value=algorithm,
            reason="give a TradingAlgorithm: an object or a class",
        )
    if set(given) - {"analyze"}:
        raise InvalidArgument(
            field="algorithm",
            value=type(algorithm).__name__,
            reason=f"it was given with {', '.join(given)}; give either an algorithm or functions",
        )
    algorithm.use(**given)
    return algorithm


def _either(calendar: object, trading_calendar: object) -> object:
    if calendar is not None and trading_calendar is not None:
        raise InvalidArgument(
            field="trading_calendar",
            value=trading_calendar,
            reason="it means the same as calendar; give one of them",
        )
    return trading_calendar if calendar is None else calendar


def _calendar(choice: object) -> tuple[str | None, TradingCalendar | None]:
    """A calendar's name, or the object where it has none that can be looked up."""
    if choice is None or isinstance(choice, str):
        return choice, None
    if isinstance(choice, TradingCalendar):
        return choice.name, choice
    name = getattr(choice, "name", None)
    if isinstance(name, str):
        return name, None
    raise InvalidArgument(field="calendar", value=choice, reason="give a name such as XNYS or 24/7")


def _bundle_name(bundle: str | None, data: object) -> str | None:
    if data is None:
        return bundle or DEFAULT_BUNDLE
    if bundle is not None:
        raise InvalidArgument(
            field="bundle", value=bundle, reason="data was given too; give one of them"
        )
    return None
