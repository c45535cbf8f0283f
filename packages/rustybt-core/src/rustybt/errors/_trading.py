"""Errors of trading: orders, costs, controls, the ledger."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from collections.abc import Sequence

from rustybt.errors._base import CorruptStateError, UserError, listed

# ------------------------------------------------------------------ set-up of a run


class OutsideInitialize(UserError, RuntimeError):
    """Something that belongs into ``initialize`` was called later."""

    template = "this was called outside initialize; call it in initialize"


class SetSlippagePostInit(OutsideInitialize):
    """``set_slippage`` was called outside ``initialize``."""

    template = "set_slippage was called outside initialize; call it in initialize"


class SetCommissionPostInit(OutsideInitialize):
    """``set_commission`` was called outside ``initialize``."""

    template = "set_commission was called outside initialize; call it in initialize"


class SetCancelPolicyPostInit(OutsideInitialize):
    """``set_cancel_policy`` was called outside ``initialize``."""

    template = "set_cancel_policy was called outside initialize; call it in initialize"


class SetBenchmarkOutsideInitialize(OutsideInitialize):
    """``set_benchmark`` was called outside ``initialize``."""

    template = "set_benchmark was called outside initialize; call it in initialize"


class RegisterTradingControlPostInit(OutsideInitialize):
    """A trading control was set outside ``initialize``."""

    template = "a trading control was set outside initialize; set it in initialize"


class RegisterAccountControlPostInit(OutsideInitialize):
    """An account control was set outside ``initialize``."""

    template = "an account control was set outside initialize; set it in initialize"


class SetModelPostInit(OutsideInitialize):
    """A model was chosen outside ``initialize``."""

    name: str = "a model"
    template = "{name} was called outside initialize; call it in initialize"


class ZeroCapitalError(UserError, ValueError):
    """A run starts without capital."""

    capital_base: object = 0
    template = "capital_base was {capital_base}; give more than zero"


class UnsupportedModel(UserError, TypeError):
    """An object of the wrong kind was given as a model."""

    given: object = "an object of another kind"
    template = "{given} is no model of this kind"


class UnsupportedSlippageModel(UnsupportedModel):
    """``set_slippage`` was given something that is no slippage model."""

    template = "set_slippage was given {given}; give an instance of a SlippageModel"


class UnsupportedCommissionModel(UnsupportedModel):
    """``set_commission`` was given something that is no commission model."""

    template = "set_commission was given {given}; give an instance of a CommissionModel"


class UnsupportedCancelPolicy(UnsupportedModel):
    """``set_cancel_policy`` was given something that is no cancel policy."""

    template = "set_cancel_policy was given {given}; give an instance of a CancelPolicy"


class IncompatibleModel(UserError, ValueError):
    """A model was set for a kind of asset that it does not support."""

    asset_type: object
    given_model: object
    supported_asset_types: Sequence[object]

    @property
    def message(self) -> str:
        """Name the model, what it was set for and what it supports."""
        return (
            f"{self.given_model} was set for {self.asset_type}; "
            f"it supports {listed(self.supported_asset_types)}: set another model"
        )


class IncompatibleSlippageModel(IncompatibleModel):
    """A slippage model was set for a kind of asset that it does not support."""


class IncompatibleCommissionModel(IncompatibleModel):
    """A commission model was set for a kind of asset that it does not support."""


# ------------------------------------------------------------------ placing orders


class UnsupportedOrderParameters(UserError, ValueError):
    """The parameters of an order exclude each other or have the wrong type."""

    msg: str
    template = "{msg}"


class BadOrderParameters(UserError, ValueError):
    """A parameter of an order has an impossible value."""

    msg: str
    template = "{msg}"


class OrderNotFound(UserError, LookupError):
    """A run has no order of this id."""

    order_id: object
    nearest: Sequence[str] = ()

    @property
    def message(self) -> str:
        """The id asked for, and those of the run that are like it."""
        like = f"the nearest are {listed(self.nearest)}" if self.nearest else "it placed none"
        return f"order_id was {self.order_id!r}; the run has no such order, {like}"


class CannotOrderDelistedAsset(UserError, ValueError):
    """An order was placed for an asset that does not trade then."""

    msg: str
    template = "{msg}"


class OrderDuringInitialize(UserError, RuntimeError):
    """An order was placed in ``initialize``."""

    msg: str = (
        "an order was placed in initialize, before there is a market; "
        "place it in handle_data or in a scheduled function"
    )
    template = "{msg}"


class OrderInBeforeTradingStart(UserError, RuntimeError):
    """An order was placed in ``before_trading_start`` under Zipline's rules."""

    template = (
        "an order was placed in before_trading_start; "
        "place it in handle_data or run with the standard rules"
    )


class AccountRefusal(UserError, ValueError):
    """An account does not allow an order."""

    asset: object
    amount: object
    template = "the account does not allow an order of {amount} {asset}; use another account type"


class InsufficientFundsError(AccountRefusal):
    """An account has too little cash or buying power for an order."""

    required: object
    available: object
    currency: object
    template = (
        "an order of {amount} {asset} needs {required} {currency}, "
        "available is {available} {currency}; order less or add capital"
    )


class ShortSaleRefused(AccountRefusal):
    """An order would sell more than a cash account holds."""

    held: object
    template = (
        "an order of {amount} {asset} would be a short sale, {held} can be sold; "
        "sell no more than that or use a margin account"
    )


class BorrowUnavailable(ShortSaleRefused):
    """An order would be short more than is lent."""

    short: object
    available: object
    template = (
        "an order of {amount} {asset} would be {short} short in all, "
        "{available} can be borrowed; sell less, or wait until more is lent"
    )


class DayTradeLimitReached(AccountRefusal):
    """An order would open a position after the last day trade that a small account may make."""

    limit: object
    sessions: object
    template = (
        "an order of {amount} {asset} opens a position after {limit} day trades "
        "in {sessions} sessions; wait, or hold more equity"
    )


class TradingControlViolation(UserError, ValueError):
    """An order breaks a trading control."""

    asset: object
    amount: object
    datetime: object
    constraint: object
    template = (
        "an order of {amount} {asset} at {datetime} breaks the control {constraint}; "
        "order within it or relax it"
    )


class AccountControlViolation(UserError, ValueError):
    """The account breaks an account control."""

    constraint: object
    template = "the account breaks the control {constraint}; trade within it or relax it"


# ------------------------------------------------------------------ fills and the ledger


class InvalidTransaction(CorruptStateError):
    """A fill does not go with its order."""

    txn: object
    order: object = None
    template = "fill {txn} does not go with order {order}; correct the model that made it"


class TransactionWithNoVolume(InvalidTransaction):
    """A fill has no volume."""

    template = "fill {txn} has a volume of zero; correct the slippage model that made it"


class TransactionWithNoAmount(InvalidTransaction):
    """A fill has an amount of zero."""

    template = "fill {txn} has an amount of zero; correct the slippage model that made it"


class TransactionWithWrongDirection(InvalidTransaction):
    """A fill goes against its order."""

    template = "fill {txn} goes against order {order}; correct the slippage model that made it"


class TransactionVolumeExceedsOrder(InvalidTransaction):
    """A fill is larger than what is open of its order."""

    template = "fill {txn} exceeds order {order}; correct the slippage model that made it"


class ImpossibleTransition(CorruptStateError):
    """An order was to go from one status to another that cannot follow it."""

    order_id: str
    from_status: object
    to_status: object
    template = "order {order_id} cannot go from {from_status} to {to_status}; report this as a bug"


class UnbalancedPosting(CorruptStateError):
    """The postings of a journal entry do not sum to zero."""

    entry: int
    commodity: str
    difference: object
    template = "entry {entry} is out of balance by {difference} {commodity}; report this as a bug"


class LotsMismatch(CorruptStateError):
    """The tax lots of an asset do not add up to its position."""

    asset: object
    lots: object
    position: object
    template = "the lots of {asset} are {lots}, the position is {position}; report this as a bug"
