"""Comparing corporate actions."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Final

import numpy as np
import polars as pl

from rustybt.calendars import from_day, get_calendar
from rustybt.data.actions import Action
from rustybt.data.adjustments import Adjustments, CashDividend
from rustybt.data.bundle import BundleData
from rustybt.data.bundles.migration import Compared
from rustybt_data.zipline.stored import StoredBundle

_TOLERANCE: Final = 1e-9


def compared_actions(expected: Adjustments, actual: Adjustments) -> Iterator[Compared]:
    """Compare the actions of each kind, every field of them."""
    yield _compared("splits", expected.splits(), actual.splits())
    yield _compared("cash dividends", expected.dividends(), actual.dividends())
    yield _compared("stock dividends", expected.stock_dividends(), actual.stock_dividends())
    others: list[Action] = [*actual.mergers(), *actual.spin_offs(), *actual.rights()]
    others += actual.delistings()
    if others:
        yield _compared("other actions", (), others)


def compared_factors(stored: StoredBundle, bundle: BundleData) -> tuple[Compared, tuple[str, ...]]:
    """Compare the factors on prices that Zipline computed with those that follow from the bars.

    Returns:
        The comparison, and notes about dividends that are something else here.
    """
    stated: dict[tuple[int, int], list[float]] = defaultdict(list)
    for sid, day, factor in stored.actions.factors:
        stated[sid, day].append(factor)
    differences, without = [], 0
    dividends = bundle.adjustments.dividends()
    for key, due in _computed(dividends, bundle).items():
        without += sum(not _taken(stated.get(key, []), factor) for factor in due)
    for (sid, day), rest in stated.items():
        differences += [
            f"the factor {factor} on prices of sid {sid} before {from_day(day)} follows from no "
            "dividend and close"
            for factor in rest
        ]
    return (
        Compared(
            what="factors of dividends",
            items=len(stored.actions.factors),
            values=len(stored.actions.factors),
            differences=tuple(differences),
        ),
        tuple(_notes(without, stored.actions.unpaid)),
    )


def _compared(what: str, expected: Iterable[Action], actual: Iterable[Action]) -> Compared:
    wanted, found = Counter(expected), Counter(actual)
    return Compared(
        what=what,
        items=wanted.total(),
        values=sum(len(fields(action)) for action in wanted.elements()),
        differences=(
            *(f"missing: {action}" for action in (wanted - found).elements()),
            *(f"not in the bundle: {action}" for action in (found - wanted).elements()),
        ),
    )


def _computed(
    dividends: Iterable[CashDividend], bundle: BundleData
) -> Mapping[tuple[int, int], list[float | None]]:
    """By sid and ex day the factor of each dividend; None without a close on the eve."""
    by_sid: dict[int, list[CashDividend]] = defaultdict(list)
    for dividend in dividends:
        by_sid[dividend.sid].append(dividend)
    factors: dict[tuple[int, int], list[float | None]] = defaultdict(list)
    for sid, paid in by_sid.items():
        closes = _closes(bundle, sid)
        for dividend in paid:
            close = closes.get(_eve(bundle.calendar, dividend.ex))
            factor = None if close is None else 1 - float(dividend.amount) / close
            factors[sid, dividend.ex].append(factor)
    return factors


def _closes(bundle: BundleData, sid: int) -> dict[int, float]:
    if bundle.daily is None:
        return {}
    bars = bundle.daily.read([sid], -(2**40), 2**40, ["close"])
    closes = bars["close"].cast(pl.Float64) / 10.0**bundle.daily.price_scale
    return dict(zip(bars["at"].to_list(), closes.to_list(), strict=True))


def _eve(calendar: str, day: int) -> int:
    """The session before a day."""
    sessions = get_calendar(calendar).sessions
    return int(sessions[max(bisect_left(sessions, np.int64(day)) - 1, 0)])


def _taken(stated: list[float], factor: float | None) -> bool:
    """Strike out the stated factor that a computed one is; whether there was one."""
    for place, each in enumerate(stated):
        if factor is not None and math.isclose(each, factor, rel_tol=_TOLERANCE):
            del stated[place]
            return True
    return False


def _notes(without: int, unpaid: int) -> Iterator[str]:
    if without:
        yield (
            f"{without:,} dividends change no earlier prices in Zipline, for want of a close on "
            "the session before or since they are larger than it; here they do wherever an "
            "earlier close is known and larger"
        )
    if unpaid:
        yield (
            f"{unpaid:,} dividends have no day of payment; Zipline never pays them, here they are "
            "paid on their ex day"
        )
