"""What indicators compute, row by row, in floats.

:data:`SPECIFICATIONS` names every indicator with its parameters, inputs, outputs and source;
:func:`make_kernel` makes one. Floats are right here: indicators are statistics, not money. An
accelerator has the same kernels, and gives the same values to the last bit, because each is one
sequence of IEEE operations that is written down once, in the classes of this package: additions,
multiplications, divisions, comparisons and square roots, in that order, none fused.

**Rows that do not count.** A row in which any input is not a finite number (a bar that is not
there) gives NaN in every output and does not enter the state: the values of the other rows are
those of the column without it.

**Cuts.** The state is carried inside: any way of cutting columns into chunks gives equal values.

**No drift.** A value over a window depends on the rows of that window alone
(:mod:`rustybt.indicators.kernels._rolling`).

**No value.** The first ``warm_up`` rows that count give NaN in every output: outputs start
together, as TA-Lib's do. After them a ratio whose denominator is zero has the value that TA-Lib
gives it, and NaN where TA-Lib has no such indicator.
"""

from rustybt.indicators.kernels._make import make_kernel, make_reference_kernel
from rustybt.indicators.kernels._models import IndicatorKernel, Parameter, Specification
from rustybt.indicators.kernels._specifications import GROUPS, SPECIFICATIONS

__all__ = [
    "GROUPS",
    "SPECIFICATIONS",
    "IndicatorKernel",
    "Parameter",
    "Specification",
    "make_kernel",
    "make_reference_kernel",
]
