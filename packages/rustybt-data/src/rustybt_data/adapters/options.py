"""What can be said to every data adapter, and what to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, Self

from rustybt.clock.resolution import SESSION, Resolution
from rustybt.errors import InvalidArgument

Edge = date | datetime
"""Where a range of time begins or ends: a date is a session, a datetime an instant."""

COMMON: Final = ("symbols", "start", "end", "resolution", "exchange", "country", "currency")
"""Options that every adapter has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterOptions:
    """The options of an adapter, parsed.

    Attributes:
        symbols: What is fetched, each once.
        start: From when on; None for as far back as the run that asks.
        end: Up to when; None for now.
        resolution: Length of a bar.
        exchange: Exchange of the assets.
        country: Country of the exchange.
        currency: Currency of equities.
        own: The adapter's own options, each with its text.
    """

    symbols: tuple[str, ...] = ()
    start: Edge | None = None
    end: Edge | None = None
    resolution: Resolution = SESSION
    exchange: str
    country: str = "US"
    currency: str = "USD"
    own: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, options: Mapping[str, str], *, adapter: str, own: Mapping[str, str]) -> Self:
        """Read options.

        Args:
            options: By name, as texts.
            adapter: Name of the adapter: in errors, and the exchange unless one is named.
            own: The adapter's own options and their defaults.

        Raises:
            InvalidArgument: There is no such option, or it has no such value.
        """
        for name in options:
            if name not in COMMON and name not in own:
                known = ", ".join((*COMMON, *own))
                raise InvalidArgument(
                    field=f"{adapter} option", value=name, reason=f"give some of {known}"
                )
        start, end = (_edge(name, options.get(name, "")) for name in ("start", "end"))
        return cls(
            symbols=_symbols(options.get("symbols", "")),
            start=start,
            end=end,
            resolution=Resolution.parse(options.get("resolution", "1d")),
            exchange=options.get("exchange", adapter.upper()),
            country=options.get("country", "US"),
            currency=options.get("currency", "USD"),
            own={name: options.get(name, default) for name, default in own.items()},
        )


def _symbols(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _edge(name: str, text: str) -> Edge | None:
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == len("2024-01-31"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgument(
            field=name, value=text, reason="write 2024-01-31 or 2024-01-31T14:30:00+00:00"
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
