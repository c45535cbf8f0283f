"""Daily bars of the assets."""

from rustybt.pipeline.data.dataset import Column, DataSet
from rustybt.pipeline.domain import US_EQUITIES
from rustybt.pipeline.dtypes import FLOAT, TEXT


class EquityPricing(DataSet):
    """Daily bars: prices in the currency of the asset, adjusted as of each session.

    A price is missing without a bar; a volume is 0 then. Splits, stock dividends, cash dividends,
    rights and spin-offs that are effective on or before a session adjust what is older.
    """

    open = Column(FLOAT, currency_aware=True)
    high = Column(FLOAT, currency_aware=True)
    low = Column(FLOAT, currency_aware=True)
    close = Column(FLOAT, currency_aware=True)
    volume = Column(FLOAT)
    currency = Column(TEXT)


USEquityPricing = EquityPricing.specialize(US_EQUITIES)
