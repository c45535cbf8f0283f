"""What a compiled kernel works on that does venue and book in one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from rustybt.execution.bars import Moment, PortalBars
from rustybt.execution.blotter import Blotter
from rustybt.execution.events import Execution
from rustybt.execution.executor import AssetBar
from rustybt.finance import accounts
from rustybt.finance.book_events import CommissionCharge, Fill
from rustybt.finance.commission import NoCommission, PerDollar, PerShare, PerTrade
from rustybt.finance.cost_basis import ExactCostBasis
from rustybt.finance.ledger import DecimalLedger
from rustybt.finance.slippage import FixedBasisPointsSlippage, FixedSlippage, NoSlippage
from rustybt.orders import FillFacts, Order, OrderStatus, Transition
from rustybt.values import KERNEL_CONTEXT

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.executor import Executor
    from rustybt.execution.matching import Matching
    from rustybt.execution.venue import SimulatedVenue
    from rustybt.finance._cost_model import CostModel
    from rustybt.finance.book_events import Book
    from rustybt.values import Num

KINDS: Final[Mapping[str, Any]] = {
    "transition": Transition,
    "fill_facts": FillFacts,
    "fill": Fill,
    "charge": CommissionCharge,
    "execution": Execution,
    "exact_cost": ExactCostBasis,
    "filled": OrderStatus.FILLED,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "accepted": OrderStatus.ACCEPTED,
    "submitted": OrderStatus.SUBMITTED,
    "cash": accounts.CASH,
    "position": accounts.POSITION,
    "commission": accounts.COMMISSION,
    "slippage": accounts.expense("slippage"),
}
"""Classes and constants that a kernel makes records of."""

ModelFacts = tuple[str, tuple[tuple[int, int], ...]]
"""Name of a model and its parameters, each a coefficient and its decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelParts:
    """Venue and book as a fused kernel takes them; a part of the accelerators' protocol.

    The objects are those of the reference kernel and stay the state of the run: a fused kernel
    reads and writes the same attributes, and leaves to `match_asset`, `execute` and the book's own
    methods whatever it does not know.

    Attributes:
        blotter: Keeps all orders.
        venue: Where they rest.
        executor: Numbers the executions, and says whether orders are limited beside their terms.
        matching: Counts the orders that were looked at.
        book: The ledger.
        kinds: Classes and constants; see `KINDS`.
        price_scale: Decimals of prices.
        amount_scale: Decimals of amounts.
        fills_later: Whether what a close triggers fills at the next open.
        recheck_limit: See `MatchingRules`.
        forgets_commission: See `MatchingRules`.
        traded_close: The bar's close of an asset; None when it did not trade.
        value: Another price of the bar, or its volume.
        slippage_for: The slippage model of an asset.
        commission_for: The commission model of an asset.
        describe: What a built-in model is made of; None for any other, which is then called.
        lot: The least amount of an asset that trades.
        begin_bar: Ends what no longer takes part in the bar that ends at a time.
        match_asset: Lets the reference match the orders of one asset.
        asset_bar: The bar of an asset, for `execute`.
        execute: Lets the reference fill an order.
    """

    blotter: Blotter
    venue: "SimulatedVenue"
    executor: "Executor"
    matching: "Matching"
    book: DecimalLedger
    kinds: Mapping[str, Any]
    price_scale: int
    amount_scale: int
    fills_later: bool
    recheck_limit: bool
    forgets_commission: bool
    traded_close: "Callable[[Asset], Num | None]"
    value: "Callable[[Asset, str], Num | None]"
    slippage_for: "Callable[[Asset], CostModel]"
    commission_for: "Callable[[Asset], CostModel]"
    describe: "Callable[[CostModel], ModelFacts | None]"
    lot: "Callable[[Asset], Num]"
    begin_bar: Callable[[int], None]
    match_asset: "Callable[[Asset, int, int, list[Execution]], object]"
    asset_bar: "Callable[[Asset, int, int, Num, list[Execution], int, int], AssetBar]"
    execute: "Callable[[Order, AssetBar, Num], Execution | None]"


def kernel_parts(blotter: Blotter, book: "Book") -> KernelParts | None:
    """The parts of a run; None where it needs the reference.

    That is a run in floats, one whose orders fill within bars or at other prices than expected,
    and one whose venue or book is not RustyBT's own.
    """
    if type(blotter) is not Blotter or type(book) is not DecimalLedger:
        return None
    venue, executor, rules = blotter.venue, blotter.venue.executor, blotter.venue.rules
    arithmetic, bars = executor.arithmetic, venue.bars
    if not (arithmetic.exact and isinstance(bars, PortalBars)):
        return None
    if rules.trigger != "close" or rules.fills != "expected":
        return None
    moment = Moment.OPEN if rules.fill_at == "open" else Moment.CLOSE
    return KernelParts(
        blotter=blotter,
        venue=venue,
        executor=executor,
        matching=venue.matching,
        book=book,
        kinds=KINDS,
        price_scale=arithmetic.price_scale,
        amount_scale=arithmetic.amount_scale,
        fills_later=rules.fill_at == "open",
        recheck_limit=rules.recheck_limit,
        forgets_commission=rules.forgets_commission,
        traded_close=bars.traded_close,
        value=bars.value,
        slippage_for=executor.costs.slippage_for,
        commission_for=executor.costs.commission_for,
        describe=described,
        lot=lambda asset: arithmetic.amount(asset.lot_size),
        begin_bar=venue.begin_bar,
        match_asset=partial(_in_context, venue.match),
        asset_bar=partial(_asset_bar, executor),
        execute=partial(_execute, executor, moment),
    )


def described(model: "CostModel") -> ModelFacts | None:
    """Name and parameters of a built-in model whose answers are finite decimals."""
    kind = type(model)
    parameters = _PARAMETERS.get(kind)
    if parameters is None:
        return None
    return kind.__name__, tuple(_scaled(number) for number in parameters(model))


_PARAMETERS: Final[Mapping[type, Callable[[Any], tuple[Decimal, ...]]]] = {
    NoSlippage: lambda _: (),
    FixedSlippage: lambda model: (model.half_spread,),
    FixedBasisPointsSlippage: lambda model: (model.percentage, model.volume_limit),
    NoCommission: lambda _: (),
    PerShare: lambda model: (model.cost_per_share, model.min_trade_cost),
    PerTrade: lambda model: (model.cost,),
    PerDollar: lambda model: (model.cost_per_dollar,),
}


def _scaled(number: Decimal) -> tuple[int, int]:
    """Coefficient and decimals of a number."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "parameters are finite"
    coefficient = int("".join(map(str, digits))) * (-1 if sign else 1)
    if exponent > 0:
        return coefficient * 10**exponent, 0
    return coefficient, -exponent


def _in_context(function: Callable[..., object], *arguments: object) -> None:
    with localcontext(KERNEL_CONTEXT):
        function(*arguments)


def _asset_bar(
    executor: "Executor",
    asset: "Asset",
    at: int,
    session: int,
    close: "Num",
    done: list[Execution],
    since: int,
    used: int,
) -> AssetBar:
    bar = AssetBar(asset, at, session, close, done, since)
    executor.begin(bar, used)
    return bar


def _execute(
    executor: "Executor", moment: Moment, order: Order, bar: AssetBar, base: "Num"
) -> Execution | None:
    with localcontext(KERNEL_CONTEXT):
        return executor.execute(order, bar, base, moment)
