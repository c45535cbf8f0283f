"""Money: an amount of one currency."""

from dataclasses import dataclass
from decimal import Decimal

from rustybt.errors import CurrencyMismatch
from rustybt.values.models import KERNEL_CONTEXT

# ISO 4217 currencies whose minor unit is not a hundredth.
_MINOR_DIGITS = {
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
}


def minor_unit(currency: str) -> Decimal:
    """The smallest unit in which a currency is paid (ISO 4217): 0.01 USD, 1 JPY, 0.001 KWD."""
    return Decimal(1).scaleb(-_MINOR_DIGITS.get(currency.upper(), 2))


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency; two currencies never mix without a conversion."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(KERNEL_CONTEXT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(KERNEL_CONTEXT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(self.amount.copy_negate(), self.currency)

    def rounded(self) -> "Money":
        """Rounded half even to the currency's minor unit."""
        unit = minor_unit(self.currency)
        return Money(self.amount.quantize(unit, context=KERNEL_CONTEXT), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return other.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
