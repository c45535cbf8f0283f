"""Acme for RustyBT: what a third party adds, from the outside."""

from rustybt_acme.adapter import AcmeTape
from rustybt_acme.margin import Concentrated
from rustybt_acme.ratings import AcmeRatings, RatingsLoader
from rustybt_acme.slippage import HalfSpread
from rustybt_acme.tape import read_tape

__all__ = [
    "AcmeRatings",
    "AcmeTape",
    "Concentrated",
    "HalfSpread",
    "RatingsLoader",
    "read_tape",
]
