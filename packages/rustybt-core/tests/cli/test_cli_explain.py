"""``rustybt explain``: the orders of a saved run, in words."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from order_stories import order, orders, tell

from rustybt.cli import main


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    story = tell("10 | 11", {0: orders(order(5), order(7, limit_price=9))})
    place = tmp_path_factory.mktemp("explain") / "run"
    story.played.result.save(place)
    return place


def explain(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)])


def test_it_tells_each_order_that_is_named(saved: Path) -> None:
    done = explain(saved, "main-2", "main-1")
    assert done.exit_code == 0
    waited = "its limit of 9 was not reached, the lowest close was 11 at 2020-06-02 20:00:00"
    bought = "bought 5 at 11, from the close of 11 without slippage"
    assert done.output.splitlines() == [
        "main-2: buy 7 AAA, limit 9, GTC: open, nothing filled",
        "  2020-06-01 20:00:00  placed at a close of 10",
        f"{'':23}1 bar traded while it waited: {waited}",
        "                       slippage model: NoSlippage()",
        "                       commission model: NoCommission()",
        "main-1: buy 5 AAA, market, GTC: filled 5 at 11",
        "  2020-06-01 20:00:00  placed at a close of 10",
        f"  2020-06-02 20:00:00  {bought}; commission 0 USD",
        "                       in the bar: open 11, high 11, low 11, close 11, volume 1,000,000",
        "                       slippage model: NoSlippage()",
        "                       commission model: NoCommission()",
    ]


def test_an_order_that_is_not_there_is_one_line(saved: Path) -> None:
    done = explain(saved, "main-3")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: order_id was 'main-3'; the run has no such order")


def test_a_folder_without_a_run_is_one_line(tmp_path: Path) -> None:
    done = explain(tmp_path, "main-1")
    assert done.exit_code == 1
    assert "give a saved run" in done.stderr


def test_an_order_has_to_be_named(saved: Path) -> None:
    assert explain(saved).exit_code == 2
