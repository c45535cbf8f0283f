"""What the operations of terms do: functions of `Columns` and arguments that make expressions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from rustybt.pipeline.operations import elementwise, labels, sessions, windows

Operation = Callable[..., pl.Expr]

OPERATIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **elementwise.OPERATIONS,
        **labels.OPERATIONS,
        **sessions.OPERATIONS,
        **windows.OPERATIONS,
    }
)
"""Every operation by name."""

MASKED: Final = sessions.MASKED
"""Those that give nothing where their term is not computed."""
