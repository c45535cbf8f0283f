"""Rule sets: which rules are applied, with which parameters, and what comes of what they find."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, Self

from rustybt.clock.resolution import Resolution
from rustybt.errors import InvalidArgument
from rustybt_data.quality.catalogue import ASSET_CLASSES, LAYERS, OFF, OUTCOMES, RULES, Parameter
from rustybt_data.quality.defaults import defaults_of

_FIELDS: Final = ("name", "asset_class", "resolution", "rules")
_MOST: Final = 1_000_000
_ALWAYS: Final = "columns"
"""The rule that cannot be changed."""

_SHARES: Final = ("spike.reverts", "split_suspected.tolerance", "missing_share.over")
"""Parameters that are parts of a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of a set.

    Attributes:
        name: One of those of the catalogue.
        outcome: ``flag``, ``quarantine`` or ``fail``, or ``off``. Rules with the parameters
            `flag_over` and `quarantine_over` come to it above the latter (0 for never), and are
            a flag above the former.
        parameters: All of its parameters.

    Raises:
        InvalidArgument: There is no such rule, outcome or parameter, or a value is none for it.
    """

    name: str
    outcome: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_known("rule", self.name, RULES)
        _check_known(f"outcome of {self.name}", self.outcome, (*OUTCOMES[1:], OFF))
        kind = RULES[self.name]
        for name in self.parameters:
            _check_known(f"parameter of {self.name}", name, kind.parameters)
        values = {
            name: _value(f"{self.name}.{name}", self.parameters.get(name, default), default)
            for name, default in kind.parameters.items()
        }
        object.__setattr__(self, "parameters", MappingProxyType(values))
        if self.name == _ALWAYS and self.outcome != "fail":
            reason = "bars without such a column cannot be judged: it always fails; leave it out"
            _refuse(f"{self.name}.outcome", self.outcome, reason)
        _check_limits(self.name, values)

    @property
    def layer(self) -> int:
        """1 schema, 2 relations, 3 outliers, 4 time."""
        return RULES[self.name].layer

    @property
    def is_on(self) -> bool:
        """Whether it is applied."""
        return self.outcome != OFF

    @property
    def stops(self) -> bool:
        """Whether what it finds takes no part in the rules that look at neighbours."""
        return self.outcome in {"quarantine", "fail"}

    def number(self, name: str) -> float:
        """A parameter that is a number."""
        value = self.parameters[name]
        assert isinstance(value, int | float), "the catalogue says that it is a number"
        return float(value)

    def count(self, name: str) -> int:
        """A parameter that is a count."""
        value = self.parameters[name]
        assert isinstance(value, int), "the catalogue says that it is a count"
        return value

    def classes(self, name: str) -> tuple[str, ...]:
        """A parameter that lists asset classes."""
        value = self.parameters[name]
        assert isinstance(value, tuple), "the catalogue says that it is a list"
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        return _rule, (self.name, self.outcome, dict(self.parameters))


def _rule(name: str, outcome: str, parameters: Mapping[str, Parameter]) -> Rule:
    return Rule(name=name, outcome=outcome, parameters=parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All rules, each with its outcome and parameters: the same in batch and live. Immutable.

    Attributes:
        name: What reports call it.
        rules: The rules; those of the catalogue that are left out are as they are there.

    Raises:
        InvalidArgument: A rule is there twice.
    """

    name: str
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        given = {rule.name: rule for rule in self.rules}
        if len(given) != len(self.rules):
            names = [rule.name for rule in self.rules]
            twice = next(name for name in names if names.count(name) > 1)
            raise InvalidArgument(field="rules", value=twice, reason="give each rule once")
        every = (
            given.get(kind.name) or Rule(name=kind.name, outcome=kind.outcome)
            for kind in RULES.values()
        )
        object.__setattr__(self, "rules", tuple(every))

    @classmethod
    def default(
        cls, asset_class: str = "equity", resolution: Resolution | str = "1d", *, name: str = ""
    ) -> Self:
        """The rules for assets of a class and bars of a resolution.

        Args:
            asset_class: ``equity``, ``future``, ``crypto`` or ``forex``.
            resolution: Length of a bar.
            name: By default both of them.

        Raises:
            InvalidArgument: There is no such class or resolution.
        """
        _check_known("asset_class", asset_class, ASSET_CLASSES)
        length = Resolution.parse(resolution)
        changed = defaults_of(asset_class, length)
        rules = (
            Rule(name=rule, outcome=RULES[rule].outcome, parameters=parameters)
            for rule, parameters in changed.items()
        )
        return cls(name=name or f"{asset_class} {length}", rules=tuple(rules))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file of TOML, in the form that `from_dict` takes.

        Raises:
            InvalidArgument: It is no TOML, or holds a name or a value that is not known or does not
                fit the others; it names the file.
        """
        try:
            values = tomllib.loads(Path(path).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidArgument(field="rules", value=str(path), reason=f"{error}") from None
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            raise InvalidArgument(field="rules", value=str(path), reason=reason) from None
        try:
            return cls.from_dict({"name": Path(path).stem, **values})
        except InvalidArgument as error:
            field = f"{path}: {error.field}"
            raise InvalidArgument(field=field, value=error.value, reason=error.reason) from None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The defaults of an asset class and a resolution with some changes.

        Args:
            values: Where given ``name``, ``asset_class`` (equity), ``resolution`` (1d) and
                ``rules``: for each rule that is changed a table of its ``outcome`` and parameters.

        Raises:
            InvalidArgument: A name or a value is not known; it says which ones are near.
        """
        for key in values:
            _check_known("field of a rule set", key, _FIELDS)
        found = cls.default(
            _text("asset_class", values.get("asset_class", "equity")),
            _text("resolution", values.get("resolution", "1d")),
            name=_text("name", values.get("name", "")),
        )
        for name, changes in _table("rules", values.get("rules", {})).items():
            _check_known("rule", name, RULES)
            parameters = dict(_table(f"rules.{name}", changes))
            outcome = parameters.pop("outcome", None)
            found = found.changed(
                name,
                outcome=None if outcome is None else _text(f"{name}.outcome", outcome),
                parameters=parameters,
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` makes the same set of, with every rule."""
        tables = {
            rule.name: {
                "outcome": rule.outcome,
                **{
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in rule.parameters.items()
                },
            }
            for rule in self.rules
        }
        return {"name": self.name, "rules": tables}

    def __getitem__(self, name: str) -> Rule:
        _check_known("rule", name, RULES)
        return next(rule for rule in self.rules if rule.name == name)

    def changed(
        self,
        name: str,
        *,
        outcome: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Self:
        """A set in which a rule has another outcome, or some other parameters.

        Raises:
            InvalidArgument: There is no such rule, outcome or parameter.
        """
        old = self[name]
        new = Rule(
            name=name,
            outcome=old.outcome if outcome is None else outcome,
            parameters={**old.parameters, **(parameters or {})},
        )
        rules = (new if rule.name == name else rule for rule in self.rules)
        return replace(self, rules=tuple(rules))

    def of_layers(self, layers: Collection[int]) -> Self:
        """A set in which the rules of other layers are off.

        Raises:
            InvalidArgument: There is no such layer.
        """
        for layer in layers:
            if layer not in LAYERS:
                reason = f"give some of {', '.join(map(str, LAYERS))}"
                raise InvalidArgument(field="layers", value=layer, reason=reason)
        if all(layer in layers for layer in LAYERS):
            return self
        rules = (
            rule if rule.layer in layers or rule.name == _ALWAYS else replace(rule, outcome=OFF)
            for rule in self.rules
        )
        return replace(self, rules=tuple(rules))


def _check_known(what: str, name: object, known: Any) -> None:  # noqa: ANN401 - names of any kind
    """Refuse a name that is not there, and say which ones are near."""
    if isinstance(name, str) and name in known:
        return
    near = get_close_matches(str(name), known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"give one of {', '.join(known)}"
    raise InvalidArgument(field=what, value=name, reason=hint if known else "it has none")


def _value(name: str, value: object, default: Parameter) -> Parameter:
    """A parameter in the form of its default."""
    if isinstance(default, tuple):
        return _classes(name, value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(name, value, "give a number")
    if not math.isfinite(value) or value < 0:
        _refuse(name, value, "give a number from 0 on")
    if isinstance(default, float):
        return float(value)
    if value != int(value):
        _refuse(name, value, "give a whole number")
    return _counted(name, int(value))


def _check_limits(rule: str, values: Mapping[str, Parameter]) -> None:
    """Refuse values that do not fit each other, or that nothing can be above."""
    flag, keep = values.get("flag_over"), values.get("quarantine_over")
    if isinstance(flag, float) and isinstance(keep, float) and 0 < keep < flag:
        reason = (
            f"{rule}.quarantine_over is {keep}, which would be reached before it; give {keep} at "
            "most, or a larger quarantine_over, or quarantine_over = 0 to keep nothing out"
        )
        _refuse(f"{rule}.flag_over", flag, reason)
    for name, value in values.items():
        if f"{rule}.{name}" in _SHARES and isinstance(value, float) and value > 1:
            _refuse(f"{rule}.{name}", value, "it is a share; give a number from 0 to 1")


def _counted(name: str, value: int) -> int:
    if value < 1 and not name.startswith("decimals."):
        _refuse(name, value, "give a whole number from 1 on")
    if value > _MOST:
        _refuse(name, value, f"give {_MOST:,} at most")
    return value


def _classes(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        _refuse(name, value, f"give a list of {', '.join(ASSET_CLASSES)}")
    for each in value:
        _check_known(name, each, ASSET_CLASSES)
    return tuple(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        _refuse(name, value, "give a text")
    return value


def _table(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(name, value, "give a table")
    return value


def _refuse(name: str, value: object, reason: str) -> NoReturn:
    raise InvalidArgument(field=name, value=value, reason=reason)
