"""What all corporate actions have in common."""

from typing import Any

import pytest
from finance.books import AAA, BBB, DECIMAL, FORK, OIL, ZIPLINE_RULES, desk

from rustybt.assets import Asset
from rustybt.errors import InvalidArgument
from rustybt.finance.action_events import Merged, ReturnOfCapital, SharesDistributed, SpunOff

# ---------------------------------------------------------------------- zipline's cost basis


@pytest.mark.parametrize(
    ("event", "terms", "bases"),
    [
        (Merged, {"into": BBB, "ratio": "1/2", "price": 24}, {BBB: 20}),
        (Merged, {"into": BBB, "ratio": "1/2", "cash": 5, "price": 14}, {BBB: 14}),
        (
            SpunOff,
            {"child": BBB, "ratio": "1/4", "cost_share": "1/5", "price": 8},
            {AAA: 8, BBB: 8},
        ),
        (ReturnOfCapital, {"per_share": 2}, {AAA: 8}),
    ],
)
@pytest.mark.parametrize("amount", [100, -100])
def test_zipline_averages_what_it_does_not_know(
    event: type[Any], terms: dict[str, Any], bases: dict[Asset, int], amount: int
) -> None:
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, amount, 10)
    book.act(event, AAA, **terms)
    found = {asset: float(book.cost_basis(asset)) for asset in book.ledger.positions}
    assert found == pytest.approx(bases, rel=1e-12)


@pytest.mark.parametrize(
    ("held", "left"), [(10, (60, 1100)), (-20, (30, 600)), (-80, (-30, -150)), (-50, None)]
)
def test_zipline_averages_what_arrives(held: int, left: tuple[int, int] | None) -> None:
    # 50 that had cost 20 each meet what was traded at 10 (10), at 5 (-20, -80, -50).
    book = desk(**ZIPLINE_RULES)
    book.fill(AAA, 100, 10)
    book.fill(BBB, held, 10 if held > 0 else 5)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=24)
    if left is None:
        assert book.ledger.positions == {}
    else:
        assert (float(book.amount(BBB)), float(book.cost(BBB))) == pytest.approx(left)


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("event", "asset", "terms"),
    [
        (Merged, OIL, {"cash": 5}),
        (Merged, AAA, {"into": OIL, "ratio": 1, "price": 5}),
        (SpunOff, OIL, {"child": AAA, "ratio": 1}),
        (SpunOff, AAA, {"child": OIL, "ratio": 1}),
        (SharesDistributed, OIL, {"pay": 20, "ratio": 1}),
        (ReturnOfCapital, OIL, {"per_share": 1}),
    ],
)
def test_futures_have_no_corporate_actions(
    event: type[Any], asset: Asset, terms: dict[str, Any]
) -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    book.fill(OIL, 1, 50)
    entries = len(book.journal)
    with pytest.raises(InvalidArgument, match="futures and swaps have no corporate actions"):
        book.act(event, asset, **terms)
    assert (len(book.journal), book.amount(AAA), book.cost(AAA)) == (entries, "100", "1000.00")


# ---------------------------------------------------------------------- what others are told


class Watcher:
    """Writes down which positions come and go."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def opened(self, position: Any) -> None:
        self.seen.append(f"+{position.asset.symbol}")

    def closed(self, position: Any) -> None:
        self.seen.append(f"-{position.asset.symbol} {position.amount}")


def test_listeners_hear_of_positions_that_come_and_go() -> None:
    book, watcher = desk(), Watcher()
    book.ledger.watch(watcher)
    book.fill(AAA, 101, 10)
    book.act(SpunOff, AAA, child=FORK, ratio=1, price=1)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=20)
    book.act(Merged, BBB, cash=20)
    assert watcher.seen == ["+AAA", "+BCH/USD", "-AAA 0", "+BBB", "-BBB 0"]


def test_values_are_new_after_an_action() -> None:
    book = desk()
    book.fill(AAA, 100, 10)
    assert book.money(book.ledger.totals().net_value) == "1000.00"
    assert book.ledger.position_columns().assets == (AAA,)
    book.act(Merged, AAA, into=BBB, ratio="1/2", price=20)
    assert book.money(book.ledger.totals().net_value) == "1000.00"
    columns = book.ledger.position_columns()
    assert (columns.assets, columns.amounts) == ((BBB,), (DECIMAL.amount(50),))
    assert (columns.cost_bases, columns.last_sale_prices) == (
        (DECIMAL.money(20),),
        (DECIMAL.price(20),),
    )


@pytest.mark.parametrize(
    ("event", "terms", "arrival"),
    [
        (Merged, {"into": BBB, "ratio": "1/2", "price": 24}, (BBB, "50", "0.5", "12.00", "24")),
        (Merged, {"cash": 5}, None),
        (SpunOff, {"child": BBB, "ratio": "1/2", "price": 8}, (BBB, "50", "0.5", "4.00", "8")),
        (
            SpunOff,
            {"child": BBB, "ratio": "1/2", "price": 8, "fractions": "drop"},
            (BBB, "50", "0.5", "0.00", "8"),
        ),
        (
            SharesDistributed,
            {"pay": 20, "ratio": "1/2", "fractions": "round_up"},
            (AAA, "152", "0", "0.00", "8"),
        ),
        (ReturnOfCapital, {"per_share": 5}, None),
    ],
)
def test_what_will_arrive_is_known_before(
    event: type[Any], terms: dict[str, Any], arrival: tuple[Any, ...] | None
) -> None:
    book = desk()
    book.fill(AAA, 101, 12)
    found = book.ledger.arrival(book.action(event, AAA, **terms))
    assert book.ledger.arrival(book.action(event, FORK, **terms)) is None
    if found is None or arrival is None:
        assert found == arrival
        return
    public = (
        found.asset,
        f"{DECIMAL.amount_value(found.units):f}",
        f"{DECIMAL.amount_value(found.fraction):f}",
        book.money(found.cash),
        f"{DECIMAL.price_value(found.price):f}",
    )
    assert public == arrival
