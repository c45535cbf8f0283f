"""What a venue reports."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rustybt.finance.book_events import CommissionCharge, Fill
    from rustybt.orders import Order, Transition


class Execution(NamedTuple):
    """An order, or a part of it, was filled.

    Attributes:
        order: The order, after the fill.
        fill: What goes to the book.
        charge: The commission, None when there is none.
        transition: What the fill did to the order.
    """

    order: "Order"
    fill: "Fill"
    charge: "CommissionCharge | None"
    transition: "Transition"
