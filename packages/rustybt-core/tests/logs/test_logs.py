"""Logging: records for everybody, rendered for people or for machines."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from rustybt.logs import configure, configured, get_logger


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger("rustybt")
    before = (list(root.handlers), root.level, root.propagate)
    yield
    root.handlers[:], root.propagate = before[0], before[2]
    root.setLevel(before[1])


def test_an_embedding_program_sees_ordinary_records(caplog: pytest.LogCaptureFixture) -> None:
    get_logger("rustybt.venue").warning("order cancelled", order_id="7", reason="end of day")
    (record,) = caplog.records
    assert record.name == "rustybt.venue"
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "order cancelled order_id=7 reason=end of day"
    assert record.funcName == "test_an_embedding_program_sees_ordinary_records"


def test_json_has_an_object_on_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(level="info", style="json")
    log = get_logger("rustybt.venue").bind(strategy="main")
    log.debug("not shown")
    log.info("order cancelled", order_id="7")
    logging.getLogger("rustybt.other").error("foreign %s", "record")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    moments = [line.pop("timestamp") for line in lines]
    assert all(moment.endswith("+00:00") for moment in moments)
    assert lines == [
        {
            "event": "order cancelled",
            "level": "info",
            "logger": "rustybt.venue",
            "order_id": "7",
            "strategy": "main",
        },
        {"event": "foreign record", "level": "error", "logger": "rustybt.other"},
    ]


def test_an_exception_is_part_of_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(style="json")
    try:
        int("no digits")
    except ValueError:
        get_logger("rustybt.values").exception("parse failed", field="price")
    line = json.loads(capsys.readouterr().err)
    assert line["exception"].endswith("invalid literal for int() with base 10: 'no digits'")
    assert line["field"] == "price"


def test_people_read_events_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure(level="info", style="human")
    get_logger("rustybt.venue").info("order cancelled", order_id="7")
    text = capsys.readouterr().err
    assert "order cancelled" in text
    assert "order_id=7" in text


def test_away_from_a_terminal_the_style_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure(style="auto")
    get_logger("rustybt.venue").error("failed")
    assert json.loads(capsys.readouterr().err)["event"] == "failed"


def test_configuring_twice_shows_a_record_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure(style="json")
    configure(style="json")
    get_logger("rustybt.venue").error("failed")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_structlog_is_imported_by_the_first_line_that_is_shown() -> None:
    program = """
import sys
from rustybt.logs import configure, get_logger
configure(level="warning", style="json")
log = get_logger("rustybt.x")
log.info("not shown")
before = "structlog" in sys.modules
log.warning("shown")
print(before, "structlog" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_other_distributions_log_below_rustybt(capsys: pytest.CaptureFixture[str]) -> None:
    configure(level="info", style="json")
    log = get_logger("rustybt_data.catalog")
    log.debug("not shown")
    log.info("read bars", bars=3)
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    del line["timestamp"]
    assert line == {
        "event": "read bars",
        "level": "info",
        "logger": "rustybt.rustybt_data.catalog",
        "bars": 3,
    }


def test_the_level_holds_for_other_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    configure(level="error", style="json")
    get_logger("rustybt_data.catalog").warning("not shown")
    assert capsys.readouterr().err == ""


def test_after_the_block_all_is_as_before(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    root = logging.getLogger("rustybt")
    before = (list(root.handlers), root.level, root.propagate)
    with configured(level="info", style="json"):
        get_logger("rustybt.venue").info("inside")
    assert (list(root.handlers), root.level, root.propagate) == before
    get_logger("rustybt.venue").warning("outside")
    assert json.loads(capsys.readouterr().err)["event"] == "inside"
    assert [record.getMessage() for record in caplog.records] == ["outside"]
