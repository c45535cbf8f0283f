"""What the operations of terms do: functions of `Columns` and arguments that make expressions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from rustybt.pipeline.operations import elementwise

Operation = Callable[..., pl.Expr]

OPERATIONS: Final[Mapping[str, Any]] = MappingProxyType({**elementwise.OPERATIONS})
"""Every operation by name."""
