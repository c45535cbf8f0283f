"""Values of a run's configuration as JSON, and back without loss.

JSON knows texts, numbers, truth values, lists and objects; what else a configuration holds is
written as an object with a key that starts with ``$``. Account types and margin models are written
as the arguments that make them again; their modules are imported only where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, Final

import polars as pl

from rustybt.assets import (
    Cryptocurrency,
    CurrencyPair,
    Equity,
    ExchangeInfo,
    Future,
    Perpetual,
)
from rustybt.errors import InvalidArgument
from rustybt.simulation.envelope import Envelope, Outcome
from rustybt.simulation.rules import SimulationRules
from rustybt.values import parse_decimal

_RECORDS: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        Cryptocurrency,
        CurrencyPair,
        Envelope,
        Equity,
        ExchangeInfo,
        Future,
        Outcome,
        Perpetual,
        SimulationRules,
    )
}

_MODELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("CallPolicy", "CashAccount", "MarginAccount", "UnlimitedAccount"),
        "rustybt.finance.account_types",
    ),
    **dict.fromkeys(
        (
            "ByAssetClass",
            "CryptoCross",
            "CryptoIsolated",
            "FutureMargins",
            "PortfolioPercent",
            "RegT",
        ),
        "rustybt.finance.margin",
    ),
}
"""Classes that are made again of their arguments, and where they are."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that has no JSON: what is known of it after loading.

    Attributes:
        text: Its repr.
    """

    text: str


def encode(value: object) -> Any:  # noqa: ANN401 - JSON
    """A value as JSON; one that has none becomes an :class:`Opaque`."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, Mapping):
        return _encode_mapping(value)
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return _marked(value)


def decode(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value that :func:`encode` was given; lists for every kind of sequence.

    Raises:
        InvalidArgument: It has a mark that this version does not know.
    """
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    tag = next((key for key in value if key.startswith("$")), None)
    if tag is None:
        return {key: decode(item) for key, item in value.items()}
    if tag == "$record" and value[tag] in _RECORDS:
        return _RECORDS[value[tag]](**decode(value["fields"]))
    if tag == "$model" and value[tag] in _MODELS:
        return _model_class(value[tag])(**decode(value["arguments"]))
    if tag in _PARSERS:
        return _PARSERS[tag](value[tag])
    reason = "read it with the version of RustyBT that wrote it"
    raise InvalidArgument(field="mark in JSON", value=value[tag], reason=reason)


def _marked(value: object) -> dict[str, Any]:
    """An object with a mark, for what JSON does not know."""
    if isinstance(value, pl.DataFrame):
        return {"$frame": encode(value.to_dict(as_series=False))}
    if hasattr(value, "items") and not isinstance(value, type):
        return _encode_mapping(value)
    if type(value) in _RECORDS.values():
        return {"$record": type(value).__name__, "fields": _fields_of(value)}
    if _is_model(value):
        return {"$model": type(value).__name__, "arguments": encode(_arguments_of(value))}
    for kind, tag, text in _TEXTS:
        if isinstance(value, kind):
            return {tag: text(value)}
    return {"$opaque": repr(value)}


def _encode_mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a mapping or pandas Series
    """An object; pairs where the keys are no texts or could be taken for marks."""
    pairs = list(value.items())
    if all(isinstance(key, str) and not key.startswith("$") for key, _ in pairs):
        return {key: encode(item) for key, item in pairs}
    return {"$items": [[encode(key), encode(item)] for key, item in pairs]}


def _is_model(value: object) -> bool:
    """Whether it is of one of the classes themselves; what a subclass adds is not known."""
    name = type(value).__name__
    return name in _MODELS and type(value) is _model_class(name)


def _model_class(name: str) -> Any:  # noqa: ANN401 - a class
    return getattr(import_module(_MODELS[name]), name)


def _arguments_of(model: Any) -> dict[str, Any]:  # noqa: ANN401 - one of those classes
    if is_dataclass(model):
        return {field.name: getattr(model, field.name) for field in fields(model)}
    arguments: dict[str, Any] = model.arguments()
    return arguments


def _fields_of(record: Any) -> dict[str, Any]:  # noqa: ANN401 - one of the known dataclasses
    return {field.name: encode(getattr(record, field.name)) for field in fields(record)}


_TEXTS: Final[tuple[tuple[type[Any], str, Any], ...]] = (
    (Decimal, "$decimal", str),
    (datetime, "$datetime", datetime.isoformat),
    (date, "$date", date.isoformat),
    (timedelta, "$seconds", timedelta.total_seconds),
    (float, "$float", repr),
    (Path, "$path", str),
    (Opaque, "$opaque", lambda opaque: opaque.text),
)
"""Kinds of value, the mark of each, and how it is written; a datetime is a date as well."""

_PARSERS: Final[Mapping[str, Any]] = {
    "$decimal": lambda text: parse_decimal(text, field="$decimal"),
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$seconds": lambda seconds: timedelta(seconds=seconds),
    "$path": Path,
    "$float": float,
    "$items": lambda pairs: {decode(key): decode(item) for key, item in pairs},
    "$frame": lambda columns: pl.DataFrame(decode(columns)),
    "$opaque": Opaque,
}
