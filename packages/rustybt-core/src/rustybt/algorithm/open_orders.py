"""What a running algorithm can do with orders that it has placed."""

from typing import TYPE_CHECKING

from rustybt.algorithm.base import AlgorithmBase
from rustybt.errors import InvalidArgument
from rustybt.execution.messages import BrokerMessage
from rustybt.orders import OrderGroupView, OrderStatus, OrderView

if TYPE_CHECKING:
    from rustybt.assets import Asset
    from rustybt.execution.messages import MessageKind
    from rustybt.orders import Figures, Order, OrderGroup
    from rustybt.orders.membership import Membership


class OpenOrderMethods(AlgorithmBase):
    """`get_order`, `cancel_order`, `replace_order` and their relatives."""

    def get_order(self, order_id: str) -> OrderView | None:
        """The order of this id as it is now; None when there is none."""
        order = self._env.blotter.orders.get(order_id)
        return None if order is None else order.view(self._env.view)

    def get_order_group(self, order_param: object) -> OrderGroupView | None:
        """The group of orders that a bracket or an OCO order made, as it is now.

        Args:
            order_param: Its id, the id of one of its orders, or what `get_order` or this function
                returned.

        Returns:
            The group; None for an order of its own, and for an id that is none.
        """
        group: Membership[Order] | None = self._group_of(order_param)
        if group is None:
            order = self._order_of(order_param)
            group = None if order is None else order.group
        return None if group is None else group.view(self._env.view)

    def get_open_orders(
        self, asset: "Asset | None" = None
    ) -> "dict[Asset, list[OrderView]] | list[OrderView]":
        """Orders that can still be filled: of one asset as a list, else by asset."""
        open_orders, view = self._env.blotter.open_orders, self._env.view
        if asset is not None:
            return [order.view(view) for order in open_orders.get(asset, ())]
        return {
            key: [order.view(view) for order in orders]
            for key, orders in open_orders.items()
            if orders
        }

    def cancel_order(self, order_param: object) -> None:
        """Cancel an order or a group, given by id or as the object that was returned for it.

        Of orders that cancel each other, one stands for all. The entry of a bracket can be
        cancelled alone: its exits stay for what it has filled. An order that has ended, and an
        id that is none, are left alone.
        """
        env = self._env
        group = self._group_of(order_param)
        if group is not None:
            env.router.cancel_group(env.strategy, group.id, env.now)
        else:
            order = self._order_of(order_param)
            if order is None or self._is_kept(order):
                return
            if not env.router.cancel(env.strategy, order.id, env.now):
                return
            if not order.status.is_open:
                self._notify_cancel(order.view(env.view), order.reason)
        self.tell_ends()

    def replace_order(
        self,
        order_param: object,
        *,
        amount: object = None,
        limit_price: object = None,
        stop_price: object = None,
        take_profit: object = None,
        stop_loss: object = None,
    ) -> bool:
        """Give an open order, or a group of them, other figures; what is not given stays.

        The id stays the same. What has filled is part of the new amount: an amount that is no
        larger than it ends the order. An order loses its place in the queue unless it only
        becomes smaller. Of a bracket, amount, limit and stop are those of its entry; of an OCO
        order, the amount is that of every leg (of those of the other side with the other sign),
        and a price that of the only leg that has one.
        Figures of orders that have ended are left alone.

        Args:
            order_param: Id of an order or a group, or what `get_order` or `get_order_group`
                returned.
            amount: The whole amount, with the order's sign.
            limit_price: The limit price.
            stop_price: The stop price.
            take_profit: Of a bracket: the price of its profit.
            stop_loss: Of a bracket: the price of its loss.

        Returns:
            Whether an open order was given other figures, or a message that says so was sent.

        Raises:
            InvalidArgument: No order or group was placed under this id.
            UnsupportedOrderParameters: The order has no such figure.
            BadOrderParameters: A figure is impossible.
            TradingControlViolation: A control with ``on_error="fail"`` forbids the amount.
        """
        from rustybt.orders import Replacement

        wanted = Replacement.of(
            amount=amount,
            limit_price=limit_price,
            stop_price=stop_price,
            take_profit=take_profit,
            stop_loss=stop_loss,
        )
        group, order = self._group_of(order_param), self._order_of(order_param)
        if group is not None:
            figures = wanted.of_group(group)
        elif order is not None:
            figures = wanted.of_order(order)
        else:
            raise InvalidArgument(
                field="order_param", value=order_param, reason="give the id of an order or a group"
            )
        return self._replace(figures)

    def _replace(self, figures: "list[Figures]") -> bool:
        """Replace all or, where a control or the account refuses it, nothing."""
        env = self._env
        if any(self._is_kept(each.order) for each in figures):
            return False
        sized = {each.order.is_buy: each for each in reversed(figures) if each.amount is not None}
        if not all(self._may_grow(each) for each in sized.values()) or not self._may_cost(figures):
            return False
        changes = [(each.order, env.blotter.change(*each)) for each in figures]
        done = bool(changes) and env.router.replace(env.strategy, changes, env.now)
        self.tell_ends()
        return done

    def _is_kept(self, order: "Order") -> bool:
        """Whether an order is the broker's; it then says that it cannot be taken back."""
        forced = order.terms.forced
        if forced is None or not order.status.is_open:
            return False
        text = f"the broker keeps this order: {forced.reason}"
        order.note(self._env.now, cause="account", reason=text)
        self._tell("recall" if forced.covers_loan else "margin_call", text, order)
        return True

    def _tell(self, kind: "MessageKind", text: str, order: "Order") -> None:
        """Hand the strategy a message of the broker about an order."""
        hook = self.hook("on_broker_message")
        if hook is not None:
            at = self._env.view.instant(self._env.now)
            message = BrokerMessage(
                kind=kind, dt=at, text=text, asset=order.asset, order_id=order.id
            )
            hook(self, message)

    def _may_grow(self, figures: "Figures") -> bool:
        """Whether the trading controls let an order have its new amount."""
        raise NotImplementedError

    def _may_cost(self, figures: "list[Figures]") -> bool:
        """Whether the account lets orders have their new figures."""
        raise NotImplementedError

    def _order_of(self, order_param: object) -> "Order | None":
        order_id = order_param.id if isinstance(order_param, OrderView) else order_param
        return self._env.blotter.orders.get(order_id) if isinstance(order_id, str) else None

    def _group_of(self, order_param: object) -> "OrderGroup | None":
        group_id = order_param.id if isinstance(order_param, OrderGroupView) else order_param
        return self._env.blotter.groups.get(group_id) if isinstance(group_id, str) else None

    def tell_ends(self) -> None:
        """Call the hooks for orders that the venue ended, and for messages that came too late."""
        env = self._env
        if not env.blotter.has_ends:
            return
        for order in env.blotter.take_ends():
            if order.status is OrderStatus.REJECTED:
                self._notify_reject(order.view(env.view), order.reason or "")
            else:
                self._notify_cancel(order.view(env.view), order.reason)
        for order, text in env.blotter.take_late():
            self._tell("too_late", text, order)
