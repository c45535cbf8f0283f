"""Further facts about assets, each valid for a period: CUSIPs, ISINs, vendors' numbers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rustybt.errors import (
    MultipleValuesFoundForField,
    MultipleValuesFoundForSid,
    NoValueForSid,
    ValueNotFoundForField,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementaryValue:
    """One value of one field of one asset.

    Attributes:
        sid: The asset.
        field: Name of the fact, such as ``"CUSIP"``.
        value: Its value.
        start: First day on which it holds.
        end: Last day on which it was seen; it goes on to hold until the next value starts.
    """

    sid: int
    field: str
    value: str
    start: date
    end: date | None = None


class SupplementaryTable:
    """Look-up of supplementary values as of a date, by asset and by value."""

    __slots__ = ("_by_sid", "_by_value")

    def __init__(self, values: Iterable[SupplementaryValue]) -> None:
        self._by_sid: dict[tuple[str, int], list[SupplementaryValue]] = defaultdict(list)
        self._by_value: dict[tuple[str, str], list[SupplementaryValue]] = defaultdict(list)
        for item in sorted(values, key=lambda item: item.start):
            self._by_sid[item.field, item.sid].append(item)
            self._by_value[item.field, item.value].append(item)

    def value_of(self, sid: int, field: str, as_of: date | None) -> str:
        """The value that an asset has in a field.

        Raises:
            NoValueForSid: It has none, or had none yet.
            MultipleValuesFoundForSid: It had several and `as_of` is None.
        """
        held = self._by_sid.get((field, sid), [])
        if as_of is not None:
            held = [item for item in held if item.start <= as_of][-1:]
        values = sorted({item.value for item in held})
        if not values:
            raise NoValueForSid(field=field, sid=sid)
        if len(values) > 1:
            raise MultipleValuesFoundForSid(field=field, sid=sid, options=values)
        return values[0]

    def owner_of(self, field: str, value: str, as_of: date | None) -> int:
        """The sid of the asset that has a value in a field.

        Raises:
            ValueNotFoundForField: Nobody has it, or had it yet.
            MultipleValuesFoundForField: Several had it and `as_of` is None.
        """
        held = self._by_value.get((field, value), [])
        if as_of is not None:
            held = [item for item in held if item.start <= as_of][-1:]
        sids = sorted({item.sid for item in held})
        if not sids:
            raise ValueNotFoundForField(field=field, value=value)
        if len(sids) > 1:
            raise MultipleValuesFoundForField(field=field, value=value, options=sids)
        return sids[0]
