"""Messages of a stream as events."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rustybt.clock.resolution import Resolution
from rustybt.errors import DataValidationError, InvalidArgument, RequestRefused
from rustybt.logs import get_logger
from rustybt.net import Message
from rustybt.streams import Bar, MarketEvent, Quote, Trade
from rustybt_data.adapters.websocket import figures
from rustybt_data.adapters.websocket.figures import BadFigure
from rustybt_data.adapters.websocket.paths import MISSING
from rustybt_data.adapters.websocket.protocol import StreamProtocol

_log = get_logger(__name__)
_WINDOW: Final = 1_000
_EXCERPT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    """What messages were.

    Attributes:
        messages: All that came.
        records: Records that became events.
        other: Records and messages without data, such as acknowledgements, and incomplete bars.
        foreign: Records of symbols that nobody asked for.
        garbage: Messages and records that could not be read.
    """

    messages: int = 0
    records: int = 0
    other: int = 0
    foreign: int = 0
    garbage: int = 0


class Decoder:
    """Reads the messages of one stream.

    What cannot be read is left out, counted and told of in the log; too much of it is an error.

    Args:
        protocol: Where figures lie.
        vendor: Whose stream it is, for errors and the log.
        of: Length of the venue's bars.
        garbage_max: How many of the last 1,000 messages may hold something that cannot be read.
    """

    def __init__(
        self, protocol: StreamProtocol, *, vendor: str, of: Resolution, garbage_max: int
    ) -> None:
        self._protocol: Final = protocol
        self._vendor: Final = vendor
        self._length: Final = of.nanoseconds
        self._garbage_max: Final = garbage_max
        self._symbols: dict[str, str] = {}
        self._counts: Final[Counter[str]] = Counter()
        self._bad: Final[deque[int]] = deque()
        kinds: Mapping[str, Callable[[Any, str], MarketEvent | None]] = {
            "trade": self._trade,
            "quote": self._quote,
            "bar": self._bar,
        }
        self._event: Final = kinds[protocol.kind]

    @property
    def counts(self) -> MessageCounts:
        """What messages were so far."""
        return MessageCounts(**self._counts)

    def follow(self, symbols: Iterable[str]) -> None:
        """Say which symbols are wanted; letters and digits alone tell them apart.

        Raises:
            InvalidArgument: Two of them cannot be told apart.
        """
        found: dict[str, str] = {}
        for symbol in symbols:
            twin = found.setdefault(_key(symbol), symbol)
            if twin != symbol:
                reason = f"a stream cannot tell it from {twin}; ask for one of them"
                raise InvalidArgument(field="symbols", value=symbol, reason=reason)
        self._symbols = found

    def decode(self, message: Message) -> list[MarketEvent]:
        """The events in a message.

        Raises:
            RequestRefused: The venue says that it refuses something.
            DataValidationError: Too many messages cannot be read.
        """
        self._counts["messages"] += 1
        try:
            value = json.loads(message, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            self._drop(message, f"it is no JSON: {error}")
            return []
        self._check_refused(value)
        records = self._protocol.records.find(value)
        if records is MISSING:
            self._counts["other"] += 1
            return []
        found = (self._read(each) for each in (records if isinstance(records, list) else [records]))
        return [event for event in found if event is not None]

    def _read(self, record: object) -> MarketEvent | None:
        """The event of a record, if it has one."""
        for path, wanted in self._protocol.only:
            value = path.find(record)
            if (str(value).lower() if isinstance(value, bool) else value) != wanted:
                self._counts["other"] += 1
                return None
        try:
            symbol = self._symbols.get(_key(figures.name(self._at(record, "symbol"))))
            if symbol is None:
                self._counts["foreign"] += 1
                return None
            event = self._event(record, symbol)
        except BadFigure as bad:
            self._drop(record, str(bad))
            return None
        self._counts["other" if event is None else "records"] += 1
        return event

    def _trade(self, record: object, symbol: str) -> Trade:
        named = self._at(record, "id", optional=True)
        return Trade(
            symbol=symbol,
            at=self._moment(record, "time"),
            price=figures.number(self._at(record, "price"), above_zero=True),
            size=figures.number(self._at(record, "size")),
            id="" if named is None else figures.name(named),
            sequence=self._sequence(record),
        )

    def _quote(self, record: object, symbol: str) -> Quote:
        bid, ask = (
            figures.number(self._at(record, side), above_zero=True) for side in ("bid", "ask")
        )
        sizes = [self._at(record, name, optional=True) for name in ("bid_size", "ask_size")]
        bid_size, ask_size = (None if each is None else figures.number(each) for each in sizes)
        return Quote(
            symbol=symbol,
            at=self._moment(record, "time"),
            bid=bid,
            ask=ask,
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=self._sequence(record),
        )

    def _bar(self, record: object, symbol: str) -> Bar | None:
        """A bar; None where it is not complete."""
        if "complete" in self._protocol.fields:
            complete = self._at(record, "complete")
            if complete not in (True, False, "true", "false"):
                raise BadFigure(complete, "give true or false")
            if complete in (False, "false"):
                return None
        prices = [
            figures.number(self._at(record, name), above_zero=True)
            for name in ("open", "high", "low", "close")
        ]
        open_, high, low, close = prices
        if high != max(prices) or low != min(prices):
            raise BadFigure(None, "the high is not the highest price, or the low not the lowest")
        return Bar(
            symbol=symbol,
            at=self._label(record),
            open=open_,
            high=high,
            low=low,
            close=close,
            volume=figures.number(self._at(record, "volume")),
            sequence=self._sequence(record),
        )

    def _label(self, record: object) -> int:
        """When a bar ends."""
        if "time" in self._protocol.fields:
            return self._moment(record, "time")
        assert self._length is not None, "bars that are labelled by their start have a length"
        return self._moment(record, "start") + self._length

    def _moment(self, record: object, field: str) -> int:
        return figures.moment(self._at(record, field), self._protocol.unit)

    def _sequence(self, record: object) -> int | None:
        value = self._at(record, "sequence", optional=True)
        return None if value is None else figures.whole(value)

    def _at(self, record: object, field: str, *, optional: bool = False) -> object:
        """The value of a field of a record.

        Raises:
            BadFigure: There is none, and it is not optional.
        """
        path = self._protocol.fields.get(field)
        value = MISSING if path is None else path.find(record)
        if value is not MISSING and value is not None:
            return value
        if optional:
            return None
        raise BadFigure(None, f"it has no {field}")

    def _check_refused(self, value: object) -> None:
        if self._protocol.refused is None:
            return
        reason = self._protocol.refused.find(value)
        if reason is not MISSING and reason is not None:
            raise RequestRefused(
                vendor=self._vendor,
                request="a subscription",
                status=0,
                reason=_excerpt(json.dumps(reason)),
            )

    def _drop(self, what: object, reason: str) -> None:
        """Count and tell of what cannot be read.

        Raises:
            DataValidationError: It is too much.
        """
        self._counts["garbage"] += 1
        place = self._counts["messages"]
        self._bad.append(place)
        while self._bad[0] <= place - _WINDOW:
            self._bad.popleft()
        shown = _excerpt(what if isinstance(what, str) else repr(what))
        _log.warning("a message is left out", source=self._vendor, message=shown, reason=reason)
        if len(self._bad) > self._garbage_max:
            raise DataValidationError(
                file=self._vendor,
                value=shown,
                reason=f"{reason}. That is {len(self._bad)} in {min(place, _WINDOW)} messages; "
                "choose the protocol that the stream speaks, or allow more with garbage=...",
            )


def _key(symbol: str) -> str:
    """Letters and digits of a symbol, which venues write with all kinds of marks."""
    return "".join(filter(str.isalnum, symbol)).upper()


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
