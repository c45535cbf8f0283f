"""Every rule that there is: its layer, what it finds, its parameters, what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Outcome = Literal["pass", "flag", "quarantine", "fail"]
"""What comes of a row, in order of weight; ``fail`` refuses the whole."""

OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "flag", "quarantine", "fail")
"""From the best to the worst."""

OFF: Final = "off"
"""In place of an outcome: the rule is not applied."""

ASSET_CLASSES: Final = ("equity", "future", "crypto", "forex")
"""What `rustybt.assets.Asset.asset_class` may be."""

LAYERS: Final = MappingProxyType({1: "schema", 2: "relations", 3: "outliers", 4: "time"})
"""Names of the four layers."""

Parameter = int | float | tuple[str, ...]
"""A count, a number, or names of asset classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleKind:
    """A rule that can be applied.

    Attributes:
        name: Its name in rule sets and reports.
        layer: 1 schema, 2 relations, 3 outliers, 4 time.
        about: What it finds.
        outcome: What comes of that by default.
        parameters: Its parameters with their defaults for daily bars of equities. A parameter
            that is a float takes any number, one that is an integer takes counts.
    """

    name: str
    layer: int
    about: str
    outcome: Outcome = "quarantine"
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


_SIGMAS: Final = {"flag_over": 3.0, "quarantine_over": 5.0}
_WINDOW: Final = {"window": 120, "refresh": 5, "history": 30, "floor": 0.001}

_SCHEMA: Final = (
    RuleKind(
        name="columns", layer=1, outcome="fail", about="a column of bars is missing; always fails"
    ),
    RuleKind(name="types", layer=1, outcome="fail", about="a column has another type"),
    RuleKind(name="scales", layer=1, outcome="flag", about="price columns have several scales"),
    RuleKind(name="nulls", layer=1, about="a cell is empty"),
    RuleKind(name="digits", layer=1, about="a number has more than 18 digits"),
    RuleKind(
        name="decimals",
        layer=1,
        outcome="flag",
        about="a number has more decimals than `price` or `volume` says",
        parameters={"price": 18, "volume": 18},
    ),
)
_RELATIONS: Final = (
    RuleKind(name="high_low", layer=2, about="the high is below the low"),
    RuleKind(name="high_body", layer=2, about="the high is below open or close"),
    RuleKind(name="low_body", layer=2, about="the low is above open or close"),
    RuleKind(
        name="price_sign",
        layer=2,
        about="a price is zero or negative; those of the asset classes `negative` may be",
        parameters={"negative": ("future",)},
    ),
    RuleKind(name="volume_sign", layer=2, about="the volume is negative"),
    RuleKind(name="quotes", layer=2, outcome="flag", about="the bid is above the ask"),
)
_OUTLIERS: Final = (
    RuleKind(
        name="return_outlier",
        layer=3,
        about="the close moved by more than so many robust standard deviations",
        parameters={
            **_SIGMAS,
            "least_move": 0.03,
            **_WINDOW,
            "opening_window": 60,
            "opening_history": 20,
        },
    ),
    RuleKind(
        name="wick_outlier",
        layer=3,
        about="open, high or low lie as far outside the closes before and after",
        parameters=_SIGMAS,
    ),
    RuleKind(
        name="spike",
        layer=3,
        about="such a move, and within `persist` bars the share `reverts` of it back",
        parameters={"persist": 3, "reverts": 0.75},
    ),
    RuleKind(
        name="level_shift",
        layer=3,
        outcome="flag",
        about="such a move over `quarantine_over`, and no way back",
    ),
    RuleKind(
        name="split_suspected",
        layer=3,
        outcome="flag",
        about="a move that stays, within `tolerance` of a ratio of small numbers",
        parameters={"tolerance": 0.02},
    ),
    RuleKind(
        name="volume_outlier",
        layer=3,
        outcome="flag",
        about="the volume is so many deviations, and `least_times`, above the usual",
        parameters={
            "flag_over": 5.0,
            "quarantine_over": 0.0,
            "least_times": 20.0,
            **_WINDOW,
            "floor": 0.25,
        },
    ),
)
_TIME: Final = (
    RuleKind(name="future", layer=4, about="the label lies after now, where now is given"),
    RuleKind(name="outside_hours", layer=4, about="the market is closed then"),
    RuleKind(name="after_early_close", layer=4, about="the session had closed early"),
    RuleKind(name="in_break", layer=4, about="the session pauses then"),
    RuleKind(name="off_grid", layer=4, about="no bar of this resolution ends then"),
    RuleKind(name="order", layer=4, outcome="flag", about="the row is below a later one"),
    RuleKind(name="duplicate", layer=4, about="the same bar is there twice"),
    RuleKind(name="conflict", layer=4, about="two different bars have one label"),
    RuleKind(
        name="missing_sessions",
        layer=4,
        outcome="flag",
        about="at least so many sessions in a row have no bar",
        parameters={"least": 1},
    ),
    RuleKind(
        name="missing_bars",
        layer=4,
        outcome="flag",
        about="at least so many bars in a row are missing inside a session",
        parameters={"least": 30},
    ),
    RuleKind(
        name="missing_share",
        layer=4,
        outcome="flag",
        about="more than this share of the bars of a session is missing",
        parameters={"over": 0.5},
    ),
    RuleKind(
        name="stale_bars",
        layer=4,
        outcome="flag",
        about="so many equal bars in a row, with volume",
        parameters={"least": 3},
    ),
    RuleKind(
        name="stale_closes",
        layer=4,
        outcome="flag",
        about="so many equal closes in a row, with volume",
        parameters={"least": 10},
    ),
    RuleKind(
        name="zero_volume",
        layer=4,
        outcome="flag",
        about="so many bars without volume in a row",
        parameters={"least": 5},
    ),
)

RULES: Final[Mapping[str, RuleKind]] = MappingProxyType(
    {kind.name: kind for kind in (*_SCHEMA, *_RELATIONS, *_OUTLIERS, *_TIME)}
)
"""All rules by name, layer by layer."""
