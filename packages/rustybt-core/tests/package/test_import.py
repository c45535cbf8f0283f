"""``import rustybt``: what it offers, and what it does not load."""

import subprocess
import sys

import pytest

import rustybt

HEAVY = {
    "pandas",
    "sqlalchemy",
    "exchange_calendars",
    "scipy",
    "pydantic",
    "plotly",
    "ray",
    "polars",
}


def modules_after(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_loads_nothing_heavy() -> None:
    assert not modules_after("import rustybt") & HEAVY


def test_running_needs_neither_pandas_nor_a_database() -> None:
    loaded = modules_after("from rustybt import run_algorithm, TradingAlgorithm, BacktestResult")
    assert loaded & HEAVY == {"polars"}


@pytest.mark.parametrize("name", rustybt.__all__)
def test_every_exported_name_is_there(name: str) -> None:
    assert getattr(rustybt, name) is getattr(rustybt, name)
    assert name in dir(rustybt)


def test_exports_are_sorted() -> None:
    assert rustybt.__all__ == sorted(rustybt.__all__)


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert rustybt.__version__ == version("rustybt-core")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'rustybt' has no attribute 'run_algoritm'"):
        _ = rustybt.run_algoritm
