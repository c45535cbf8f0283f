from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from finance.books import AAA, DECIMAL

from rustybt.finance.book_events import Fill
from rustybt.finance.transaction import DecimalTransaction
from rustybt.views import PublicView, ZiplineView

FILL = Fill(
    order_id="order-1",
    asset=AAA,
    at=1_577_998_800_000_000_000,
    session=0,
    amount=DECIMAL.amount(-5),
    price=DECIMAL.price("30.1"),
    sequence=1,
    strategy="carry",
)


def test_a_transaction_shows_a_fill_in_public_values() -> None:
    transaction = DecimalTransaction.from_fill(FILL, PublicView(DECIMAL), Decimal("0.05"))
    assert str(transaction.amount) == "-5"
    assert str(transaction.price) == "30.10"
    assert transaction.dt == datetime(2020, 1, 2, 21, tzinfo=UTC)
    assert (transaction.asset, transaction.sid, transaction.order_id) == (AAA, AAA, "order-1")
    assert transaction.commission == Decimal("0.05")
    with pytest.raises(AttributeError):
        transaction.price = Decimal(1)  # type: ignore[misc]


def test_ziplines_dictionary_of_a_transaction() -> None:
    assert DecimalTransaction.from_fill(FILL, ZiplineView(DECIMAL)).to_dict() == {
        "amount": -5,
        "dt": pd.Timestamp("2020-01-02 21:00", tz="UTC"),
        "price": 30.1,
        "order_id": "order-1",
        "sid": AAA,
        "commission": None,
    }
