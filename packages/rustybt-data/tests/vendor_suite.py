"""What every adapter of a vendor has to stand, whichever vendor it is."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

import polars as pl
import pytest
from mutations import mutated, numbers_in
from vendor_server import Answer, VendorServer

from rustybt.calendars import to_ns
from rustybt.errors import (
    DataValidationError,
    MissingCredential,
    MissingExtra,
    RequestRefused,
    RetriesExhausted,
    RustyBTError,
    UnknownSymbol,
)
from rustybt.testing import AdapterCase, DataAdapterSuite, VirtualTime
from rustybt.values import Ratio, parse_decimal
from rustybt_data.adapters import BaseDataAdapter

WRONG = "not-what-was-given-out"
EXPECTED: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("effective_date", "ex_date", "pay_date"), date.fromisoformat),
    **dict.fromkeys(("declared_date", "record_date"), date.fromisoformat),
    "ratio": Ratio.parse,
    "amount": lambda text: parse_decimal(text, field="amount"),
    **dict.fromkeys(("symbol", "currency"), str),
}


class VendorSuite(DataAdapterSuite):
    """Troubles of a vendor that has four daily bars of AAPL from 2024-03-07 to 2024-03-12.

    A subclass says who it is; a fixture ``vendor`` gives the server, which speaks by `rows`.

    Attributes:
        adapter: What is tested.
        client: The module of the vendor's client.
        path: In every request of bars.
        actions_path: In every request of corporate actions; "" where it is the same.
        unknown: A symbol that the vendor does not know.
        twins: Whether a reply can hold a bar twice.
    """

    adapter: ClassVar[type[BaseDataAdapter]]
    client: ClassVar[str]
    path: ClassVar[str]
    actions_path: ClassVar[str] = ""
    unknown: ClassVar[str] = "NOPE"
    twins: ClassVar[bool] = True
    options: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def rows(self, vendor: VendorServer) -> list[Any]:
        """The rows of daily bars: of each the fifth value is the close, a text."""

    @pytest.fixture
    def case(self, vendor: VendorServer) -> AdapterCase:
        days = {"start": "2024-03-07", "end": "2024-03-12"}
        options = {"symbols": "AAPL", **days, **self.options}
        return AdapterCase(adapter=self.adapter, location=vendor.url, options=options)

    def made(
        self, vendor: VendorServer, now: str = "2024-04-01", **options: str
    ) -> tuple[BaseDataAdapter, VirtualTime]:
        adapter = self.adapter(vendor.url, {**self.options, **options})
        time = VirtualTime(to_ns(now))
        adapter.timer = time.timer
        return adapter, time

    def bars(
        self, vendor: VendorServer, *symbols: str, now: str = "2024-04-01", **options: str
    ) -> pl.DataFrame:
        adapter, _ = self.made(vendor, now, **options)
        return fetched(adapter, *symbols)

    # ------------------------------------------------------------------ what the vendor does

    def test_throttling_is_waited_out(self, vendor: VendorServer) -> None:
        vendor.fail(
            self.path,
            Answer(status=429, headers={"Retry-After": "17"}, body={"message": "slow down"}),
            Answer(status=429, body={"message": "slow down"}),
            Answer(status=503, body="<html>busy</html>"),
        )
        plain = len(self.bars(vendor))
        before = len(vendor.paths(self.path))
        vendor.fail(
            self.path,
            Answer(status=429, headers={"Retry-After": "17"}, body={"message": "slow down"}),
            Answer(status=500),
        )
        adapter, time = self.made(vendor)
        assert len(fetched(adapter)) == plain == 4
        assert any(17 <= wait <= 17.5 for wait in time.waits)
        # Four tries of the first request, three of it the second time: nobody else asks again.
        assert len(vendor.paths(self.path)) - before == before - 3 + 2

    @pytest.mark.parametrize("kind", ["body-cut", "json-cut", "no-json", "nothing", "timeout"])
    def test_what_comes_in_part_is_asked_again(self, vendor: VendorServer, kind: str) -> None:
        whole = Answer(body={"what": "x" * 500})
        answers = {
            "body-cut": Answer(body=whole.body, cut=100),
            "json-cut": Answer(body='{"bars": ['),
            "no-json": Answer(body="<html></html>"),
            "nothing": Answer(body=""),
            "timeout": Answer(hangs=True),
        }
        plain = self.bars(vendor)
        before = len(vendor.paths(self.path))
        vendor.fail(self.path, answers[kind])
        assert self.bars(vendor, timeout="0.3").equals(plain)
        assert len(vendor.paths(self.path)) == 2 * before + 1

    def test_who_never_answers_is_named(self, vendor: VendorServer) -> None:
        vendor.break_after(self.path, 0)
        with pytest.raises(RetriesExhausted, match=rf"{self.adapter.name} did not answer.*6 tries"):
            self.bars(vendor)
        assert len(vendor.paths(self.path)) == 6

    def test_an_address_without_anybody_is_an_error(self, vendor: VendorServer) -> None:
        adapter = self.adapter("http://127.0.0.1:9", self.options)
        adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
        with pytest.raises(RetriesExhausted, match=self.adapter.name):
            fetched(adapter)

    def test_order_and_duplicates_do_no_harm(self, vendor: VendorServer) -> None:
        plain = self.bars(vendor)
        rows = self.rows(vendor)
        order = (3, 0, 1, 1, 2, 0) if self.twins else (3, 0, 1, 2)
        rows[:] = [rows[n] for n in order]
        assert self.bars(vendor).equals(plain)

    def test_two_different_bars_of_one_day_are_refused(self, vendor: VendorServer) -> None:
        rows = self.rows(vendor)
        rows.append((*rows[2][:4], "172.5", *rows[2][5:]))
        with pytest.raises(DataValidationError, match=r"AAPL at 2024-03-11.*172\.5"):
            self.bars(vendor)
        rows.pop()
        assert len(self.bars(vendor)) == 4  # what was wrong is asked for again

    def test_days_without_bars_are_no_error(self, vendor: VendorServer) -> None:
        self.rows(vendor).clear()
        assert self.bars(vendor, "QUIET").is_empty()

    def test_a_bar_that_is_not_complete_is_left_out(self, vendor: VendorServer) -> None:
        # The session of 2024-03-12 ends at 20:00 UTC.
        for now, days in (("2024-03-12T19:59", 3), ("2024-03-12T20:00", 4)):
            adapter, _ = self.made(vendor, now)
            frame = asyncio.run(adapter.bars(["AAPL"], date(2024, 3, 7), None, "1d"))
            assert len(frame) == days

    def test_only_what_is_new_is_kept(self, vendor: VendorServer) -> None:
        adapter, _ = self.made(vendor)
        known = {"AAPL": date(2024, 3, 8)}
        days = date(2024, 3, 7), date(2024, 3, 12)
        frame = asyncio.run(adapter.bars(["AAPL"], *days, "1d", after=known))
        assert frame["date"].to_list() == [date(2024, 3, 11), date(2024, 3, 12)]

    def test_a_symbol_that_is_not_known_is_named(self, vendor: VendorServer) -> None:
        with pytest.raises(UnknownSymbol, match=f"{self.adapter.name}.*{self.unknown}"):
            self.bars(vendor, self.unknown)

    # ------------------------------------------------------------------ clients and pages

    def test_a_client_that_is_missing_is_an_error_that_says_how_to_install_it(
        self, vendor: VendorServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == self.client]:
            monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setitem(sys.modules, self.client, None)
        hint = rf"pip install 'rustybt-data\[{self.adapter.extra}\]'"
        with pytest.raises(MissingExtra, match=hint):
            self.bars(vendor)

    def test_a_fetch_goes_on_where_it_stopped(self, vendor: VendorServer) -> None:
        whole = self.bars(vendor, *self.resumed)
        requests = len(vendor.paths(self.path))
        assert requests >= 2
        vendor.asked.clear()
        vendor.break_after(self.path, requests - 1)
        with pytest.raises(RetriesExhausted):
            self.bars(vendor, *self.resumed)
        vendor.reset(vendor.speaks)
        assert self.bars(vendor, *self.resumed).equals(whole)
        assert len(vendor.paths(self.path)) == 1

    resumed: ClassVar[tuple[str, ...]] = ("AAPL",)

    # ------------------------------------------------------------------ laws

    def wrong_reply(self, shared: VendorServer, seed: int) -> None:
        """A law: a reply with something wrong gives an error, or rows that were sent."""
        sent: list[str] = []

        def mutate(text: str) -> str:
            sent.append(mutated(text, seed + len(sent)) if len(sent) < 2 else text)
            return sent[-1]

        shared.reset(self.speaks())
        shared.mutate = (self.path, mutate)
        with pytest.MonkeyPatch.context() as patch:
            for variable, key in self.environment().items():
                patch.setenv(variable, key)
            try:
                adapter, _ = self.made(shared, timeout="2")
                adapter.pages = None  # they would outlive this example
                frame = fetched(adapter)
            except RustyBTError:  # any other one is a failure
                return
        allowed = set().union(*map(numbers_in, sent))
        for name in ("open", "high", "low", "close", "volume"):
            assert all(self.is_from(number, allowed) for number in frame[name])

    def wrong_actions(self, shared: VendorServer, seed: int) -> None:
        """A law: corporate actions with something wrong give an error, or are what they have to be.

        What they have to be is said by the store that takes them.
        """
        sent: list[str] = []

        def mutate(text: str) -> str:
            sent.append(mutated(text, seed + len(sent)) if len(sent) < 2 else text)
            return sent[-1]

        shared.reset(self.speaks_of_actions())
        shared.mutate = (self.actions_path or self.path, mutate)
        with pytest.MonkeyPatch.context() as patch:
            for variable, key in self.environment().items():
                patch.setenv(variable, key)
            adapter, _ = self.made(shared, timeout="2")
            adapter.pages = None
            try:
                days = date(2024, 3, 7), date(2024, 3, 12)
                found = asyncio.run(adapter.actions(["AAPL"], *days))
            except RustyBTError:  # any other one is a failure
                return
        for frame in found.values():
            for name in frame.columns:
                for value in filter(None, frame[name]):
                    EXPECTED[name](value)

    @staticmethod
    def is_from(number: Any, allowed: set[Any]) -> bool:
        """Whether a number of a bar is one of those that were sent."""
        return number in allowed

    @abstractmethod
    def speaks(self) -> Any:
        """The vendor's protocol, as it is at first."""

    def speaks_of_actions(self) -> Any:
        """The same, with corporate actions."""
        return self.speaks()

    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The credentials."""


class KeyedVendorSuite(VendorSuite):
    """The same for a vendor that wants a key.

    Attributes:
        keys: Variables that hold the credentials.
    """

    keys: ClassVar[tuple[str, ...]]

    def test_a_wrong_key_is_an_error_that_does_not_show_it(
        self,
        vendor: VendorServer,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for variable in self.keys:
            monkeypatch.setenv(variable, WRONG)
        with caplog.at_level(logging.DEBUG), pytest.raises(RequestRefused) as caught:
            self.bars(vendor)
        shown = "".join(traceback.format_exception(caught.value))
        records = "".join(record.getMessage() for record in caplog.records)
        for text in (shown, repr(caught.value), caplog.text, records, *capsys.readouterr()):
            assert WRONG not in text
        assert "credentials" in str(caught.value)

    def test_keys_stay_out_of_errors_of_the_network(
        self,
        vendor: VendorServer,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        for variable in self.keys:
            monkeypatch.setenv(variable, WRONG)
        adapter = self.adapter("http://127.0.0.1:9", self.options)
        adapter.timer = VirtualTime(to_ns("2024-04-01")).timer
        with caplog.at_level(logging.DEBUG), pytest.raises(RetriesExhausted) as caught:
            fetched(adapter)
        assert WRONG not in "".join(traceback.format_exception(caught.value)) + caplog.text

    def test_a_key_that_is_missing_is_named(
        self, vendor: VendorServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for variable in self.keys:
            monkeypatch.delenv(variable)
        with pytest.raises(MissingCredential, match=self.keys[0]):
            self.bars(vendor)
        assert not vendor.asked


def fetched(adapter: BaseDataAdapter, *symbols: str) -> pl.DataFrame:
    """The daily bars of the four days."""
    days = date(2024, 3, 7), date(2024, 3, 12)
    return asyncio.run(adapter.bars(symbols or ("AAPL",), *days, "1d"))
