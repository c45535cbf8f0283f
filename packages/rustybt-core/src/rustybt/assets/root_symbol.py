"""Chains of futures as databases describe them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSymbol:
    """What is known about a chain of futures beside its contracts.

    Attributes:
        root_symbol: Its name, such as ``"ES"``.
        root_symbol_id: Its number; None without one.
        sector: What it is on; None where it is not known.
        description: Its name in full; None where it is not known.
        exchange: Full name of its venue; None where it is not known.
    """

    root_symbol: str
    root_symbol_id: int | None = None
    sector: str | None = None
    description: str | None = None
    exchange: str | None = None
