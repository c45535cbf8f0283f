"""The functions of an algorithm about money: costs of the night, currencies."""

from typing import TYPE_CHECKING

from rustybt.algorithm.base import AlgorithmBase
from rustybt.algorithm.environment import Phase
from rustybt.errors import InvalidArgument, SetModelPostInit, UnsupportedModel
from rustybt.finance.conversion import selling
from rustybt.values import parse_decimal

if TYPE_CHECKING:
    from rustybt.finance.borrow import BorrowModel
    from rustybt.finance.conversion import ConversionModel
    from rustybt.finance.financing import FinancingModel
    from rustybt.finance.withholding import WithholdingModel


class MoneyMethods(AlgorithmBase):
    """`set_borrow`, `set_financing`, `set_conversion`, `convert_currency`."""

    def set_borrow(self, model: "BorrowModel") -> None:
        """Choose what it costs to hold short positions; without a model nothing.

        Raises:
            SetModelPostInit: Called outside `initialize`.
            UnsupportedModel: It is no borrow model.
        """
        from rustybt.finance.borrow import BorrowModel

        self._setting("set_borrow")
        if not isinstance(model, BorrowModel):
            raise UnsupportedModel(given=model)
        self._env.overnight.borrow = model

    def set_financing(self, *models: "FinancingModel") -> None:
        """Choose what cash and currency pairs cost or earn overnight; several are added up.

        Raises:
            SetModelPostInit: Called outside `initialize`.
            InvalidArgument: One is no financing model.
        """
        from rustybt.finance.financing import Financing

        self._setting("set_financing")
        self._env.overnight.financing = Financing(*models)

    def set_conversion(self, model: "ConversionModel") -> None:
        """Choose what exchanges of currencies cost beside the rate; without a model nothing.

        Raises:
            SetModelPostInit: Called outside `initialize`.
            UnsupportedModel: It is no conversion model.
        """
        from rustybt.finance.conversion import ConversionModel

        self._setting("set_conversion")
        if not isinstance(model, ConversionModel):
            raise UnsupportedModel(given=model)
        self._env.conversion = model

    def set_withholding(self, model: "WithholdingModel") -> None:
        """Choose the tax that is taken from dividends received; without a model none.

        Raises:
            SetModelPostInit: Called outside `initialize`.
            UnsupportedModel: It is no withholding model.
        """
        from rustybt.finance.withholding import WithholdingModel

        self._setting("set_withholding")
        if not isinstance(model, WithholdingModel):
            raise UnsupportedModel(given=model)
        self._env.ledger.withholding = model

    def convert_currency(self, amount: object, sell: str, buy: str) -> None:
        """Exchange money of one currency for another, at the rate as of now.

        What it costs is taken from the money received, see `set_conversion`.

        Args:
            amount: How much to give, above zero.
            sell: The currency to give.
            buy: The currency to receive.

        Raises:
            InvalidArgument: The amount is not above zero, or the currencies are the same.
            InsufficientFundsError: A cash account has less of the currency to give.
            MissingRate: There is no rate of the two as of now.
        """
        env = self._env
        if env.phase is Phase.INITIALIZE:
            raise InvalidArgument(
                field="convert_currency", value=amount, reason="call it after initialize"
            )
        sold = env.arithmetic.money(parse_decimal(amount, field="amount"), "amount")
        if sold <= 0 or sell == buy:
            reason = "give an amount above zero and two currencies"
            raise InvalidArgument(
                field="convert_currency", value=f"{amount} {sell} to {buy}", reason=reason
            )
        env.funds.check_exchange(sell, sold)
        event = selling(env.ledger, sold, sell, buy, at=env.now, model=env.conversion)
        env.ledger.apply(event)

    def _setting(self, name: str) -> None:
        if self._env.phase is not Phase.INITIALIZE:
            raise SetModelPostInit(name=name)
