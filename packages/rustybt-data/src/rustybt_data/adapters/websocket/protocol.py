"""How a venue's stream speaks, as data: what is asked, and where figures lie in what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

from rustybt.errors import InvalidArgument
from rustybt_data.adapters.websocket.figures import NS_PER
from rustybt_data.adapters.websocket.paths import JsonPath
from rustybt_data.adapters.websocket.templates import Json, parse_template

Kind = Literal["trade", "quote", "bar"]
Case = Literal["keep", "lower", "upper"]

_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "trade": (("symbol", "time", "price", "size"), ("id", "sequence")),
    "quote": (("symbol", "time", "bid", "ask"), ("bid_size", "ask_size", "sequence")),
    "bar": (
        ("symbol", "open", "high", "low", "close", "volume"),
        ("time", "start", "complete", "sequence"),
    ),
}
"""The fields that records of a kind have to have, and those that they may have."""

_UNITS: Final = (*NS_PER, "iso")
_PRESETS: Final = "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamProtocol:
    """How a stream is asked and read.

    Attributes:
        kind: What its records are.
        fields: Where a record has its figures, by our names: see the guide to data.
        url: The address, where none is given.
        login: Messages that are sent first; ``{env:NAME}`` stands for a variable.
        subscribe: The message that asks for symbols, see `templates.symbol_messages`; None where
            none is needed.
        unsubscribe: The message that asks for them no longer.
        case: How the venue writes symbols in what it is asked: as we do, in lower or upper case.
        separator: What it writes for ``/``.
        records: Where a message has its records: a list, or one.
        only: What a record has to have at some places, as texts; others are no data.
        refused: Where a message says that the venue refuses something.
        restarts: Whether the numbers of messages begin anew with each connection.
        unit: What times count: ``s``, ``ms``, ``us``, ``ns``, or ``iso`` for texts.
    """

    kind: Kind
    fields: Mapping[str, JsonPath]
    url: str = ""
    login: tuple[Json, ...] = ()
    subscribe: Json = None
    unsubscribe: Json = None
    case: Case = "keep"
    separator: str = "/"
    records: JsonPath = field(default_factory=lambda: JsonPath.parse("$"))
    only: tuple[tuple[JsonPath, str], ...] = ()
    refused: JsonPath | None = None
    restarts: bool = False
    unit: str = "ms"

    @classmethod
    def load(cls, name: str) -> Self:
        """A preset by name, or a TOML file.

        Raises:
            InvalidArgument: There is no such preset, or what is there is no protocol.
        """
        known = presets()
        if name in known:
            text = known[name]
        elif name.endswith(".toml") and Path(name).is_file():
            text = Path(name).read_text("utf-8")
        else:
            reason = f"give one of {', '.join(known)}, or a file that ends in .toml"
            raise InvalidArgument(field="protocol", value=name, reason=reason)
        try:
            return cls.parse(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise InvalidArgument(field="protocol", value=name, reason=f"{error}") from None

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """Read a protocol.

        Raises:
            InvalidArgument: A name is not known, is missing or has no such value.
        """
        own = set(cls.__dataclass_fields__)
        _refuse_unknown("protocol", table, own)
        kind = _one_of("kind", table.get("kind"), get_args(Kind))
        login = table.get("login", ())
        return cls(
            kind=kind,
            fields=_fields(kind, _table("fields", table)),
            url=_text("url", table),
            login=tuple(
                parse_template("login", each)
                for each in ([login] if isinstance(login, str) else login)
            ),
            subscribe=_template("subscribe", table),
            unsubscribe=_template("unsubscribe", table),
            case=_one_of("case", table.get("case", "keep"), get_args(Case)),
            separator=_text("separator", table, "/"),
            records=JsonPath.parse(_text("records", table, "$")),
            only=tuple(
                (JsonPath.parse(path), _said(value))
                for path, value in _table("only", table).items()
            ),
            refused=JsonPath.parse(_text("refused", table)) if "refused" in table else None,
            restarts=_one_of("restarts", table.get("restarts", False), (True, False)),
            unit=_one_of("unit", table.get("unit", "ms"), _UNITS),
        )

    def spelled(self, symbol: str) -> str:
        """A symbol as the venue writes it in what it is asked."""
        text = symbol.replace("/", self.separator)
        return {"keep": text, "lower": text.lower(), "upper": text.upper()}[self.case]


def presets() -> dict[str, str]:
    """The texts of the protocols that come with the adapter, by name."""
    folder = files(__package__).joinpath(_PRESETS)
    found = sorted(folder.iterdir(), key=lambda each: each.name)
    return {each.name.removesuffix(".toml"): each.read_text("utf-8") for each in found}


def _fields(kind: str, table: Mapping[str, Any]) -> dict[str, JsonPath]:
    needed, more = _FIELDS[kind]
    _refuse_unknown(f"fields of a {kind}", table, {*needed, *more})
    missing = [name for name in needed if name not in table]
    if kind == "bar" and not table.keys() & {"time", "start"}:
        missing.append("time or start")
    if missing:
        reason = f"say where a record has its {', '.join(missing)}"
        raise InvalidArgument(field="fields", value=sorted(table), reason=reason)
    return {name: JsonPath.parse(_text(name, table)) for name in table}


def _template(name: str, table: Mapping[str, Any]) -> Json:
    return parse_template(name, _text(name, table)) if name in table else None


def _table(name: str, table: Mapping[str, Any]) -> Mapping[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, Mapping):
        raise InvalidArgument(field=name, value=value, reason="give a table")
    return value


def _text(name: str, table: Mapping[str, Any], default: str = "") -> str:
    value = table.get(name, default)
    if not isinstance(value, str):
        raise InvalidArgument(field=name, value=value, reason="give a text")
    return value


def _said(value: object) -> str:
    """A value as it is compared with one of a message."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(name: str, value: Any, known: tuple[Any, ...]) -> Any:  # noqa: ANN401 - one of known
    if value not in known:
        raise InvalidArgument(
            field=name, value=value, reason=f"give one of {', '.join(map(str, known))}"
        )
    return value


def _refuse_unknown(what: str, table: Mapping[str, Any], known: set[str]) -> None:
    for name in table:
        if name not in known:
            reason = f"give some of {', '.join(sorted(known))}"
            raise InvalidArgument(field=what, value=name, reason=reason)
