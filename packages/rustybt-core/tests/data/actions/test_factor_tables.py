"""What corporate actions multiply earlier prices with, against a table worked out by hand."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from worked_tables import Row, agree, column, rounded, table

from rustybt.data.actions import (
    Action,
    CashDividend,
    RightsOffering,
    SpinOff,
    Split,
    StockDividend,
    unexchanged,
)
from rustybt.data.adjustments import Adjustments
from rustybt.values import Ratio

CASES = table(__file__, "factor_cases.csv")
DAY = 100


def action_of(row: Row) -> Action:
    given = (term.split("=") for term in row["terms"].split())
    terms: dict[str, Any] = {
        name: Ratio.parse(text) if name == "ratio" else Decimal(text) for name, text in given
    }
    match row["action"]:
        case "split":
            return Split(sid=1, effective=DAY, **terms)
        case "stock dividend":
            return StockDividend(sid=1, ex=DAY, pay=DAY, **terms)
        case "dividend":
            return CashDividend(sid=1, ex=DAY, pay=DAY, **terms)
        case "rights":
            return RightsOffering(sid=1, ex=DAY, expiry=DAY, **terms)
    return SpinOff(sid=1, effective=DAY, child=2, **terms)


@pytest.mark.parametrize(**column(CASES, labels=("action", "terms", "close")))
def test_the_factor_on_earlier_prices(row: Row) -> None:
    """To 18 digits; what would leave nothing, or saves nothing, changes nothing."""
    assert agree(row, "factor", places=18)
    close, written = Decimal(row["close"]), Fraction(row["factor"])
    found = Adjustments.of([action_of(row)]).factors(1, lambda _sid, _day: close, unexchanged)
    product = Fraction(1)
    for factor in found:
        product *= factor.price.as_fraction()
    assert rounded(product, 18) == (written if written > 0 else 1)
