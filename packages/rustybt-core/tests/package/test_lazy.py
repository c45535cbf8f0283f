"""Names that a package imports when they are first used."""

import sys
from types import ModuleType

import pytest

from rustybt.lazy import on_first_use

PACKAGE = "a_package_of_this_test"


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package that exports a function, and a module, of the standard library."""
    module = ModuleType(PACKAGE)
    monkeypatch.setitem(sys.modules, PACKAGE, module)
    names = on_first_use(PACKAGE, {"colorsys": ("rgb_to_hls",), "xml": ("sax",)})
    vars(module)["__getattr__"], vars(module)["__dir__"] = names
    return module


def test_a_name_is_imported_when_it_is_used(
    package: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert "rgb_to_hls" in dir(package)
    assert "colorsys" not in sys.modules
    assert package.rgb_to_hls is sys.modules["colorsys"].rgb_to_hls
    assert vars(package)["rgb_to_hls"] is package.rgb_to_hls


def test_a_name_may_be_a_module(package: ModuleType) -> None:
    assert package.sax is sys.modules["xml.sax"]


def test_an_unknown_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'a_package_of_this_test' has no attribute"):
        _ = package.rgb_to_hsl
