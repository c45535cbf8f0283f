"""A book as a model in fractions, which knows nothing of kernel numbers.

It rounds where the rounding table of the specification says so: money at 16 decimals, prices at 12,
amounts at 8, half even; cash in lieu to cents.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from finance.books import AAA, BBB, COIN, FORK, OIL, RTS

from rustybt.assets import Asset
from rustybt.values import Num

ASSETS: tuple[Asset, ...] = (AAA, BBB, RTS, OIL, COIN, FORK)
MULTIPLIER = {asset: 50 if asset is OIL else 1 for asset in ASSETS}
LOT = {asset: Fraction(1, 10**8 if asset in (COIN, FORK) else 1) for asset in ASSETS}
ZERO = Fraction(0)


def fraction_of(number: Num, scale: int) -> Fraction:
    """A kernel number as the model counts."""
    assert isinstance(number, int)
    return Fraction(number, 10**scale)


def rounded(number: Fraction, places: int) -> Fraction:
    return Fraction(round(number * 10**places), 10**places)


def in_lots(asset: Asset, amount: Fraction, fractions: str) -> tuple[Fraction, Fraction]:
    """Whole lots, toward zero, and the rest."""
    sign, lot = (1 if amount > 0 else -1), LOT[asset]
    whole = sign * (abs(amount) // lot) * lot
    rest = rounded(amount - whole, 8)
    if rest and fractions == "round_up":
        return whole + sign * lot, ZERO
    return whole, rest


@dataclass
class Holding:
    amount: Fraction = ZERO
    cost: Fraction = ZERO
    mark: Fraction = ZERO
    settled: Fraction = ZERO

    @property
    def side(self) -> int:
        return 1 if self.amount > 0 else -1


@dataclass
class Model:
    cash: Fraction
    held: dict[Asset, Holding] = field(default_factory=dict)
    owed: dict[tuple[Asset, int], Fraction] = field(default_factory=dict)
    rights: dict[Asset, Fraction] = field(default_factory=dict)

    def profit(self, asset: Asset, price: Fraction) -> Fraction:
        holding = self.held[asset]
        return rounded(holding.amount * (price - holding.settled) * MULTIPLIER[asset], 16)

    def settle(self, asset: Asset, price: Fraction) -> None:
        self.cash += self.profit(asset, price)
        self.held[asset].settled = price

    def fill(self, asset: Asset, amount: Fraction, price: Fraction) -> None:
        holding = self.held.setdefault(asset, Holding(settled=price))
        notional = rounded(amount * price * MULTIPLIER[asset], 16)
        if asset is OIL:
            self.settle(asset, price)
        else:
            self.cash -= notional
        after = holding.amount + amount
        if holding.amount * amount >= 0:
            holding.cost += notional
        elif holding.amount * after >= 0:
            holding.cost -= rounded(holding.cost * -amount / holding.amount, 16)
        else:
            holding.cost = rounded(after * price * MULTIPLIER[asset], 16)
        holding.amount, holding.mark = after, price
        self.drop_if_empty(asset)

    def drop_if_empty(self, asset: Asset) -> None:
        if not self.held[asset].amount:
            del self.held[asset]

    @property
    def total_cash(self) -> Fraction:
        unsettled = self.profit(OIL, self.held[OIL].mark) if OIL in self.held else 0
        return self.cash + unsettled

    @property
    def value(self) -> Fraction:
        worth = sum(
            rounded(holding.amount * holding.mark, 16)
            for asset, holding in self.held.items()
            if asset is not OIL
        )
        return self.total_cash + worth + sum(self.owed.values())

    # ------------------------------------------------------------------ corporate actions

    def split(self, asset: Asset, ratio: Fraction, fractions: str = "cash") -> None:
        if asset not in self.held:
            return
        holding = self.held[asset]
        holding.mark = rounded(holding.mark * ratio, 12)
        amount, rest = in_lots(asset, holding.amount / ratio, fractions)
        if rest:
            holding.cost -= rounded(holding.cost * rest / (amount + rest), 16)
        if fractions == "cash":
            self.cash += rounded(rounded(rest * holding.mark, 16), 2)
        holding.amount = amount
        self.drop_if_empty(asset)

    def bring(
        self, asset: Asset, amount: Fraction, cost: Fraction, price: Fraction, fractions: str,
        *, subscription: Fraction = ZERO,
    ) -> None:  # fmt: skip
        """Units arrive that had cost so much before; each new one costs the subscription."""
        units, rest = in_lots(asset, amount, fractions)
        if rest:
            cost -= rounded(cost * rest / (units + rest), 16)
        if fractions == "cash":
            self.cash += rounded(rounded(rest * max(price - subscription, ZERO), 16), 2)
        paid = rounded(units * subscription, 16)
        self.cash -= paid
        if units:
            self.arrive(asset, units, cost + paid, price)

    def arrive(self, asset: Asset, units: Fraction, cost: Fraction, price: Fraction) -> None:
        holding = self.held.setdefault(asset, Holding(mark=price))
        after = holding.amount + units
        if holding.amount * units >= 0:
            holding.cost += cost
        elif holding.amount * after >= 0:
            holding.cost -= rounded(holding.cost * -units / holding.amount, 16)
        else:
            holding.cost = rounded(cost * after / units, 16)
        holding.amount = after
        self.drop_if_empty(asset)

    def price_of(self, asset: Asset, price: Fraction | None, else_: Fraction) -> Fraction:
        if price is not None:
            return price
        return self.held[asset].mark if asset in self.held else rounded(max(else_, ZERO), 12)

    def merge(
        self, asset: Asset, into: Asset, ratio: Fraction | None, cash: Fraction,
        price: Fraction | None, fractions: str,
    ) -> None:  # fmt: skip
        if asset not in self.held:
            return
        holding = self.held.pop(asset)
        paid = rounded(holding.amount * cash, 16)
        self.cash += paid
        if ratio is None:
            return
        price = self.price_of(into, price, (holding.mark - cash) / ratio)
        worth = rounded(sum(in_lots(into, holding.amount * ratio, fractions)) * price, 16)
        side = holding.side
        profit = min(side * paid, max(side * (worth + paid - holding.cost), ZERO))
        cost = holding.cost - (paid - side * profit)
        self.bring(into, holding.amount * ratio, cost, price, fractions)

    def spin_off(
        self, asset: Asset, child: Asset, ratio: Fraction, share: Fraction,
        price: Fraction | None, fractions: str,
    ) -> None:  # fmt: skip
        if asset not in self.held:
            return
        holding = self.held[asset]
        if not any(in_lots(child, holding.amount * ratio, fractions)):
            return
        price = self.price_of(child, price, rounded(holding.mark * share, 12) / ratio)
        cost = rounded(holding.cost * share, 16)
        holding.cost -= cost
        holding.mark = max(holding.mark - rounded(price * ratio, 12), ZERO)
        self.bring(child, holding.amount * ratio, cost, price, fractions)

    def return_capital(self, asset: Asset, per_share: Fraction) -> None:
        if asset not in self.held:
            return
        holding = self.held[asset]
        paid = rounded(holding.amount * per_share, 16)
        side = holding.side
        holding.cost -= side * min(side * paid, max(side * holding.cost, ZERO))
        holding.mark = max(holding.mark - per_share, ZERO)
        self.cash += paid

    def grant(self, asset: Asset) -> None:
        """A right that doesn't trade for each share."""
        if asset in self.held:
            self.rights[asset] = self.rights.get(asset, ZERO) + self.held[asset].amount

    def exercise(
        self, asset: Asset, rights: Asset | None, ratio: Fraction, subscription: Fraction,
        price: Fraction | None, fractions: str,
    ) -> None:  # fmt: skip
        amount, cost = self.end_rights(asset, rights)
        price = self.price_of(asset, price, subscription)
        self.bring(asset, amount * ratio, cost, price, fractions, subscription=subscription)

    def sell_rights(self, asset: Asset, rights: Asset | None, price: Fraction) -> None:
        self.cash += rounded(self.end_rights(asset, rights)[0] * price, 16)

    def end_rights(self, asset: Asset, rights: Asset | None) -> tuple[Fraction, Fraction]:
        if rights is None:
            return self.rights.pop(asset, ZERO), ZERO
        holding = self.held.pop(rights, Holding())
        return holding.amount, holding.cost
