"""The models that the orders of a run met, as a frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")


class Models(NamedTuple):
    """The models that the orders of an asset met.

    Attributes:
        slippage: The slippage model.
        commission: The commission model.
        latency: The latency model, None for none.
        fills: The fill model, None for none.
    """

    slippage: object
    commission: object
    latency: object
    fills: object


def models_frame(models: Mapping[int, Models]) -> pl.DataFrame:
    """A row per asset that was ordered.

    Args:
        models: The models by sid.

    Returns:
        Columns slippage, volume_limit (the share of a bar's volume that may fill, as a text; null
        where the model has no attribute of that name), per_order (whether each order has that
        share to itself), commission, latency, fill_model, and sid. Models are told by their text.
    """
    rows = [
        (
            _text(each.slippage),
            _number(getattr(each.slippage, "volume_limit", None)),
            bool(getattr(each.slippage, "per_order", False)),
            _text(each.commission),
            _text(each.latency),
            _text(each.fills),
            sid,
        )
        for sid, each in models.items()
    ]
    schema = dict.fromkeys(
        ("slippage", "volume_limit", "per_order", "commission", "latency", "fill_model", "sid"),
        pl.String,
    )
    return pl.DataFrame(rows, {**schema, "per_order": pl.Boolean, "sid": pl.Int64}, orient="row")


def _text(model: object) -> str | None:
    """A model's text; an address in memory says nothing, and differs from run to run."""
    return None if model is None else _ADDRESS.sub("", repr(model))


def _number(value: object) -> str | None:
    return None if value is None else str(value)
