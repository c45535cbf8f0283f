"""What a machine or a user decides once: ``RUSTYBT_*`` variables and ``config.toml``.

Every setting has a default. ``$RUSTYBT_HOME/config.toml`` comes over the default, a variable of
the environment over the file, and an argument of a function over all of them::

    RUSTYBT_LOG_LEVEL=info RUSTYBT_PRECISION_CRYPTO_TICK=0.01 rustybt run ...

    # ~/.rustybt/config.toml
    log_level = "info"
    [precision.crypto]
    tick = "0.01"
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from rustybt.errors import InvalidSettings

PREFIX = "RUSTYBT_"
CONFIG_FILE = "config.toml"

_PRECISION = "PRECISION_"
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionOverride:
    """How finely a class of assets is traded, where it differs from the default.

    Tick and lot stay text here: ``rustybt.values`` makes numbers of them.
    """

    price_decimals: int | None = None
    tick: str | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, read and checked.

    Attributes:
        home: Where RustyBT keeps its files; ``~/.rustybt``.
        data_dir: Where ingested data live; ``home / "data"``.
        database_url: SQLAlchemy address of the state database; a SQLite file in ``home``.
        catalog_url: Address of the database of the catalog of data; None for an SQLite file in
            ``data_dir``.
        log_level: Least severity that is logged.
        log_format: How a log line looks; ``auto`` is ``human`` in a terminal, else ``json``.
        use_decimal: Whether runs compute in Decimal (true) or float64 unless they say so.
        use_polars: Whether strategies see Polars (true) or pandas frames unless they say so.
        accel: Whether the Rust kernels are used: when they are there, never, or always.
        precision: Overrides by asset class: ``crypto``, ``equity``, ``forex``, ``future``.
    """

    home: Path
    data_dir: Path
    database_url: str
    catalog_url: str | None = None
    log_level: Literal["debug", "info", "warning", "error", "critical"] = "warning"
    log_format: Literal["auto", "human", "json"] = "auto"
    use_decimal: bool = True
    use_polars: bool = True
    accel: Literal["auto", "off", "require"] = "auto"
    precision: Mapping[str, PrecisionOverride] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings of an environment and of the file in its home.

        Raises:
            InvalidSettings: A value cannot be used, or the file has a name that is none.
        """
        home = _path("HOME", environ.get(f"{PREFIX}HOME") or "~/.rustybt", environ)
        content = _read_config(home / CONFIG_FILE)
        precision = {**_precision_of_file(content), **_precision_of_environ(environ)}
        values = {
            name: check(name, value, environ)
            for name, check in _CHECKS.items()
            if (value := environ.get(_variable(name)) or content.get(name)) not in (None, "")
        }
        values.setdefault("data_dir", home / "data")
        values.setdefault("database_url", f"sqlite:///{home / 'rustybt.db'}")
        return cls(home=home, precision=_overrides(precision), **values)


def settings() -> Settings:
    """The settings of this process, read again only when its environment has changed."""
    relevant = {k: v for k, v in os.environ.items() if k.startswith(PREFIX) or k in _HOME_NAMES}
    return _cached(tuple(sorted(relevant.items())))


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The ``RUSTYBT_*`` variables that core does not know: another package's, or misspelt."""
    known = {f"{PREFIX}{item.name.upper()}" for item in fields(Settings)}
    return tuple(
        name
        for name in sorted(environ)
        if name.startswith(PREFIX)
        and name not in known
        and not name.startswith(f"{PREFIX}{_PRECISION}")
    )


@lru_cache(maxsize=8)
def _cached(items: tuple[tuple[str, str], ...]) -> Settings:
    return Settings.load(dict(items))


def precision_variable(asset_class: str, name: str) -> str:
    """The variable of one precision: ``RUSTYBT_PRECISION_CRYPTO_TICK``."""
    return _variable(f"{_PRECISION}{asset_class}_{name}")


# ------------------------------------------------------------------ sources


def _read_config(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    import tomllib

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(name=str(path), value="no TOML", reason=str(error)) from error
    for name in content:
        if name not in _CHECKS and name != "precision":
            known = ", ".join(sorted((*_CHECKS, "precision")))
            raise InvalidSettings(name=str(path), value=name, reason=f"it may hold {known}")
    return content


def _precision_of_file(content: Mapping[str, Any]) -> dict[tuple[str, str], object]:
    """The tables ``[precision.crypto]`` and so on, by class and name."""
    tables = content.get("precision", {})
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        reason = "give a table for each class of assets: [precision.crypto]"
        raise InvalidSettings(name="precision", value=tables, reason=reason)
    return {
        (asset_class, name): value
        for asset_class, table in tables.items()
        for name, value in table.items()
    }


def _precision_of_environ(environ: Mapping[str, str]) -> dict[tuple[str, str], object]:
    """The variables ``RUSTYBT_PRECISION_CRYPTO_TICK`` and so on, by class and name."""
    given: dict[tuple[str, str], object] = {}
    for variable, value in environ.items():
        if variable.startswith(f"{PREFIX}{_PRECISION}"):
            rest = variable.removeprefix(f"{PREFIX}{_PRECISION}").lower()
            asset_class, _, name = rest.partition("_")
            given[asset_class, name] = value
    return given


# ------------------------------------------------------------------ checks

_Check = Callable[[str, Any, Mapping[str, str]], Any]
_HOME_NAMES = frozenset({"HOME", "USERPROFILE"})


def _text(_name: str, value: object, _environ: Mapping[str, str]) -> str:
    return str(value)


def _path(_name: str, value: object, environ: Mapping[str, str]) -> Path:
    text = str(value)
    if text.startswith("~/"):
        user = next((environ[n] for n in sorted(_HOME_NAMES) if environ.get(n)), None)
        return (Path(user) if user else Path.home()) / text[2:]
    return Path(text).absolute()


def _flag(name: str, value: object, _environ: Mapping[str, str]) -> bool:
    text = str(value).lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise InvalidSettings(name=_variable(name), value=value, reason="give 1 or 0")


def _choice(*choices: str) -> _Check:
    def check(name: str, value: object, _environ: Mapping[str, str]) -> str:
        text = str(value).lower()
        if text in choices:
            return text
        reason = f"give one of {', '.join(choices)}"
        raise InvalidSettings(name=_variable(name), value=value, reason=reason)

    return check


def _overrides(given: Mapping[tuple[str, str], object]) -> Mapping[str, PrecisionOverride]:
    names = [item.name for item in fields(PrecisionOverride)]
    by_class: dict[str, dict[str, object]] = {}
    for (asset_class, name), value in given.items():
        if name not in names:
            setting = precision_variable(asset_class, name)
            reason = f"a precision has {', '.join(names)}"
            raise InvalidSettings(name=setting, value=value, reason=reason)
        by_class.setdefault(asset_class, {})[name] = value
    return MappingProxyType({name: _override(name, of) for name, of in by_class.items()})


def _override(asset_class: str, given: Mapping[str, object]) -> PrecisionOverride:
    return PrecisionOverride(
        price_decimals=(
            _digits(asset_class, given["price_decimals"]) if "price_decimals" in given else None
        ),
        tick=str(given["tick"]) if "tick" in given else None,
        lot=str(given["lot"]) if "lot" in given else None,
    )


def _digits(asset_class: str, value: object) -> int:
    text = str(value)
    if text.isdecimal():
        return int(text)
    setting = precision_variable(asset_class, "price_decimals")
    raise InvalidSettings(name=setting, value=value, reason="give a whole number of digits")


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"


_CHECKS: dict[str, _Check] = {
    "data_dir": _path,
    "database_url": _text,
    "catalog_url": _text,
    "log_level": _choice("debug", "info", "warning", "error", "critical"),
    "log_format": _choice("auto", "human", "json"),
    "use_decimal": _flag,
    "use_polars": _flag,
    "accel": _choice("auto", "off", "require"),
}
