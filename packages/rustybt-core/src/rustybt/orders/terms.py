"""How long an order lives, and what it must not do: the terms beside its prices."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from rustybt.calendars import to_day, to_ns
from rustybt.errors import BadOrderParameters, InvalidArgument, UnsupportedOrderParameters

_DATE_LENGTH: Final = len("2020-01-31")


class TimeInForce(StrEnum):
    """How long an order lives."""

    GTC = "GTC"
    """Until it is filled or cancelled."""
    DAY = "DAY"
    """Until the end of the first session in which it can fill."""
    IOC = "IOC"
    """For one bar: what does not fill at once ends."""
    FOK = "FOK"
    """For one bar, and whole or not at all."""
    GTD = "GTD"
    """Until a date or a moment."""

    @property
    def is_immediate(self) -> bool:
        """Whether the first bar decides."""
        return self is TimeInForce.IOC or self is TimeInForce.FOK


class Forced(NamedTuple):
    """Why a broker placed an order.

    Attributes:
        cause: The cause of the order's first line in its trail, such as "recall".
        reason: In words.
        covers_loan: Whether it covers what is short and not lent any more, and no more than that.
    """

    cause: str
    reason: str
    covers_loan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """The terms of an order.

    Attributes:
        time_in_force: How long it lives.
        until_day: Last session of a GTD order, in days since 1970-01-01; None for other orders
            and for those that end at a moment.
        until: Last moment of a GTD order, nanoseconds UTC; it takes part in the bars that end no
            later.
        post_only: Whether it is refused rather than filled at a price that is there already.
        reduce_only: Whether it may bring a position nearer to zero, and never beyond.
        forced: Why the broker placed it: then neither the strategy nor a cancel policy can take it
            back. None for orders of the strategy.
    """

    time_in_force: TimeInForce = TimeInForce.GTC
    until_day: int | None = None
    until: int | None = None
    post_only: bool = False
    reduce_only: bool = False
    forced: Forced | None = None

    @classmethod
    def of(
        cls,
        time_in_force: TimeInForce | str | None = None,
        good_till: date | str | None = None,
        *,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> "OrderTerms":
        """The terms that an order call means.

        Args:
            time_in_force: A member of `TimeInForce` or its text; GTC when not given, GTD where
                `good_till` is.
            good_till: The last date (a date, or an ISO text of one) or the last moment (a
                datetime, without zone in UTC) of a GTD order.
            post_only: See :class:`OrderTerms`.
            reduce_only: See :class:`OrderTerms`.

        Raises:
            BadOrderParameters: No such time in force, or no date.
            UnsupportedOrderParameters: GTD without a date, a date without GTD, or post-only with
                an order that ends at once.
        """
        if time_in_force is None and good_till is None and not (post_only or reduce_only):
            return PLAIN_TERMS
        kind = _time_in_force(time_in_force, dated=good_till is not None)
        if post_only and kind.is_immediate:
            raise UnsupportedOrderParameters(
                msg=f"post_only was given with {kind}; an order that rests cannot end at once: "
                "leave one of them out"
            )
        until_day, until = _good_till(good_till)
        return cls(
            time_in_force=kind,
            until_day=until_day,
            until=until,
            post_only=post_only,
            reduce_only=reduce_only,
        )


PLAIN_TERMS: Final = OrderTerms()
"""What orders share whose call says nothing: good till cancelled, free to do anything."""


def _time_in_force(value: TimeInForce | str | None, *, dated: bool) -> TimeInForce:
    if value is None:
        return TimeInForce.GTD if dated else TimeInForce.GTC
    try:
        kind = TimeInForce(str(value).upper())
    except ValueError:
        raise BadOrderParameters(
            msg=f"time_in_force was {value!r}; give one of {', '.join(TimeInForce)}"
        ) from None
    if dated != (kind is TimeInForce.GTD):
        raise UnsupportedOrderParameters(
            msg=f"good_till was {'' if dated else 'not '}given with {kind}; "
            "give it with GTD, and only there"
        )
    return kind


def _good_till(value: date | str | None) -> tuple[int | None, int | None]:
    """The last day, or the last moment."""
    if value is None:
        return None, None
    try:
        if isinstance(value, datetime):
            return None, to_ns(value, field="good_till")
        if isinstance(value, date):
            return to_day(value), None
        if len(value) == _DATE_LENGTH:
            return to_day(date.fromisoformat(value)), None
        return None, to_ns(value, field="good_till")
    except (InvalidArgument, ValueError, TypeError):
        raise BadOrderParameters(
            msg=f"good_till was {value!r}; give a date, a datetime or an ISO 8601 text"
        ) from None
