"""Settling a run: argument over profile over environment over default."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from markets import bar, daily_market, play, stock

from rustybt.errors import InvalidArgument, InvalidNumber, ZeroCapitalError
from rustybt.simulation.request import ABSENT, RunRequest
from rustybt.simulation.rules import SimulationRules

A = stock("AAA", 1)
STANDARD, ZIPLINE = SimulationRules.standard(), SimulationRules.zipline()


def settle(**given: Any) -> RunRequest:
    named = {
        "start": "2020-06-01",
        "end": "2020-06-05",
        "data_frequency": "daily",
        "bundle": "sample",
        "bundle_timestamp": None,
        "calendar": None,
        "metrics_set": "default",
        "blotter": "default",
        "seed": 0,
        "journal": True,
    }
    sentinels = dict.fromkeys(
        ("rules", "fill_at", "trigger", "numeric", "frames", "bar_label"), ABSENT
    )
    return RunRequest.settle(
        **{"profile": None, "capital_base": 1000, **sentinels, **named, **given}
    )


@pytest.mark.parametrize(
    ("argument", "profile", "decimal", "numeric"),
    [
        # argument, profile, RUSTYBT_USE_DECIMAL -> what holds
        ("decimal", "zipline", "0", "decimal"),
        ("float64", None, "1", "float64"),
        (ABSENT, "zipline", "1", "float64"),
        (ABSENT, None, "0", "float64"),
        (ABSENT, None, "1", "decimal"),
        (ABSENT, None, None, "decimal"),
    ],
)
def test_who_decides_the_arithmetic(
    argument: object,
    profile: str | None,
    decimal: str | None,
    numeric: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if decimal is not None:
        monkeypatch.setenv("RUSTYBT_USE_DECIMAL", decimal)
    assert settle(numeric=argument, profile=profile).numeric == numeric


@pytest.mark.parametrize(
    ("argument", "profile", "polars", "frames"),
    [
        ("polars", "zipline", "0", "polars"),
        ("pandas", None, "1", "pandas"),
        (ABSENT, "zipline", "1", "pandas"),
        (ABSENT, None, "0", "pandas"),
        (ABSENT, None, None, "polars"),
    ],
)
def test_who_decides_the_frames(
    argument: object,
    profile: str | None,
    polars: str | None,
    frames: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if polars is not None:
        monkeypatch.setenv("RUSTYBT_USE_POLARS", polars)
    assert settle(frames=argument, profile=profile).frames == frames


@pytest.mark.parametrize(
    ("argument", "profile", "rules"),
    [
        (ABSENT, None, STANDARD),
        (ABSENT, "zipline", ZIPLINE),
        ("standard", "zipline", STANDARD),
        ("zipline", None, ZIPLINE),
        (SimulationRules(name="mine", once_a_day=True), "zipline",
         SimulationRules(name="mine", once_a_day=True)),
    ],
)  # fmt: skip
def test_who_decides_the_rules(
    argument: object, profile: str | None, rules: SimulationRules
) -> None:
    assert settle(rules=argument, profile=profile).rules == rules


def test_where_orders_fill_overrides_any_rules() -> None:
    assert settle().rules.fill_at == "close"
    assert settle(fill_at="open", profile="zipline").rules == ZIPLINE.with_fill_at("open")
    mine = SimulationRules(name="mine", fill_at="open")
    assert settle(rules=mine).rules.fill_at == "open"
    assert settle(rules=mine, fill_at="close").rules.fill_at == "close"


def test_what_tests_stops_and_limits_overrides_any_rules() -> None:
    assert settle().rules.trigger == "close"
    assert settle(trigger="intrabar", profile="zipline").rules == ZIPLINE.with_trigger("intrabar")
    mine = SimulationRules(name="mine", trigger="intrabar", fill_at="open")
    assert settle(rules=mine).rules.trigger == "intrabar"
    assert settle(rules=mine, trigger="close").rules == replace(mine, trigger="close")


def test_the_arguments_of_a_run_reach_its_orders() -> None:
    """The low of 9 reaches a limit of 9.50 inside the bar; the close of 10 does not."""
    market = daily_market({A: [10, bar(10, low=9)]})
    act = {0: lambda context, data: context.order(A, 1, limit_price="9.50")}
    assert play(market, act).fills == []
    assert [fill[3] for fill in play(market, act, trigger="intrabar").fills] == [Decimal("9.5")]


def test_explicit_none_is_not_absent() -> None:
    for field in ("numeric", "frames", "fill_at", "trigger", "bar_label"):
        with pytest.raises(InvalidArgument, match=f"{field} was None"):
            settle(**{field: None})
    assert repr(ABSENT) == "<not given>"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"profile": "quantopian"}, "profile was 'quantopian'; give None or zipline"),
        ({"rules": "easy"}, "rules was 'easy'; give standard or zipline"),
        ({"fill_at": "high"}, "fill_at was 'high'; give close or open"),
        ({"trigger": "range"}, "trigger was 'range'; give close or intrabar"),
        ({"numeric": "float32"}, "numeric was 'float32'; give decimal or float64"),
        ({"frames": "arrow"}, "frames was 'arrow'; give polars or pandas"),
        ({"bar_label": "middle"}, "bar_label was 'middle'; give end or start"),
    ],
)
def test_other_values_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        settle(**given)


@pytest.mark.parametrize("capital", [0, -1, "0.00"])
def test_a_run_needs_capital(capital: object) -> None:
    with pytest.raises(ZeroCapitalError, match="give more than zero"):
        settle(capital_base=capital)


def test_capital_is_a_number() -> None:
    assert str(settle(capital_base=0.1).capital_base) == "0.1"
    with pytest.raises(InvalidNumber, match="capital_base"):
        settle(capital_base=float("nan"))


def test_the_arguments_repeat_the_run() -> None:
    request = settle(profile="zipline", numeric="decimal", fill_at="open")
    arguments = request.arguments()
    again = settle(**{name: arguments[name] for name in ("rules", "numeric", "frames", "profile")})
    assert again == request
    assert "bundle" not in arguments


def test_a_run_follows_what_was_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    market = daily_market({A: ["10", "11"]})
    kinds = {}
    for profile, decimal in ((None, "1"), (None, "0"), ("zipline", "1")):
        monkeypatch.setenv("RUSTYBT_USE_DECIMAL", decimal)
        played = play(market, {0: lambda c, d: type(d.current(A, "price"))}, profile=profile)
        kinds[profile, decimal] = played.seen[0].__name__
    assert kinds == {(None, "1"): "Decimal", (None, "0"): "float", ("zipline", "1"): "float"}


# ------------------------------------------------------------------ rules


def test_rules_are_one_frozen_object() -> None:
    with pytest.raises(AttributeError):
        STANDARD.fill_at = "open"  # type: ignore[misc]
    with pytest.raises(InvalidArgument, match="give close or open"):
        SimulationRules(fill_at="high")  # type: ignore[arg-type]


def test_rules_by_name_and_as_a_dict() -> None:
    assert SimulationRules.named("zipline") == ZIPLINE
    assert SimulationRules(**ZIPLINE.to_dict()) == ZIPLINE
    differing = {k for k, v in STANDARD.to_dict().items() if ZIPLINE.to_dict()[k] != v}
    not_ziplines = {"fill_at", "trigger", "foreign_cash", "rights", "fills", "funding_hours"}
    assert differing == set(STANDARD.to_dict()) - not_ziplines
