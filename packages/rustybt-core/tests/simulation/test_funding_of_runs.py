"""What perpetual swaps pay and get in whole runs, worked out by hand.

Every case has its arithmetic beside it: amount x mark (x multiplier) x rate. An order of bar n is
filled at the close of bar n + 1 and owes from bar n + 2 on.
"""

from dataclasses import dataclass, field
from decimal import Decimal as D
from typing import Any

import pytest
from funding_markets import funding_market, numbers, postings_of, swap
from markets import play

from rustybt.assets import Perpetual
from rustybt.finance.accounts import COSTS


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run of one swap.

    Attributes:
        bars: Tokens of `funding_markets`: daily bars, or minutes where there is a ``|``.
        orders: Amounts by number of the bar of the run.
        pays: Every payment: the sum and its result, negative is received.
        at: How the run is made of the minutes.
        multiplier: Money per unit of price and amount.
        options: Of `run_algorithm`.
        limit: Limit price of the orders.
    """

    bars: str
    orders: dict[int, str]
    pays: str
    at: str = "1m"
    multiplier: str = "1"
    options: dict[str, Any] = field(default_factory=dict)
    limit: str | None = None


LONG, SHORT = {0: "2"}, {0: "-2"}

DAILY = {
    # ------------------------------------------------------ who pays whom
    "a long pays": Case(bars="100 100 100@0.001 100", orders=LONG, pays="2 x 100 x 0.001 = 0.2"),
    "a short gets": Case(
        bars="100 100 100@0.001 100", orders=SHORT, pays="-2 x 100 x 0.001 = -0.2"
    ),
    "a long gets where the rate is negative": Case(
        bars="100 100 100@-0.001 100", orders=LONG, pays="2 x 100 x -0.001 = -0.2"
    ),
    "a short pays where the rate is negative": Case(
        bars="100 100 100@-0.001 100", orders=SHORT, pays="-2 x 100 x -0.001 = 0.2"
    ),
    "a rate of zero is no payment": Case(bars="100 100 100@0 100@0", orders=LONG, pays=""),
    "no rate is no payment": Case(bars="100@0.5 100 100 100", orders=LONG, pays=""),
    "of a large rate": Case(bars="100 100 100@0.75", orders=LONG, pays="2 x 100 x 0.75 = 150"),
    # ------------------------------------------------------ at which price
    "the mark is the bar's close": Case(
        bars="100 100 110@0.001 120", orders=LONG, pays="2 x 110 x 0.001 = 0.22"
    ),
    "the mark is none of the bar's other prices": Case(
        bars="100 100 90/130/80/110@0.001", orders=LONG, pays="2 x 110 x 0.001 = 0.22"
    ),
    "a short's as well": Case(
        bars="100 100 90/130/80/110@0.001", orders=SHORT, pays="-2 x 110 x 0.001 = -0.22"
    ),
    "each on its own mark": Case(
        bars="100 100 110@0.001 90@0.001 120@-0.002",
        orders=LONG,
        pays="2 x 110 x 0.001 = 0.22; 2 x 90 x 0.001 = 0.18; 2 x 120 x -0.002 = -0.48",
    ),
    "a row without a price counts at the last one": Case(
        bars="100 100 105 ~@0.001 110", orders=LONG, pays="2 x 105 x 0.001 = 0.21"
    ),
    "two of them": Case(
        bars="100 100 105 ~@0.001 ~@-0.003",
        orders=SHORT,
        pays="-2 x 105 x 0.001 = -0.21; -2 x 105 x -0.003 = 0.63",
    ),
    "a day without a row pays nothing": Case(
        bars="100 100 - 104@0.001", orders=LONG, pays="2 x 104 x 0.001 = 0.208"
    ),
    "a run that ends without rows": Case(
        bars="100 100 104@0.001 - - 100", orders=LONG, pays="2 x 104 x 0.001 = 0.208"
    ),
    # ------------------------------------------------------ which amount
    "what is not yet held owes nothing": Case(bars="100@0.001 100 100", orders=LONG, pays=""),
    "what a bar opens owes nothing in it": Case(bars="100 100@0.001 100", orders=LONG, pays=""),
    "what a bar opens gets nothing in it": Case(bars="100 100@-0.001 100", orders=LONG, pays=""),
    "what a bar closes owes in it": Case(
        bars="100 100 100@0.001 100@0.001", orders={0: "2", 1: "-2"}, pays="2 x 100 x 0.001 = 0.2"
    ),
    "what a bar covers gets in it": Case(
        bars="100 100 100@0.001 100@0.001", orders={0: "-2", 1: "2"}, pays="-2 x 100 x 0.001 = -0.2"
    ),
    "what was closed before owes nothing": Case(
        bars="100 100 100 100@0.001", orders={0: "2", 1: "-2"}, pays=""
    ),
    "what is added owes from the next bar on": Case(
        bars="100 100 100@0.001 100@0.001",
        orders={0: "2", 1: "3"},
        pays="2 x 100 x 0.001 = 0.2; 5 x 100 x 0.001 = 0.5",
    ),
    "what is sold in part owes to the last bar": Case(
        bars="100 100 100@0.001 100@0.001",
        orders={0: "5", 1: "-3"},
        pays="5 x 100 x 0.001 = 0.5; 2 x 100 x 0.001 = 0.2",
    ),
    "a position that turns": Case(
        bars="100 100 100@0.001 100@0.001",
        orders={0: "2", 1: "-5"},
        pays="2 x 100 x 0.001 = 0.2; -3 x 100 x 0.001 = -0.3",
    ),
    "a short that turns": Case(
        bars="100 100 100@-0.002 110@0.001",
        orders={0: "-2", 1: "6"},
        pays="-2 x 100 x -0.002 = 0.4; 4 x 110 x 0.001 = 0.44",
    ),
    "one that is opened again": Case(
        bars="100 100 100@0.001 100@0.001 100@0.001 100@0.001",
        orders={0: "2", 1: "-2", 3: "1"},
        pays="2 x 100 x 0.001 = 0.2; 1 x 100 x 0.001 = 0.1",
    ),
    "filled at the open of a bar": Case(
        bars="100 100@0.001 100@0.002",
        orders=LONG,
        pays="2 x 100 x 0.002 = 0.4",
        options={"fill_at": "open"},
    ),
    "closed at the open of a bar": Case(
        bars="100 100@0.001 100@0.002 100@0.004",
        orders={0: "2", 1: "-2"},
        pays="2 x 100 x 0.002 = 0.4",
        options={"fill_at": "open"},
    ),
    "a limit that is not reached": Case(
        bars="100 100@0.001 100@0.002 90@0.003 90@0.004",
        orders=LONG,
        limit="95",
        pays="2 x 90 x 0.004 = 0.72",
    ),
    # ------------------------------------------------------ multipliers and digits
    "contracts of 10": Case(
        bars="100 100 110@0.001", orders=LONG, multiplier="10", pays="2 x 110 x 10 x 0.001 = 2.2"
    ),
    "contracts of a thousandth": Case(
        bars="60000 60000 60000@0.0001",
        orders={0: "-7"},
        multiplier="0.001",
        pays="-7 x 60000 x 0.001 x 0.0001 = -0.042",
    ),
    "contracts of 100, negative rate": Case(
        bars="5 5 4@-0.0005",
        orders={0: "30"},
        multiplier="100",
        pays="30 x 4 x 100 x -0.0005 = -6",
    ),
    "a fraction of a coin": Case(
        bars="60000 60000 60000.5@0.0001",
        orders={0: "0.12345678"},
        pays="0.12345678 x 60000.5 x 0.0001 = 0.740746852839",
    ),
    "a coin of little worth": Case(
        bars="0.00001234 0.00001234 0.00001234@0.0003",
        orders={0: "1000000"},
        pays="1000000 x 0.00001234 x 0.0003 = 0.003702",
    ),
    "eighteen decimals of a rate": Case(
        bars="100 100 100@0.000012345678901234",
        orders=LONG,
        pays="2 x 100 x 0.000012345678901234 = 0.0024691357802468",
    ),
    "a rate that looks like a fraction": Case(
        bars="100 100 1000@0.000333333333333333",
        orders={0: "3"},
        pays="3 x 1000 x 0.000333333333333333 = 0.999999999999999",
    ),
    "rounded half even at 16, up": Case(
        bars="0.5 0.5 0.5@0.00000001",  # 0.00000003 x 0.5 x 0.00000001 = 1.5E-16
        orders={0: "0.00000003"},
        pays="1.5E-16 = 2E-16",
    ),
    "rounded half even at 16, down": Case(
        bars="0.5 0.5 0.5@0.00000001",  # 0.00000005 x 0.5 x 0.00000001 = 2.5E-16
        orders={0: "-0.00000005"},
        pays="-2.5E-16 = -2E-16",
    ),
    "rounded once: the value alone would be cut": Case(
        bars="0.00000001 0.00000001 0.00000001@50000",  # 3E-8 x 1E-8 x 50000 x 0.5
        orders={0: "0.00000003"},
        multiplier="0.5",
        pays="3E-16 x 0.5 x 50000 = 7.5E-12",
    ),
}

# Six minutes a session; the minutes of the second one are bars 6 to 11 of a run of minutes.
MINUTELY = {
    "minutes: once in a session": Case(
        bars="100 100 101 102@0.001 103 104", orders=LONG, pays="2 x 102 x 0.001 = 0.204"
    ),
    "minutes: several a day": Case(
        bars="100 100 101@0.001 102@-0.002 103 104@0.003",
        orders=LONG,
        pays="2 x 101 x 0.001 = 0.202; 2 x 102 x -0.002 = -0.408; 2 x 104 x 0.003 = 0.624",
    ),
    "minutes: the same, short": Case(
        bars="100 100 101@0.001 102@-0.002 103 104@0.003",
        orders=SHORT,
        pays="-2 x 101 x 0.001 = -0.202; -2 x 102 x -0.002 = 0.408; -2 x 104 x 0.003 = -0.624",
    ),
    "minutes: opened in the minute of the payment": Case(
        bars="100 100@0.001 100 100 100 100", orders=LONG, pays=""
    ),
    "minutes: opened a minute before": Case(
        bars="100 100 100@0.001 100 100 100", orders=LONG, pays="2 x 100 x 0.001 = 0.2"
    ),
    "minutes: closed in the minute of the payment": Case(
        bars="100 100 100 101@0.001 100 100",
        orders={0: "2", 2: "-2"},
        pays="2 x 101 x 0.001 = 0.202",
    ),
    "minutes: closed a minute before": Case(
        bars="100 100 100 100@0.001 100 100", orders={0: "2", 1: "-2"}, pays=""
    ),
    "minutes: the last of a session": Case(
        bars="100 100 100 100 100 107@0.001 | 100 100 100 100 100 100",
        orders=LONG,
        pays="2 x 107 x 0.001 = 0.214",
    ),
    "minutes: the first of the next one": Case(
        bars="100 100 100 100 100 107 | 109@0.001 100 100 100 100 100",
        orders=LONG,
        pays="2 x 109 x 0.001 = 0.218",
    ),
    "minutes: a minute without a price": Case(
        bars="100 100 103 ~@0.001 100 100", orders=LONG, pays="2 x 103 x 0.001 = 0.206"
    ),
    "minutes: a minute without a row before it": Case(
        bars="100 100 - - 100@0.001 100", orders=LONG, pays="2 x 100 x 0.001 = 0.2"
    ),
    "minutes: a session without a bar": Case(
        bars="100 100 103 103 103 103 | - - - - - - | - ~@0.001 100 100 100 100",
        orders=LONG,
        pays="2 x 103 x 0.001 = 0.206",
    ),
    "minutes: a session with nothing but a payment": Case(
        bars="100 100 103 103 103 103 | ~@0.001 - - - - ~@0.002 | 100 100 100 100 100 100",
        orders=SHORT,
        pays="-2 x 103 x 0.001 = -0.206; -2 x 103 x 0.002 = -0.412",
    ),
    "minutes: contracts of 10": Case(
        bars="100 100 101@0.001 100 100 100",
        orders=SHORT,
        multiplier="10",
        pays="-2 x 101 x 10 x 0.001 = -2.02",
    ),
    # ------------------------------------------------------ bars longer than the rates'
    # Bars of three minutes: orders of bar 0 fill in bar 1, the second half of the session.
    "three minutes: at the end of a bar": Case(
        bars="1 1 1 1 1 1 | 100 101 102@0.001 103 104 105",
        orders=LONG,
        at="3m",
        pays="2 x 102 x 0.001 = 0.204",
    ),
    "three minutes: inside a bar": Case(
        bars="1 1 1 1 1 1 | 100 101@0.001 102 103 104 105",
        orders=LONG,
        at="3m",
        pays="2 x 101 x 0.001 = 0.202",
    ),
    "three minutes: inside and at the end": Case(
        bars="1 1 1 1 1 1 | 100@0.002 101 102@0.001 103 104 105@-0.001",
        orders=SHORT,
        at="3m",
        pays="-2 x 100 x 0.002 = -0.4; -2 x 102 x 0.001 = -0.204; -2 x 105 x -0.001 = 0.21",
    ),
    "three minutes: inside, at the newest price by then": Case(
        bars="1 1 1 1 1 1 | 100 ~@0.001 102 103 104 105",
        orders=LONG,
        at="3m",
        pays="2 x 100 x 0.001 = 0.2",
    ),
    "three minutes: inside, before any price of the bar": Case(
        bars="1 1 1 1 1 50 | ~@0.001 101 102 103 104 105",
        orders=LONG,
        at="3m",
        pays="2 x 50 x 0.001 = 0.1",
    ),
    "three minutes: inside the bar that opens": Case(
        bars="1 1 1 1 1@0.001 1@0.002 | 1 1 1 1 1 1", orders=LONG, at="3m", pays=""
    ),
    "three minutes: inside the bar that closes": Case(
        bars="1 1 1 1 1 1 | 100 101@0.001 102 103@0.001 104 105",
        orders={0: "2", 1: "-2"},
        at="3m",
        pays="2 x 101 x 0.001 = 0.202",
    ),
    "days of minutes: all of a day": Case(
        bars="1 1 1 1 1 1 | 1 1 1 1 1 1 | 100 101@0.001 102 103@0.002 104 105@-0.003",
        orders=LONG,
        at="1d",
        pays="2 x 101 x 0.001 = 0.202; 2 x 103 x 0.002 = 0.412; 2 x 105 x -0.003 = -0.63",
    ),
    "days of minutes: the day that opens": Case(
        bars="1 1 1 1 1 1 | 1 1@0.001 1 1 1 1@0.002 | 1 1 1 1 1 1", orders=LONG, at="1d", pays=""
    ),
    "days of minutes: the day that closes": Case(
        bars="1 1 1 1 1 1 | 1 1 1 1 1 1 | 100 101@0.001 102 103 104 105@0.001",
        orders={0: "2", 1: "-2"},
        at="1d",
        pays="2 x 101 x 0.001 = 0.202; 2 x 105 x 0.001 = 0.21",
    ),
    "days of minutes: a price of the day before": Case(
        bars="1 1 1 1 1 1 | 1 1 1 1 1 70 | ~@0.001 101 102 103 104 105",
        orders=SHORT,
        at="1d",
        pays="-2 x 70 x 0.001 = -0.14",
    ),
}

CASES = {**DAILY, **MINUTELY}


def run(case: Case, numeric: str = "decimal") -> tuple[Perpetual, Any]:
    asset = swap(price_multiplier=D(case.multiplier))
    daily = case in DAILY.values()
    market = (
        funding_market({asset: case.bars}) if daily else funding_market(minute={asset: case.bars})
    )

    def placing(amount: str) -> Any:
        prices = {} if case.limit is None else {"limit_price": D(case.limit)}
        return lambda c, d: c.order(asset, D(amount), **prices)

    frequency = "1d" if daily else case.at
    actions = {bar: placing(amount) for bar, amount in case.orders.items()}
    options = {"data_frequency": frequency, "numeric": numeric, **case.options}
    return asset, play(market, actions, **options)


def like(value: Any, numeric: str) -> Any:
    """Exactly that in Decimals; in floats, but for the order of additions."""
    return value if numeric == "decimal" else pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("numeric", ["decimal", "float64"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_paid(case: Case, numeric: str) -> None:
    asset, played = run(case, numeric)
    expected: Any = numbers(case.pays)
    if numeric == "float64":
        expected = pytest.approx([float(money) for money in expected], rel=1e-12, abs=1e-15)
    assert postings_of(played.result, asset) == expected
    assert all(status == "FILLED" for status in played.statuses)
    total = sum(postings_of(played.result), D(0) if numeric == "decimal" else 0.0)
    assert sum(played.column("funding")) == like(total, numeric)
    for row in played.result.performance.iter_rows(named=True):
        costs = sum(row[kind] for kind in COSTS)
        assert row["gross_pnl"] - costs == like(row["pnl"], numeric)
    # Nothing else costs anything: round trips pay what the journal says.
    assert sum(played.result.trades["other_costs"]) == like(total, numeric)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 60
