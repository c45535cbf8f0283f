"""Checks of bars as they come."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from rustybt.calendars import Moment, TradingCalendar, from_ns, to_day, to_ns
from rustybt.clock.resolution import Resolution
from rustybt.data.schemas import BAR_FIELDS, MAX_DIGITS, PRICE_FIELDS
from rustybt.errors import InvalidArgument, InvalidNumber
from rustybt.streams import Bar
from rustybt.values import parse_decimal
from rustybt_data.quality.actions import Actions
from rustybt_data.quality.batch import Assets, Subject
from rustybt_data.quality.catalogue import OUTCOMES, RULES
from rustybt_data.quality.checker import SymbolChecker
from rustybt_data.quality.findings import Finding
from rustybt_data.quality.rows import Rows
from rustybt_data.quality.rules import RuleSet


class LiveVerdict(NamedTuple):
    """What came of a bar.

    Attributes:
        outcome: The worst of what was found in this bar: ``pass``, ``flag``, ``quarantine`` or
            ``fail``.
        findings: What was found in it; and, with their own labels, in earlier bars that it decided:
            that a jump was a spike, a level shift or a split, or how complete a session was.
    """

    outcome: str
    findings: tuple[Finding, ...]


class LiveChecker:
    """The rules of `check` on bars that come one by one.

    For every bar it tells what `check` tells of a frame that ends with it, and keeps a bounded
    state for each symbol.

    Args:
        rules: The rules; by default those of the asset class of each symbol.
        calendar: The calendar of the sessions, or its name.
        resolution: Length of a bar.
        actions: Corporate actions that explain moves, by sid or as frames with ``symbol``.
        assets: The assets, or the asset class of each symbol.

    Raises:
        InvalidArgument: Calendar, resolution, actions or assets are none.
    """

    def __init__(
        self,
        rules: RuleSet | None = None,
        *,
        calendar: TradingCalendar | str,
        resolution: Resolution | str,
        actions: Actions | None = None,
        assets: Assets | None = None,
    ) -> None:
        self._subject = Subject.of(
            rules, calendar=calendar, resolution=resolution, actions=actions, assets=assets
        )
        self._label = "date" if self._subject.axis.daily else "timestamp"
        self._checkers: dict[str, SymbolChecker] = {}
        self._scales: dict[str, tuple[int, int]] = {}
        self._row = 0

    def check(self, bar: Mapping[str, Any] | Bar, *, now: Moment | None = None) -> LiveVerdict:
        """Check the next bar.

        Args:
            bar: A row of a standard frame: ``date`` or ``timestamp``, ``symbol`` and the fields;
                or a bar of a stream that is complete.
            now: The label does not lie after it; None where that is not asked.

        Returns:
            What came of it. A bar that cannot be read has only findings of layer 1.

        Raises:
            InvalidArgument: `bar` is neither, or the time `now` is none.
        """
        if isinstance(bar, Bar):
            bar = _row_of(bar, daily=self._subject.axis.daily)
        if not isinstance(bar, Mapping):
            raise InvalidArgument(
                field="bar", value=type(bar).__name__, reason="give a row as a mapping"
            )
        read = _Reading(bar, self._label, self._subject)
        rows = read.rows(self._row, self._scales)
        self._row += 1
        found = list(read.findings)
        if rows is not None:
            checker = self._checkers.get(read.symbol)
            if checker is None:
                checker = self._checkers[read.symbol] = self._subject.checker(read.symbol)
            instant = self._subject.instant(now)
            found += checker.feed(rows, now=instant).each(read.symbol)
        own = {finding.outcome for finding in found if finding.label == read.label}
        worst = next((each for each in reversed(OUTCOMES) if each in own), "pass")
        return LiveVerdict(worst, tuple(found))


def _row_of(bar: Bar, *, daily: bool) -> Mapping[str, Any]:
    """A bar of a stream as a row of a standard frame."""
    label = {"date": bar.session} if daily else {"timestamp": from_ns(bar.at)}
    names = ("symbol", *BAR_FIELDS, "bid", "ask")
    return label | {name: getattr(bar, name) for name in names}


class _Reading:
    """Layer 1 on one bar.

    Attributes:
        symbol: Its symbol, "" where it has none.
        label: Its label, None where it has none.
        findings: What is wrong with it.
    """

    def __init__(self, bar: Mapping[str, Any], label: str, subject: Subject) -> None:
        self._bar = bar
        self._stamp = label
        self._subject = subject
        symbol = bar.get("symbol")
        self.symbol = symbol if isinstance(symbol, str) else ""
        self._rules = subject.rules_of(subject.class_of(self.symbol))
        self.label: Any = None
        self.findings: list[Finding] = []
        self._at = self._label_of(bar.get(label), daily=subject.axis.daily)
        self.label = bar.get(label) if self._at is not None else None
        self._check_columns((label, "symbol", *BAR_FIELDS))
        self._check_symbol()
        read = {name: self._number(name) for name in BAR_FIELDS if name in bar}
        self._numbers = {name: number for name, number in read.items() if number is not None}
        self._check_quotes()

    def rows(self, row: int, scales: dict[str, tuple[int, int]]) -> Rows | None:
        """The bar as integers, None where it cannot be computed with.

        Args:
            row: How many bars came before.
            scales: Decimals of prices and volumes by symbol, as many as any bar needed so far.
        """
        if self._at is None or not self.symbol or len(self._numbers) < len(BAR_FIELDS):
            return None
        known = scales.get(self.symbol, (0, 0))
        prices = [self._numbers[name] for name in PRICE_FIELDS]
        price = max(known[0], *map(_decimals, prices))
        volume = max(known[1], _decimals(self._numbers["volume"]))
        columns = {}
        for name, number in self._numbers.items():
            coefficient = int(number.scaleb(volume if name == "volume" else price))
            if abs(coefficient) >= 10**MAX_DIGITS:
                self._add("digits", name, f"{number:f}", _TOO_WIDE)
                return None
            columns[name] = np.array([coefficient])
        scales[self.symbol] = price, volume
        labels = np.array([self._at])
        return Rows(
            row=np.array([row]),
            at=labels,
            session=self._subject.axis.sessions(labels),
            **columns,
            price_scale=price,
            volume_scale=volume,
        )

    def _check_columns(self, wanted: tuple[str, ...]) -> None:
        there = ", ".join(map(str, self._bar)) or "none"
        for name in wanted:
            if name not in self._bar:
                reason = f"the column is missing; there are {there}"
                self._add("columns", name, "", reason, refused=True)

    def _check_symbol(self) -> None:
        symbol = self._bar.get("symbol", "-")
        if symbol is None or symbol == "":
            self._add("nulls", "symbol", "", "the cell is empty")
        elif not isinstance(symbol, str):
            reason = "the type of the column is not String"
            self._add("types", "symbol", str(symbol), reason, refused=True)

    def _label_of(self, value: object, *, daily: bool) -> int | None:
        if value is None:
            if self._stamp in self._bar:
                self._add("nulls", self._stamp, "", "the cell is empty")
            return None
        fits = isinstance(value, date) and isinstance(value, datetime) != daily
        if fits and isinstance(value, datetime):
            fits = value.tzinfo is not None
        try:
            if fits and isinstance(value, date):
                return to_day(value) if daily else to_ns(value)
        except (InvalidArgument, OverflowError):
            pass
        kind = "Date" if daily else "Datetime(time_unit='ns', time_zone='UTC')"
        reason = f"the type of the column is not {kind}"
        self._add("types", self._stamp, str(value), reason, refused=True)
        return None

    def _number(self, name: str) -> Decimal | None:
        value = self._bar[name]
        if value is None:
            self._add("nulls", name, "", "the cell is empty")
            return None
        number = _exact(value, name)
        if number is None:
            number = self._read(value, name)
        if number is None:
            return None
        if number.adjusted() >= MAX_DIGITS or _decimals(number) > MAX_DIGITS:
            self._add("digits", name, str(number), _TOO_WIDE)
        else:
            self._check_decimals(name, number)
            return number
        return None

    def _read(self, value: object, name: str) -> Decimal | None:
        """A number of another type, where the rules let it pass."""
        number = None
        if not self._rules["types"].stops:
            with contextlib.suppress(InvalidNumber):
                number = parse_decimal(value, field=name)
        reason = "the type of the column is not Decimal"
        self._add("types", name, str(value), reason, refused=number is None)
        return number

    def _check_decimals(self, name: str, number: Decimal) -> None:
        most = self._rules["decimals"].count("volume" if name == "volume" else "price")
        if number and _decimals(number.normalize()) > most:
            text = f"{number.normalize():f}"
            self._add("decimals", name, text, f"it has more than {most} decimals")

    def _check_quotes(self) -> None:
        bid, ask = (_exact(self._bar.get(name), name) for name in ("bid", "ask"))
        if bid is not None and ask is not None and bid > ask:
            self._add("quotes", "bid", str(bid), "the bid is above the ask")

    def _add(
        self, rule: str, column: str, value: str, reason: str, *, refused: bool = False
    ) -> None:
        found = self._rules[rule]
        if not found.is_on and not refused:
            return
        self.findings.append(
            Finding(
                symbol=self.symbol,
                label=self.label,
                rule=rule,
                layer=RULES[rule].layer,
                column=column,
                value=value,
                reason=reason,
                outcome="fail" if refused else found.outcome,
            )
        )


_TOO_WIDE: Final = f"{MAX_DIGITS} digits cannot hold the number"


def _exact(value: object, name: str) -> Decimal | None:
    """A Decimal or an integer as a finite Decimal, None for anything else."""
    if not isinstance(value, Decimal | int):
        return None
    try:
        return parse_decimal(value, field=name)
    except InvalidNumber:
        return None


def _decimals(number: Decimal) -> int:
    """Digits after the point."""
    return max(-int(number.as_tuple().exponent), 0)
