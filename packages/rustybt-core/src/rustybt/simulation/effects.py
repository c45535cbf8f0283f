"""What a step of the engine brought about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rustybt.execution import Execution
    from rustybt.finance.journal import Posting
    from rustybt.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The outcome of one event.

    Attributes:
        placed: Orders that the strategy placed: what a live driver sends to its venue. They
            change on; what they were at a time is in their trails.
        changed: Earlier orders that ended or changed: filled, cancelled, rejected, split.
        executions: Fills with their charges.
        postings: What was posted apart from executions: dividends, splits, capital.
    """

    placed: "Sequence[Order]" = ()
    changed: "Sequence[Order]" = ()
    executions: "Sequence[Execution]" = ()
    postings: "Sequence[Posting]" = ()


NO_EFFECTS = Effects()
