"""What a run was asked to do: arguments, profile, environment and defaults made one."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from rustybt.errors import InvalidArgument, ZeroCapitalError
from rustybt.execution import Trigger
from rustybt.finance.lots import LotMethod
from rustybt.settings import settings
from rustybt.simulation.rules import FillAt, SimulationRules
from rustybt.values import parse_decimal

if TYPE_CHECKING:
    from rustybt.finance.account_types import AccountType

Numeric = Literal["decimal", "float64"]
Frames = Literal["polars", "pandas"]
Profile = Literal["zipline"]
BarLabel = Literal["end", "start"]
Day = str | date | datetime

DEFAULT_CAPITAL: Final = 10_000_000
DEFAULT_BUNDLE: Final = "sample"


class Absent:
    """The default of an argument that was not given, so that absent and None differ."""

    def __repr__(self) -> str:
        return "<not given>"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """A run's settled choices; everything a result needs to repeat it, but data and code.

    Attributes:
        start: First day, or first moment.
        end: Last day, or last moment.
        capital_base: Money at the start.
        data_frequency: "daily", "minute" or a resolution such as "5m".
        bundle: Name of the bundle; None for data that were handed in.
        bundle_timestamp: Take the newest ingestion up to this time; None for the newest.
        calendar: Name of the calendar; None for the data's own.
        rules: Every choice of the simulation.
        numeric: The arithmetic.
        frames: What the strategy sees.
        profile: The profile that was asked for.
        bar_label: Whether intraday stamps of a plain frame are ends or starts of bars.
        metrics_set: Name of the metric set.
        blotter: Name of the blotter.
        seed: Of everything that is drawn.
        currency: The currency of the account; None for that of the data's assets.
        lots: Which lot a trade closes first.
        account: What the money of the run allows: a name or an account type.
        journal: Whether the postings are kept.
    """

    start: Day
    end: Day
    capital_base: Decimal
    data_frequency: str
    bundle: str | None
    bundle_timestamp: Day | None
    calendar: str | None
    rules: SimulationRules
    numeric: Numeric
    frames: Frames
    profile: Profile | None
    bar_label: BarLabel
    metrics_set: str
    blotter: str
    seed: int
    currency: str | None = None
    lots: LotMethod = "fifo"
    account: "str | AccountType" = "unlimited"
    journal: bool

    @classmethod
    def settle(  # noqa: PLR0913 - a keyword for each choice that is made here
        cls,
        *,
        profile: Any,  # noqa: ANN401 - checked here
        rules: object,
        fill_at: object,
        trigger: object,
        numeric: object,
        frames: object,
        capital_base: object,
        bar_label: object,
        lots: object = "fifo",
        **named: Any,  # noqa: ANN401 - fields that are taken as they are
    ) -> "RunRequest":
        """Settle what profile, environment and defaults decide.

        Precedence: argument, then profile, then environment, then default.

        Raises:
            InvalidArgument: An argument has a value that it cannot have.
            ZeroCapitalError: The capital is not above zero.
        """
        profile = _one_of("profile", profile, (None, *get_args(Profile)))
        defaults = _defaults(profile)
        chosen = _rules(_first(rules, defaults["rules"]))
        if not isinstance(fill_at, Absent):
            chosen = chosen.with_fill_at(_one_of("fill_at", fill_at, get_args(FillAt)))
        if not isinstance(trigger, Absent):
            chosen = chosen.with_trigger(_one_of("trigger", trigger, get_args(Trigger)))
        return cls(
            capital_base=_capital(capital_base),
            rules=chosen,
            numeric=_one_of("numeric", _first(numeric, defaults["numeric"]), get_args(Numeric)),
            frames=_one_of("frames", _first(frames, defaults["frames"]), get_args(Frames)),
            profile=profile,
            bar_label=_one_of("bar_label", _first(bar_label, "end"), get_args(BarLabel)),
            lots=_one_of("lots", lots, get_args(LotMethod)),
            **named,
        )

    def arguments(self) -> dict[str, Any]:
        """The arguments of `run_algorithm` that repeat the run, but for data and code."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        for stands_for_data in ("bundle", "bundle_timestamp"):
            del named[stands_for_data]
        return named


def _defaults(profile: str | None) -> Mapping[str, Any]:
    if profile == "zipline":
        return {"rules": "zipline", "numeric": "float64", "frames": "pandas"}
    here = settings()
    return {
        "rules": "standard",
        "numeric": "decimal" if here.use_decimal else "float64",
        "frames": "polars" if here.use_polars else "pandas",
    }


def _first(argument: object, default: object) -> object:
    return default if isinstance(argument, Absent) else argument


def _rules(choice: object) -> SimulationRules:
    if isinstance(choice, SimulationRules):
        return choice
    return SimulationRules.named(str(choice))


def _capital(value: object) -> Decimal:
    capital = parse_decimal(value, field="capital_base")
    if capital <= 0:
        raise ZeroCapitalError(capital_base=value)
    return capital


def _one_of(field: str, value: object, allowed: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a Literal
    if value not in allowed:
        names = " or ".join(str(name) for name in allowed)
        raise InvalidArgument(field=field, value=value, reason=f"give {names}")
    return value
