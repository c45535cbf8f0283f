"""Run a strategy with nautilus_trader."""

# nautilus_trader is not installed where mypy runs.
# mypy: disable-error-code="import-not-found"

from decimal import Decimal

import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import LatencyModel
from nautilus_trader.config import LoggingConfig, RiskEngineConfig
from nautilus_trader.model.currencies import Currency
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, CurrencyType, OmsType
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler

from benchmarks.drivers.task import Outcome, Task, answer
from benchmarks.strategies.nautilus.indicators import Settings, SmaCross

COLUMNS = ["open", "high", "low", "close", "volume"]
VENUE = Venue("SIM")
# Dollars are rounded to cents after each fill. With more digits the sums stay exact.
MONEY = Currency("USX", 8, 0, "dollars in small parts", CurrencyType.FIAT)


def run(task: Task) -> Outcome:
    """One run: an order fills at the close of the next bar.

    An order that a strategy sends while it sees a bar fills at that bar's close by default: the
    book stands there already. A latency of a nanosecond lets it arrive with the next bar.
    """
    commission = Decimal(str(task.parameters["commission"]))
    instrument = _instrument(commission)
    bar_type = BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
    bars = pd.read_parquet(task.data, columns=["timestamp", *COLUMNS]).set_index("timestamp")
    engine = _engine(task)
    engine.add_instrument(instrument)
    engine.add_data(BarDataWrangler(bar_type, instrument).process(bars))
    settings = Settings(**{name: int(task.parameters[name]) for name in ("fast", "slow", "units")})
    strategy = SmaCross(settings, instrument, bar_type)
    engine.add_strategy(strategy)
    engine.run()
    cash = engine.portfolio.account(VENUE).balance_total(MONEY).as_decimal()
    held = engine.portfolio.net_position(instrument.id)
    engine.dispose()
    last = Decimal(str(bars["close"].iloc[-1]))
    return Outcome(fills=strategy.fills, final_value=float(cash + held * last))


def _instrument(commission: Decimal) -> Equity:
    return Equity(
        instrument_id=InstrumentId(Symbol("SMA"), VENUE),
        raw_symbol=Symbol("SMA"),
        currency=MONEY,
        price_precision=4,
        price_increment=Price.from_str("0.0001"),
        lot_size=Quantity.from_int(1),
        maker_fee=commission,
        taker_fee=commission,
        ts_event=0,
        ts_init=0,
    )


def _engine(task: Task) -> BacktestEngine:
    """Without log, checks of risk and analysis, which no other engine makes here."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True),
            risk_engine=RiskEngineConfig(bypass=True),
            run_analysis=False,
        )
    )
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=MONEY,
        starting_balances=[Money(task.capital, MONEY)],
        latency_model=LatencyModel(base_latency_nanos=1),
    )
    return engine


if __name__ == "__main__":
    the_task = Task.from_arguments()
    answer(the_task, lambda: run(the_task), "nautilus_trader", "pandas", "numpy")
