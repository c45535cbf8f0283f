"""Replies of vendors taken apart with errors that name the place, and addresses of vendors."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import SplitResult, urlsplit

import polars as pl

from rustybt.assets import Equity, kind_of
from rustybt.calendars import TradingCalendar, from_ns, to_ns
from rustybt.errors import DataValidationError, InvalidArgument, UserError, VendorUnavailable
from rustybt.values import Ratio, parse_decimal
from rustybt_data.adapters.options import Edge
from rustybt_data.adapters.standard import NS_PER, Unit

_SHOWN: Final = 60
_LONGEST: Final = 3600
_MOST_DIGITS: Final = 40
_MOST_A_MINUTE: Final = 100_000
_FIRST_NS: Final = to_ns(date(1900, 1, 1))
_AFTER_NS: Final = to_ns(date(2200, 1, 1))
_NS_PER_MS: Final = 1_000_000


class Reply:
    """A value somewhere in a reply, which knows where it is.

    Args:
        value: What `rustybt_data.adapters.exact_json` returned, or a part of it.
        origin: Who sent it in answer to what, without secrets.
        path: Where it is in the reply.
    """

    def __init__(self, value: object, origin: str, path: str = "reply") -> None:
        self.value = value
        self.origin = origin
        self.path = path

    def error(self, reason: str) -> DataValidationError:
        """The error about this value."""
        shown = json.dumps(self.value, default=str)[:_SHOWN]
        return DataValidationError(file=self.origin, column=self.path, value=shown, reason=reason)

    def at(self, name: str) -> "Reply":
        """What a mapping has under a name.

        Raises:
            DataValidationError: This is no mapping, or has no such name.
        """
        found = self.find(name)
        if found is None:
            raise self.error(f"{name} is missing; ask again, or report it to the vendor")
        return found

    def instant(self, unit: Unit) -> datetime:
        """A time as a count since 1970-01-01 UTC.

        Raises:
            DataValidationError: It is none.
        """
        at = self.whole * NS_PER[unit]
        if not _FIRST_NS <= at < _AFTER_NS:
            raise self.error(f"a time in {unit} since 1970-01-01 UTC was expected here")
        return from_ns(at)

    def find(self, name: str) -> "Reply | None":
        """What a mapping has under a name; None where that is missing or null.

        Raises:
            DataValidationError: This is no mapping.
        """
        value = self.mapping.get(name)
        return None if value is None else Reply(value, self.origin, f"{self.path}.{name}")

    def label(self, name: str) -> "Reply":
        """The name of something in a mapping, where that itself says something, such as a day."""
        return Reply(name, self.origin, self.path)

    @property
    def mapping(self) -> Mapping[str, object]:
        """A JSON object.

        Raises:
            DataValidationError: It is something else.
        """
        if not isinstance(self.value, dict):
            raise self.error("an object was expected here")
        return self.value

    @property
    def items(self) -> list["Reply"]:
        """The parts of a JSON array.

        Raises:
            DataValidationError: It is something else.
        """
        if not isinstance(self.value, list):
            raise self.error("a list was expected here")
        return [
            Reply(value, self.origin, f"{self.path}[{number}]")
            for number, value in enumerate(self.value)
        ]

    @property
    def text(self) -> str:
        """A text, or a number as the text that it was.

        Raises:
            DataValidationError: It is something else.
        """
        if not isinstance(self.value, str) or not self.value:
            raise self.error("a text was expected here")
        return self.value

    @property
    def day(self) -> date:
        """A date as ISO 8601.

        Raises:
            DataValidationError: It is none.
        """
        try:
            return date.fromisoformat(self.text)
        except ValueError:
            raise self.error("a date such as 2024-01-31 was expected here") from None

    @property
    def number(self) -> str:
        """The text of a number of at most 40 digits before and after the point.

        Raises:
            DataValidationError: It is none.
        """
        try:
            number = parse_decimal(self.text, field=self.path)
        except UserError:
            raise self.error("a number was expected here") from None
        # Arithmetic on 1e999999999 would take for ever.
        lowest = int(number.as_tuple().exponent)
        if lowest < -_MOST_DIGITS or number.adjusted() > _MOST_DIGITS:
            raise self.error("a number of a common size was expected here")
        return self.text

    @property
    def optional_numbers(self) -> list[str | None]:
        """The texts of the numbers of a JSON array, None where there is null.

        Raises:
            DataValidationError: It is something else.
        """
        return [None if item.value is None else item.number for item in self.items]

    @property
    def whole(self) -> int:
        """A whole number.

        Raises:
            DataValidationError: It is none.
        """
        try:
            return int(self.text)
        except ValueError:
            raise self.error("a whole number was expected here") from None


def ratio_of(numerator: Reply, denominator: Reply) -> Ratio:
    """The ratio of two positive numbers of a reply.

    Raises:
        DataValidationError: They are none.
    """
    terms = f"{numerator.number}/{denominator.number}"
    try:
        return Ratio.parse(terms)
    except UserError:
        wrong = Reply(terms, numerator.origin, numerator.path)
        raise wrong.error("two positive numbers were expected here") from None


def base_url(location: str, default: str) -> str:
    """The address of a vendor, without a slash at its end.

    Args:
        location: What the adapter was given; "" for the vendor's own.
        default: The vendor's own.

    Raises:
        InvalidArgument: It is no address, or has a user, a query or a fragment: secrets belong
            into the environment.
    """
    text = (location or default).rstrip("/")
    parts = _parts(text)
    if parts is None:
        raise InvalidArgument(
            field="location", value=location, reason="give an address such as https://HOST"
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidArgument(
            field="location",
            value=f"{parts.scheme}://{parts.hostname}",
            reason="leave out user, query and fragment; keys are read from the environment",
        )
    return text


def _parts(text: str) -> SplitResult | None:
    """The parts of an address of HTTP; None where it is none."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        return None
    return parts if sound else None


def without(text: str, secrets: Sequence[str]) -> str:
    """A text as errors and logs may show it: secrets are stars."""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    return text


def cut_off(vendor: str, request: str, reason: str) -> VendorUnavailable:
    """The error about a reply that did not come, or not whole."""
    return VendorUnavailable(vendor=vendor, request=request, reason=reason)


def edges_ms(start: Edge, end: Edge) -> tuple[int, int]:
    """Half-open instants in ms since 1970 UTC that hold what `fetch` is asked for.

    Days count in UTC and both are included.
    """
    if isinstance(start, datetime) and isinstance(end, datetime):
        return to_ns(start) // _NS_PER_MS, -(-to_ns(end) // _NS_PER_MS)
    first = datetime.combine(start, time(), UTC)
    after = datetime.combine(end, time(), UTC) + timedelta(days=1)
    return to_ns(first) // _NS_PER_MS, to_ns(after) // _NS_PER_MS


def reaches_now(end: Edge, now_ns: int) -> bool:
    """Whether a range up to `end`, included, goes on past the time of day."""
    return edges_ms(end, end)[1] * _NS_PER_MS >= now_ns


def per_minute(text: str) -> tuple[int, float]:
    """An option that says how many requests a minute may have, as a rate.

    Raises:
        InvalidArgument: It is no positive whole number.
    """
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_A_MINUTE:
        reason = "give how many requests your plan allows in a minute, such as 75"
        raise InvalidArgument(field="per_minute", value=text, reason=reason)
    return int(text), 60.0


def in_sessions(frame: pl.DataFrame, calendar: TradingCalendar) -> pl.DataFrame:
    """Without bars of equities of less than a day whose end lies in no session.

    Vendors of equities send what was traded before the open and after the close as well.

    Args:
        frame: A standard frame.
        calendar: Its sessions count.
    """
    if "timestamp" not in frame.columns or frame.is_empty():
        return frame
    ends = frame["timestamp"].to_physical().to_numpy()
    within = pl.Series(calendar.minutes_to_sessions(ends) >= 0)
    others = [symbol for symbol in frame["symbol"].unique() if kind_of(symbol) is not Equity]
    return frame.filter(within | frame["symbol"].is_in(others))


def of_symbol(frame: pl.DataFrame, symbol: str) -> pl.DataFrame:
    """Rows with the symbol that they are of."""
    return frame.with_columns(pl.lit(symbol).alias("symbol"))


def seconds_of(text: str) -> float:
    """An option that is a positive number of seconds.

    Raises:
        InvalidArgument: It is none.
    """
    try:
        seconds = float(parse_decimal(text, field="timeout"))
    except UserError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        raise InvalidArgument(field="timeout", value=text, reason="give seconds, such as 30")
    return seconds
