"""Registries: what is listed, what is imported when, and how trouble is told."""

import sys
from collections.abc import Callable

import pytest

from rustybt.errors import (
    InvalidArgument,
    MissingExtra,
    PluginBroken,
    PluginConflict,
    PluginNotFound,
)
from rustybt.plugins import check, groups, listing, registry

Install = Callable[..., None]

MODEL = "class Half:\n    spread = 0.5\n"


def test_names_are_listed_without_importing(install: Install) -> None:
    plugins = {groups.SLIPPAGE: {"half": "acme_slippage:Half", "double": "acme_slippage:Double"}}
    install("acme", "1.2", plugins, {"acme_slippage": MODEL})
    assert registry(groups.SLIPPAGE).names() == ("double", "half")
    assert registry(groups.SLIPPAGE).origins("half") == ("acme 1.2",)
    assert "half" in registry(groups.SLIPPAGE)
    assert "acme_slippage" not in sys.modules


def test_a_plugin_is_imported_when_it_is_asked_for(install: Install) -> None:
    plugins = {groups.SLIPPAGE: {"half": "acme_slippage:Half"}}
    install("acme", "1.2", plugins, {"acme_slippage": MODEL})
    loaded = registry(groups.SLIPPAGE).load("half")
    assert loaded.spread == 0.5
    assert registry(groups.SLIPPAGE).load("half") is loaded


def test_an_unknown_name_is_told_with_those_that_exist(install: Install) -> None:
    install("acme", "1.2", {groups.SLIPPAGE: {"half": "acme_slippage:Half"}})
    with pytest.raises(PluginNotFound, match=r"named 'halve'; did you mean half\? it has: half"):
        registry(groups.SLIPPAGE).load("halve")


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"group was 'rustybt\.slipage'"):
        registry("rustybt.slipage")


def test_two_distributions_of_one_name_are_told_apart(install: Install) -> None:
    install("acme", "1.2", {groups.SLIPPAGE: {"half": "acme_slippage:Half", "own": "a:b"}})
    install("other", "3.0", {groups.SLIPPAGE: {"half": "other_slippage:Half"}})
    with pytest.raises(PluginConflict, match=r"comes from acme 1\.2, other 3\.0; uninstall one"):
        registry(groups.SLIPPAGE).load("half")
    assert registry(groups.SLIPPAGE).names() == ("half", "own")


def test_a_distribution_that_is_found_twice_is_no_conflict(install: Install) -> None:
    install("acme", "1.2", {groups.SLIPPAGE: {"half": "acme_slippage:Half"}})
    install("acme", "1.1", {groups.SLIPPAGE: {"half": "acme_slippage:Half"}})
    assert len(registry(groups.SLIPPAGE).origins("half")) == 1


def test_a_missing_extra_says_how_to_install_it(install: Install) -> None:
    plugins = {groups.BROKERS: {"venue": "acme_broker:Broker [venue,fast]"}}
    install("acme", "1.2", plugins, {"acme_broker": "import no_such_client"})
    with pytest.raises(MissingExtra) as caught:
        registry(groups.BROKERS).load("venue")
    assert caught.value.install == "acme[venue,fast]"
    assert "pip install 'acme[venue,fast]'" in str(caught.value)
    assert "no_such_client" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "source", "reason"),
    [
        ("acme_broken:Model", "raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("acme_broken:Model", "import no_such_client", "No module named 'no_such_client'"),
        ("acme_broken:Model", "other = 1", "AttributeError"),
        ("acme_gone:Model [extra]", "", "No module named 'acme_gone'"),
    ],
)
def test_a_broken_plugin_names_its_distribution(
    install: Install, value: str, source: str, reason: str
) -> None:
    install("acme", "1.2", {groups.SLIPPAGE: {"half": value}}, {"acme_broken": source})
    with pytest.raises(PluginBroken, match=r"from acme 1\.2") as caught:
        registry(groups.SLIPPAGE).load("half")
    assert reason in caught.value.reason
    assert caught.value.__cause__ is not None


def test_an_error_that_a_plugin_raises_on_purpose_is_not_wrapped(install: Install) -> None:
    source = (
        "from rustybt.errors import MissingExtra\n"
        "raise MissingExtra(feature='the client', install='acme[venue]')\n"
    )
    install("acme", "1.2", {groups.BROKERS: {"venue": "acme_broker:B"}}, {"acme_broker": source})
    with pytest.raises(MissingExtra, match="the client is not installed"):
        registry(groups.BROKERS).load("venue")


def test_a_plugin_of_this_process(install: Install) -> None:
    install("acme", "1.2", {groups.METRICS: {"theirs": "acme_metrics:Set"}})
    metrics = registry(groups.METRICS)
    metrics.register("mine", [1])
    assert metrics.load("mine") == [1]
    assert metrics.origins("mine") == ("this process",)
    assert metrics.names() == ("mine", "theirs")
    with pytest.raises(PluginConflict, match="this process"):
        metrics.register("mine", [2])
    metrics.register("mine", [2], replace=True)
    assert metrics.load("mine") == [2]
    metrics.unregister("mine")
    assert "mine" not in metrics
    with pytest.raises(PluginNotFound):
        metrics.unregister("mine")


def test_a_process_cannot_take_the_name_of_an_installed_plugin(install: Install) -> None:
    install("acme", "1.2", {groups.METRICS: {"theirs": "acme_metrics:Set"}})
    with pytest.raises(PluginConflict, match=r"acme 1\.2"):
        registry(groups.METRICS).register("theirs", [1], replace=True)


def test_the_check_reports_every_plugin_and_stops_at_none(install: Install) -> None:
    install(
        "acme",
        "1.2",
        {groups.SLIPPAGE: {"bad": "acme_bad:Model", "half": "acme_slippage:Half"}},
        {"acme_bad": "1 / 0", "acme_slippage": MODEL},
    )
    problems = {report.name: report.problem for report in check()}
    assert problems["half"] == ""
    assert "ZeroDivisionError: division by zero" in problems["bad"]
    assert [(report.name, report.origins) for report in listing()] == [
        ("bad", ("acme 1.2",)),
        ("half", ("acme 1.2",)),
    ]


def test_every_group_is_described_and_of_one_family() -> None:
    names = [value for name, value in vars(groups).items() if name.isupper() and name != "GROUPS"]
    assert sorted(names) == sorted(groups.GROUPS)
    assert all(name.startswith("rustybt.") for name in names)
