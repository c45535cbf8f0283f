"""The page of public names tells all of them, as they are now."""

import ast
from pathlib import Path

import pytest

from tools import reference
from tools.workspace import ROOT, members


def exporting_modules() -> list[str]:
    """Modules of our packages that users import from: those of the API and of money."""
    core = next(member for member in members() if member.name == "rustybt-core")
    paths = [core.package / "__init__.py", core.package / "api.py"]
    paths += sorted((core.package / "data" / "bundles").glob("__init__.py"))
    paths += sorted((core.package / "finance").rglob("*.py"))
    return [module_name(core.package, path) for path in paths if exports(path)]


def module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def exports(path: Path) -> bool:
    names = (node.targets for node in ast.parse(path.read_text("utf-8")).body
             if isinstance(node, ast.Assign))  # fmt: skip
    return any(isinstance(name, ast.Name) and name.id == "__all__" for (name,) in names)


def test_page_is_up_to_date() -> None:
    current = reference.PAGE.read_text("utf-8")
    assert current == reference.page(), "run make reference"


@pytest.mark.parametrize("module", exporting_modules())
def test_module_is_on_the_page(module: str) -> None:
    assert module in reference.MODULES


def test_constant_is_documented_where_it_is_made() -> None:
    sentence = reference.sentence_about("rustybt.finance.slippage", "Outcome")
    assert sentence == "Price and signed amount of a fill, or twice None when nothing fills"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One"),
        ("Wraps\n    over lines.\n\nMore.", "Wraps over lines"),
        ("See :meth:`save`, ``a|b``.", "See `save`, `a\\|b`"),
        ("In e.g. this case.", "In e.g. this case"),
    ],
)
def test_first_sentence(text: str, sentence: str) -> None:
    assert reference.first_sentence(text) == sentence


def test_a_name_without_a_docstring_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no docstring"):
        reference.first_sentence(None)


def test_page_is_in_the_index_of_documents() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert f"({reference.PAGE.name})" in index
