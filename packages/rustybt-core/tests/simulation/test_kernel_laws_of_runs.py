"""Laws of the machinery: venue and book apart are what they are together, floats are near."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from accelerator_stubs import GivenAccelerator, registered
from hypothesis import given
from laws import whole_run
from random_runs import Case, cases, conditions, run_world
from worlds import ASSETS

from rustybt.data.adjustments import Split
from rustybt.execution import Blotter, Execution
from rustybt.finance.book_events import Book, CommissionCharge, Fill
from rustybt.simulation.verify import first_difference

# ------------------------------------------------------------------ venue and book apart

EVENTS = {kind.__name__: kind for kind in (Fill, CommissionCharge)}
BY_SID = {asset.sid: asset for asset in ASSETS.values()}


def letter(event: Fill | CommissionCharge) -> str:
    """An event as text."""
    return json.dumps({**event._asdict(), "asset": event.asset.sid, "kind": type(event).__name__})


def opened(text: str) -> Any:
    """The event of a letter, made of nothing but its text."""
    content = json.loads(text)
    kind, sid = content.pop("kind"), content.pop("asset")
    return EVENTS[kind](**content, asset=BY_SID[sid])


class ByPost:
    """A kernel whose venue tells its book by letters what has happened."""

    name: ClassVar[str] = "by post"
    idles: ClassVar[bool] = True

    def __init__(self, venue: Blotter, book: Book) -> None:
        self._venue = venue
        self._book = book

    def advance(self, at: int, session: int) -> Sequence[Execution]:
        executions = self._venue.advance(at, session)
        letters = [letter(execution.fill) for execution in executions]
        letters += [letter(e.charge) for e in executions if e.charge is not None]
        for text in letters:
            self._book.apply(opened(text))
        return executions


@pytest.fixture(scope="module")
def by_post() -> Iterator[None]:
    """While it is installed every run takes the kernel by post."""
    kernel = {"kernel": lambda venue, book, _: ByPost(venue, book)}
    with registered(GivenAccelerator(name="by post", capabilities=kernel)):
        yield


def run_with(choice: str, case: Case) -> Any:
    """The run of a case with an accelerator or without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSTYBT_ACCEL", choice)
        return case.run()


@whole_run
@given(case=cases())
def test_venue_and_book_apart_are_the_fused_kernel(case: Case, by_post: None) -> None:
    apart, fused = (run_with(choice, case) for choice in ("auto", "off"))
    assert (apart.result.manifest.kernel, fused.result.manifest.kernel) == ("by post", "python")
    again = dict(apart.result.tables.items())
    for name, frame in fused.result.tables.items():
        assert first_difference(frame, again[name]) is None, name


# ------------------------------------------------------------------ decimal and float64

MONEY_TOLERANCE = 1e-9
"""How far money of a float run may be from the exact one, relative to all that was moved."""

HALF_CENT = Decimal("0.01")
"""Cash in lieu that lies on half a cent may be rounded to either side of it by floats."""

in_shares = ("order", "order", "order_target", "cancel_order")


@whole_run
@given(case=cases(methods=in_shares, given=conditions(numeric=("decimal",))))
def test_floats_tell_the_same_story_and_nearly_the_same_money(case: Case) -> None:
    """Where no last digit decides: amounts in shares, and no limits.

    A share of money may be a lot away at its edge, and a price that slippage puts exactly on a
    limit is on either side of it in floats.
    """
    program = tuple(replace(act, limit=None, options={}) for act in case.program)
    exact, rough = (
        run_world(case.world, program, case.given, numeric=numeric).result
        for numeric in ("decimal", "float64")
    )
    for name in ("symbol", "created", "last_modified", "status"):
        assert exact.orders[name].to_list() == rough.orders[name].to_list()
    for name in ("order_id", "dt", "symbol"):
        assert exact.transactions[name].to_list() == rough.transactions[name].to_list()
    for ours, theirs in zip(
        exact.transactions["amount"], rough.transactions["amount"], strict=True
    ):
        assert float(ours) == pytest.approx(theirs, rel=1e-12, abs=1e-9)
    moved = sum(abs(money) for money in journal_money(exact))
    splits = sum(isinstance(event, Split) for event in case.world.events)
    slack = MONEY_TOLERANCE * float(moved) + float(HALF_CENT) * splits
    for name in ("ending_cash", "portfolio_value", "pnl", "ending_value"):
        for ours, theirs in zip(exact.performance[name], rough.performance[name], strict=True):
            assert float(ours) == pytest.approx(theirs, rel=0, abs=slack)


def journal_money(result: Any) -> list[Decimal]:
    journal = result.journal
    rows = journal["commodity", "amount"].iter_rows()
    return [amount for commodity, amount in rows if commodity == "USD"]
