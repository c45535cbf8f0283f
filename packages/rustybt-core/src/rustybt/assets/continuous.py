"""A chain of futures seen as one instrument."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, SupportsInt

from rustybt.assets.asset import Asset
from rustybt.assets.exchange import ExchangeInfo

RollStyle = Literal["calendar", "volume", "open_interest"]
PriceAdjustment = Literal["mul", "add"]

ROLL_STYLES: tuple[RollStyle, ...] = ("calendar", "volume", "open_interest")
PRICE_ADJUSTMENTS: tuple[PriceAdjustment | None, ...] = ("mul", "add", None)

_LETTERS: Final[dict[RollStyle, str]] = {"calendar": "c", "volume": "v", "open_interest": "n"}

FIRST_CONTINUOUS_SID: Final = 1 << 52
"""Sids from here on are those of continuous futures."""

_OFFSETS: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContinuousFuture:
    """The contract of a chain that is `offset` places behind the active one, at each time.

    It can be looked up and read, but not ordered. It sorts by sid, behind all assets.

    Attributes:
        sid: Number above those of all assets, the same for the same arguments.
        root_symbol: Symbol of the chain.
        offset: 0 for the active contract, 1 for the one after it, and so on.
        roll_style: When the chain moves on: ``"calendar"``, ``"volume"`` or ``"open_interest"``.
        adjustment: How older prices are joined: ``"mul"``, ``"add"`` or None for not at all.
        exchange_info: The venue of the contracts.
        start_date: First session of the oldest contract.
        end_date: Last session of the newest contract, None while there is no end.
    """

    sid: int
    root_symbol: str
    offset: int
    roll_style: RollStyle
    adjustment: PriceAdjustment | None
    exchange_info: ExchangeInfo
    start_date: date | None
    end_date: date | None

    @property
    def symbol(self) -> str:
        """What names it in frames: ``CL.v.0.mul``, with c, v or n for the style."""
        parts = (self.root_symbol, _LETTERS[self.roll_style], str(self.offset), self.adjustment)
        return ".".join(part for part in parts if part)

    @property
    def exchange(self) -> str:
        """Short (canonical) name of the venue."""
        return self.exchange_info.canonical_name

    @property
    def exchange_full(self) -> str:
        """Full name of the venue."""
        return self.exchange_info.name

    def is_alive_for_session(self, session: date) -> bool:
        """Whether some contract of the chain may trade in `session`."""
        return (self.start_date is None or self.start_date <= session) and (
            self.end_date is None or session <= self.end_date
        )

    def __hash__(self) -> int:
        return self.sid

    def __lt__(self, other: SupportsInt) -> bool:
        return self.sid < int(other)

    def __gt__(self, other: SupportsInt) -> bool:
        return self.sid > int(other)

    def __int__(self) -> int:
        return self.sid

    def __index__(self) -> int:
        return self.sid

    def __repr__(self) -> str:
        return (
            f"ContinuousFuture({self.root_symbol}, offset={self.offset}, "
            f"roll={self.roll_style}, adjustment={self.adjustment})"
        )


Instrument = Asset | ContinuousFuture
"""What data can be read of."""


def continuous_sid(
    chain: int, offset: int, roll_style: RollStyle, adjustment: PriceAdjustment | None
) -> int:
    """The sid of a continuous future: a function of its arguments, above every asset's sid.

    Args:
        chain: Number of the root symbol within its snapshot.
        offset: Places behind the active contract.
        roll_style: One of `ROLL_STYLES`.
        adjustment: One of `PRICE_ADJUSTMENTS`.
    """
    variant = ROLL_STYLES.index(roll_style) * len(PRICE_ADJUSTMENTS)
    variant += PRICE_ADJUSTMENTS.index(adjustment)
    variants = len(ROLL_STYLES) * len(PRICE_ADJUSTMENTS)
    return FIRST_CONTINUOUS_SID + (chain * _OFFSETS + offset) * variants + variant
