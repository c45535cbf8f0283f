"""Factors: a number, or an instant, per asset and session."""

from rustybt.pipeline.derived import Derived, stands_for
from rustybt.pipeline.factor_arithmetic import FactorFunctions
from rustybt.pipeline.factor_sessions import FactorRanks, FactorReductions
from rustybt.pipeline.factor_windows import FactorWindows
from rustybt.pipeline.refusing import LOGIC, refuses


class Factor(FactorFunctions, FactorRanks, FactorReductions, FactorWindows):
    """A number, or an instant, per asset and session; missing where there is none."""


refuses(Factor, LOGIC, "it is no filter; compare it first, as in (factor > 0) & other")


class DerivedFactor(Derived, Factor):
    """A factor that an operation made."""


stands_for("factor", DerivedFactor)
