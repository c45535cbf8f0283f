"""RustyBT's accelerator: kernels in Rust that change nothing but the speed.

It needs nothing of RustyBT. Columns come and go by Arrow's PyCapsule protocol: whatever has
``__arrow_c_stream__`` is read in place (a Polars series), and ``polars.Series`` reads a
:class:`Column`.
"""

from rustybt_rs._accelerator import ACCELERATOR
from rustybt_rs._native import (
    VERSION,
    Column,
    InvalidInputError,
    KernelPanicError,
    NumberTooLargeError,
    OrderBook,
)

__version__ = VERSION

__all__ = [
    "ACCELERATOR",
    "Column",
    "InvalidInputError",
    "KernelPanicError",
    "NumberTooLargeError",
    "OrderBook",
    "__version__",
]
