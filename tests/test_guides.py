"""What the guides list is all there is, with the values that it has."""

import re
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import pytest

from rustybt import SimulationRules, api
from rustybt.algorithm.algorithm import HOOKS
from rustybt.indicators.kernels import GROUPS, Parameter, Specification
from rustybt.pipeline import alpha
from rustybt.plugins import groups, listing
from rustybt.settings import PrecisionOverride, Settings
from rustybt.values import PrecisionTable
from rustybt_data.csvdir.options import CsvOptions
from rustybt_data.quality import RULES
from tools.workspace import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md") if path.name != "README.md")


def text_of(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def rows(page: str, heading: str = "") -> Iterator[list[str]]:
    """The cells of the first table (below a heading), without its head and without backticks."""
    text = text_of(page)
    below = text.partition(f"\n## {heading}\n")[2] if heading else text
    table = below[below.index("\n|") + 1 :].split("\n\n")[0].splitlines()
    for line in table[2:]:
        yield [cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_in_the_index(page: str) -> None:
    assert f"({page})" in text_of("README.md")


@pytest.mark.parametrize("name", api.__all__)
def test_name_of_the_api_is_in_the_guide(name: str) -> None:
    assert re.search(rf"`{name}[`(]", text_of("strategies.md"))


def test_every_hook_is_in_the_guide() -> None:
    named = [row[0].partition("(")[0] for row in rows("strategies.md", "Hooks")]
    assert sorted(named) == sorted(HOOKS)


def test_every_rule_is_there_with_its_two_values() -> None:
    told = {row[0]: (row[1], row[2]) for row in rows("rules.md", "Every rule")}
    standard, zipline = SimulationRules.standard().to_dict(), SimulationRules.zipline().to_dict()
    assert told == {
        name: (str(standard[name]), str(zipline[name])) for name in standard if name != "name"
    }


def test_every_setting_is_there_with_its_default() -> None:
    told = {row[0]: row[2] for row in rows("settings.md")}
    expected = {f"RUSTYBT_{field.name.upper()}" for field in fields(Settings)}
    assert set(told) == expected - {"RUSTYBT_PRECISION"} | {"RUSTYBT_PRECISION_CLASS_NAME"}
    for field in fields(Settings):
        if isinstance(field.default, str | bool):
            default = field.default if isinstance(field.default, str) else str(int(field.default))
            assert told[f"RUSTYBT_{field.name.upper()}"] == default


def test_precision_is_that_of_the_code() -> None:
    table = PrecisionTable()
    told = list(rows("settings.md", "Precision"))
    assert {row[0] for row in told} == set(table.classes)
    for asset_class, *values in told:
        precision = table.lookup(asset_class)
        names = [field.name for field in fields(PrecisionOverride)]
        assert [Decimal(value) for value in values] == [getattr(precision, name) for name in names]


def test_options_of_csvdir_are_those_of_the_code() -> None:
    page = text_of("data.md")
    for field in fields(CsvOptions):
        assert re.search(rf"^\|.*`{field.name}`.*\|", page, re.MULTILINE), field.name
        assert not field.default or f"`{field.default}`" in page, field.name


def test_rules_of_quality_are_those_of_the_code() -> None:
    told = {row[0]: row[1:] for row in rows("quality.md")}
    assert list(told) == list(RULES)
    for name, (layer, about, outcome, parameters) in told.items():
        kind = RULES[name]
        assert (layer, about, outcome) == (
            str(kind.layer), kind.about.replace("`", ""), kind.outcome,
        )  # fmt: skip
        values = (
            f"{key} [{', '.join(value)}]" if isinstance(value, tuple) else f"{key} {value}"
            for key, value in kind.parameters.items()
        )
        assert parameters.rstrip(" |") == ", ".join(values)


def test_reasons_and_functions_of_alpha_research_are_those_of_the_code() -> None:
    page = text_of("alpha.md")
    listed = page.partition("| reason |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE)
    assert told == list(alpha.REASONS)
    functions = [name for name in alpha.__all__ if name.islower()]
    assert not [name for name in functions if not re.search(rf"`{name}[`(]", page)]


def test_indicators_are_those_of_the_code() -> None:
    section = text_of("indicators.md").partition("\n## All indicators\n")[2].partition("\n## ")[0]
    told = re.findall(r"^(### .+|\| `.+)$", section, re.MULTILINE)
    code = [
        line
        for group, members in GROUPS.items()
        for line in (f"### {group.capitalize()}", *map(row_of_indicator, members))
    ]
    assert told == code


def row_of_indicator(each: Specification) -> str:
    """How the guide lists an indicator."""
    given = [f"{one.name} {one.default}{range_of_parameter(one)}" for one in each.parameters]
    limits = f"; {' < '.join(each.rising)}" if each.rising else ""
    cells = (
        f"`{each.name}`",
        ", ".join(given) + limits,
        ", ".join(each.inputs),
        ", ".join(each.outputs),
        each.formula.replace("*", r"\*"),
        f"`{each.warm_up}`",
        each.source,
    )
    return f"| {' | '.join(cells)} |"


def range_of_parameter(parameter: Parameter) -> str:
    """What a value may be, unless it may be any number of rows."""
    if parameter.maximum < 100_000:
        return f" ({parameter.minimum} to {parameter.maximum})"
    return "" if parameter.minimum == 1 else f" (from {parameter.minimum})"


def test_groups_that_have_plugins_are_in_the_guide() -> None:
    told = {row[0] for row in rows("plugins.md", "Groups")}
    assert told <= set(groups.GROUPS)
    assert {plugin.group for plugin in listing()} <= told


def test_glossary_is_in_order_and_has_each_noun_once() -> None:
    text = (ROOT / "GLOSSARY.md").read_text("utf-8")
    nouns = [noun.lower() for noun in re.findall(r"^\| (.+?) \|", text, re.MULTILINE)[2:]]
    assert nouns == sorted(set(nouns))
