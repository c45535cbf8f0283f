"""What every borrow model and every financing model has to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar, Final

import pytest

from rustybt.assets import Asset
from rustybt.finance.borrow import BorrowModel
from rustybt.finance.financing import FinancingModel
from rustybt.testing._market import ASSETS, NUMERICS, SESSION, Numeric, number

_DAYS: Final = tuple(SESSION + timedelta(days=place) for place in range(8))
_VALUES: Final = ("0", "0.01", "12345.67", "1000000")
_LAST_DIGIT: Final = Decimal("1e-15")

Charge = Callable[[Any, date, date], Any]
"""What a value costs or earns from one day to another."""


class BorrowModelSuite:
    """Tests of a borrow model. A subclass gives the model by a fixture ``model``.

    The model is asked about assets of every kind on the eight days from 1 March 2024, a Friday.

    Attributes:
        assets: What it is asked about; by default one asset of each kind, by the symbols SHARE,
            CLJ24, COIN/USDT and EUR/USD.
    """

    assets: ClassVar[tuple[Asset, ...]] = ASSETS

    def test_is_a_borrow_model(self, model: BorrowModel) -> None:
        """It has the methods of the protocol."""
        assert isinstance(model, BorrowModel)

    def test_terms_are_possible(self, model: BorrowModel) -> None:
        """No rate and no availability below zero, in Decimals."""
        for asset in self.assets:
            for day in _DAYS:
                rate, units = model.rate(asset, day), model.available(asset, day)
                assert isinstance(rate, Decimal), f"{asset} {day}: {rate!r}"
                assert rate.is_finite(), f"{asset} {day}: {rate}"
                assert rate >= 0, f"{asset} {day}: {rate}"
                assert units is None or isinstance(units, Decimal), f"{asset} {day}: {units!r}"
                assert units is None or units >= 0, f"{asset} {day}: {units}"

    def test_what_is_recalled_is_not_lent(self, model: BorrowModel) -> None:
        """On the day of a recall nothing can be held short."""
        for asset in self.assets:
            for day in _DAYS:
                recalled = model.recalled(asset, day)
                assert isinstance(recalled, bool), f"{asset} {day}: {recalled!r}"
                assert not recalled or model.available(asset, day) == 0, f"{asset} {day}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_fee_is_money_and_never_earned(self, model: BorrowModel, numeric: Numeric) -> None:
        """Zero or more, for longs and shorts alike."""
        for asset in self.assets:
            fee = _fee_of(model, asset)
            for value in _signed_values(numeric):
                charge = fee(value, _DAYS[0], _DAYS[-1])
                _check_kind(charge, numeric)
                assert charge >= 0, f"{asset} {value}: {charge}"
                assert charge == fee(-value, _DAYS[0], _DAYS[-1]), f"{asset} {value}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_fees_of_nights_add_up(self, model: BorrowModel, numeric: Numeric) -> None:
        """No night costs nothing, and several what each of them costs."""
        for asset in self.assets:
            _check_nights(_fee_of(model, asset), numeric)

    def test_decimals_and_floats_agree(self, model: BorrowModel) -> None:
        """The two arithmetics are one formula."""
        for asset in self.assets:
            _check_agreement(_fee_of(model, asset))


class FinancingModelSuite:
    """Tests of a financing model. A subclass gives the model by a fixture ``model``.

    The model is asked on the eight days from 1 March 2024, a Friday.

    Attributes:
        currencies: Currencies of cash that it is asked about.
        assets: Positions that it is asked about; by default one asset of each kind, by the
            symbols SHARE, CLJ24, COIN/USDT and EUR/USD.
    """

    currencies: ClassVar[tuple[str, ...]] = ("USD",)
    assets: ClassVar[tuple[Asset, ...]] = ASSETS

    def test_is_a_financing_model(self, model: FinancingModel) -> None:
        """It has the methods of the protocol."""
        assert isinstance(model, FinancingModel)

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_nobody_earns_by_owing_what_he_owns(
        self, model: FinancingModel, numeric: Numeric
    ) -> None:
        """Cash and a debt of one size, a long and a short of one size, earn nothing together."""
        for charge in self._charges(model):
            for value in _signed_values(numeric):
                both = [charge(each, _DAYS[0], _DAYS[-1]) for each in (value, -value)]
                for one in both:
                    _check_kind(one, numeric)
                assert sum(both) <= 0, f"{value}: {both}"

    @pytest.mark.parametrize("numeric", NUMERICS)
    def test_nights_add_up(self, model: FinancingModel, numeric: Numeric) -> None:
        """No night brings nothing, and several what each of them brings."""
        for charge in self._charges(model):
            _check_nights(charge, numeric)

    def test_decimals_and_floats_agree(self, model: FinancingModel) -> None:
        """The two arithmetics are one formula."""
        for charge in self._charges(model):
            _check_agreement(charge)

    def _charges(self, model: FinancingModel) -> list[Charge]:
        return [
            *(_interest_of(model, currency) for currency in self.currencies),
            *(_swap_of(model, asset) for asset in self.assets),
        ]


def _fee_of(model: BorrowModel, asset: Asset) -> Charge:
    return lambda value, since, until: model.fee(asset, value, since=since, until=until)


def _interest_of(model: FinancingModel, currency: str) -> Charge:
    return lambda cash, since, until: model.interest(cash, currency, since=since, until=until)


def _swap_of(model: FinancingModel, asset: Asset) -> Charge:
    return lambda amount, since, until: model.swap(asset, amount, since=since, until=until)


def _signed_values(numeric: Numeric) -> list[Any]:
    values = [number(value, numeric) for value in _VALUES]
    return [*values, *(-value for value in values)]


def _check_kind(charge: Any, numeric: Numeric) -> None:  # noqa: ANN401 - of either kind
    kind = Decimal if numeric == "decimal" else float
    assert isinstance(charge, kind), f"{charge!r}"
    assert isfinite(charge), f"{charge!r}"


def _check_nights(charge: Charge, numeric: Numeric) -> None:
    """Spans of no night bring nothing; cut anywhere, a span brings what its parts bring."""
    for value in _signed_values(numeric):
        assert charge(value, _DAYS[0], _DAYS[0]) == 0, f"{value}"
        whole = charge(value, _DAYS[0], _DAYS[-1])
        slack = _LAST_DIGIT if numeric == "decimal" else 1e-9 * abs(whole) + 1e-12
        for middle in _DAYS[1:-1]:
            parts = charge(value, _DAYS[0], middle) + charge(value, middle, _DAYS[-1])
            assert abs(parts - whole) <= slack, f"{value} cut on {middle}: {parts} and {whole}"


def _check_agreement(charge: Charge) -> None:
    for exact, floating in zip(_signed_values("decimal"), _signed_values("float64"), strict=True):
        expected = float(charge(exact, _DAYS[0], _DAYS[-1]))
        found = charge(floating, _DAYS[0], _DAYS[-1])
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), f"{exact}"
