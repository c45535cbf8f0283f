"""Money of columns, exchanged for another currency: `BoundColumn.fx`."""

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rustybt.calendars import TradingCalendar
from rustybt.data.bundle import BundleData
from rustybt.data.coefficients import BoolArray
from rustybt.data.rates import ExchangeRates
from rustybt.pipeline.data.dataset import BoundColumn
from rustybt.pipeline.loaders.base import FloatArray, Loaded, LoadRequest

CURRENCY: Final = "currency"
"""Name of the column of a data set that says in which currency its money is."""


def currencies_of(column: BoundColumn) -> BoundColumn | None:
    """The column that says in which currency a converted one is; None where that is the asset's."""
    if column.currency is None or CURRENCY not in column.dataset.declared:
        return None
    return column.dataset.column(CURRENCY)


class MoneyExchange:
    """Exchanges money at the rates that a bundle knows. No rate is read before one is needed.

    Args:
        bundle: The data.
        calendar: Whose closes count.
    """

    def __init__(self, bundle: BundleData, calendar: TradingCalendar) -> None:
        self._bundle = bundle
        self._calendar = calendar

    def converted(
        self, column: BoundColumn, loaded: Loaded, currencies: Loaded | None, request: LoadRequest
    ) -> Loaded:
        """A column in the currency that it asks for.

        Each value is exchanged at the rate known at the close of the session that it is of; one
        whose own currency is not known becomes missing. Factors stay as they are: they have no
        unit.

        Args:
            column: The column.
            loaded: Its values as they were reported.
            currencies: Their currencies; None: those of the assets.
            request: The assets and rows.

        Raises:
            MissingRate: A value has no rate, or none that was new enough.
        """
        assert column.currency is not None, "the column is to be converted"
        values: FloatArray = loaded.values
        given = self._of_assets(request) if currencies is None else currencies.values
        if given.strides[1] == 0:  # of each asset one
            given = given[:, :1]
        result = np.full(values.shape, np.nan)
        present = ~np.isnan(values)
        for name in sorted({str(name) for name in given.ravel().tolist() if name is not None}):
            money: BoolArray = present & (given == name)
            rates = self._rates_of(name, column.currency, np.any(money, axis=0), request)
            np.multiply(values, rates, out=result, where=money)
        return Loaded(result, loaded.steps)

    def _rates_of(
        self, base: str, quote: str, needed: BoolArray, request: LoadRequest
    ) -> FloatArray:
        """The rate of each row in which one is needed; 1 elsewhere."""
        found = np.ones(len(needed))
        if base == quote:
            return found
        for row in np.flatnonzero(needed).tolist():
            at = self._calendar.session_close(request.first - 1 + row)
            found[row] = float(self._rates.rate(base, quote, at))
        return found

    def _of_assets(self, request: LoadRequest) -> NDArray[Any]:
        assets = self._bundle.finder.retrieve_all(request.sids.tolist())
        return np.array([[asset.currency] for asset in assets], dtype=object).reshape(-1, 1)

    @cached_property
    def _rates(self) -> ExchangeRates:
        from rustybt.data.pair_rates import rates_of_bundle

        return rates_of_bundle(self._bundle, calendar=self._calendar)
