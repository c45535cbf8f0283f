"""Financing models: what cash earns or costs overnight, and what rolling a currency pair does.

Money that is earned is positive, money that is owed negative. A night is named by the day on whose
evening it begins; from Friday to Monday there are three.
"""

from rustybt.finance.financing._base import Financing, FinancingModel
from rustybt.finance.financing._overnight import OvernightFinancing
from rustybt.finance.financing._swap_points import SwapPoints

__all__ = [
    "Financing",
    "FinancingModel",
    "OvernightFinancing",
    "SwapPoints",
]
