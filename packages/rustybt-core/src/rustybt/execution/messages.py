"""What a broker says besides fills, cancellations and refusals."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rustybt.assets import Asset

MessageKind = Literal[
    "split",
    "close_out",
    "too_late",
    "merger",
    "spin_off",
    "rights",
    "margin_call",
    "liquidation",
    "recall",
]
"""``split``: an open order was brought to the scale after a split or a stock dividend.
``close_out``: a position ended with its asset. ``too_late``: an order had ended before its cancel
or replacement arrived. ``merger``: a position was exchanged for what holders get. ``spin_off``:
shares of another asset came. ``rights``: rights to new shares came. ``margin_call``: there is too
little margin; ``liquidation``: a position was closed at its liquidation price. ``recall``: what is
short is no longer lent and the broker buys it. Both, where the strategy has tried to stop what the
broker does about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerMessage:
    """What `on_broker_message` is given.

    Attributes:
        kind: What it is about.
        dt: When, as the strategy sees times (UTC).
        text: The same in words.
        asset: The asset, None where it is about the account.
        order_id: The order, None where it is about none.
    """

    kind: MessageKind
    dt: datetime
    text: str
    asset: "Asset | None" = None
    order_id: str | None = None
