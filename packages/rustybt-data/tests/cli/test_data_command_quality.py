"""Quality at the command line: what is put aside, what is found, and what the exit code says."""

import json
from pathlib import Path

import pytest
from data_commands import csv_file, done, refused, rustybt, table

IMPOSSIBLE = "2024-01-16,AAA,10,8,9,10,100\n"  # the high is below the low


def test_an_import_is_strict_unless_asked(folder: Path) -> None:
    file = csv_file(folder, more=IMPOSSIBLE)
    assert "line 11, column high: was '8'" in refused("data", "import", "mine", file)
    assert "there is no bundle named 'mine'" in refused("data", "info", "mine")


@pytest.mark.parametrize("known", [False, True], ids=["in pieces", "beside known bars"])
def test_strict_refuses_an_open_above_the_high(folder: Path, known: bool) -> None:
    # In pieces, as the first version of a name; or beside those that are there.
    if known:
        done("data", "import", "mine", csv_file(folder))
    file = csv_file(folder, more="2024-01-16,AAA,11,10,9,10,100\n")
    message = "line 11, column high: was '10'; the high is below open or close"
    assert message in refused("data", "import", "mine", file, "--quality", "strict")
    done("data", "import", "mine", file, "--quality", "off")
    assert "10 bars of 1d" in done("data", "check", "mine", "--rules", rules_off(folder))


def rules_off(folder: Path) -> Path:
    """Rules that say nothing of an open above the high."""
    path = folder / "off.toml"
    path.write_text('[rules.high_body]\noutcome = "off"\n')
    return path


def test_what_is_put_aside_is_shown(folder: Path) -> None:
    file = csv_file(folder, more=IMPOSSIBLE)
    printed = done("data", "import", "mine", file, "--quality", "quarantine")
    (row,) = table(printed, "symbol")
    assert (row["bars"], row["last"], row["put aside"]) == ("9", "2024-01-12", "1")
    assert "1 bar of AAA put aside; see why: rustybt data info mine" in printed
    printed = done("data", "info", "mine")
    (row,) = table(printed, "date")
    assert (row["date"], row["high"]) == ("2024-01-16", "8")
    assert "the high is below the low" in row["reasons"]
    assert "not looked at here: 1 bar of 1d; see rustybt data info mine" in done(
        "data", "check", "mine"
    )
    found = json.loads(done("data", "info", "mine", "--json"))
    assert found["quality"][0]["quarantined"] == 1
    assert found["quarantined"]["1d"][0]["rules"] == "high_body, high_low"


def test_check_finds_nothing_in_sound_bars(folder: Path) -> None:
    done("data", "import", "mine", csv_file(folder))
    printed = done("data", "check", "mine")
    assert "mine: 9 bars of 1d, 1 symbols, 2024-01-02 to 2024-01-12" in printed
    assert "nothing found" in printed


def test_check_fails_where_bars_should_not_be_used(folder: Path) -> None:
    # A close that differs from its neighbours by a thousand times is out of line for any rule;
    # with a high and a low around it, it can be stored.
    done("data", "import", "mine", csv_file(folder))
    rules = folder / "rules.toml"
    rules.write_text('[rules.stale_closes]\noutcome = "quarantine"\nleast = 2\n')
    flat = csv_file(folder, closes=("10", "10", "10"))
    done("data", "import", "flat", flat)
    page = folder / "page.html"
    result = rustybt("data", "check", "flat", "--rules", rules, "--html", page)
    assert result.exit_code == 1
    assert "stale_closes" in result.stdout
    assert "<title>Quality of flat</title>" in page.read_text("utf-8")
    assert rustybt("data", "check", "flat").exit_code == 0


@pytest.mark.parametrize("quality", ["strict", "flag"])
def test_rules_of_a_file_apply_to_an_import(folder: Path, quality: str) -> None:
    rules = folder / "rules.toml"
    rules.write_text('[rules.stale_closes]\noutcome = "quarantine"\nleast = 2\n')
    flat = csv_file(folder, closes=("10", "10", "10", "11"))
    arguments = ("data", "import", "mine", flat, "--rules", rules, "--quality", quality)
    if quality == "strict":
        assert "(rule stale_closes)" in refused(*arguments)
        return
    (row,) = table(done(*arguments), "symbol")
    assert row["bars"] == "4"
    assert int(row["flagged"]) >= 1


def minutes_of_a_folder(folder: Path) -> Path:
    """A minute before the open of 2024-01-02 in New York, 14:30 UTC, and one after it."""
    place = folder / "prices" / "minute" / "AAA.csv"
    place.parent.mkdir(parents=True)
    place.write_text(
        "timestamp,open,high,low,close,volume\n"
        "2024-01-02T13:00:00Z,10,10,10,10,5\n"
        "2024-01-02T14:31:00Z,10,10,10,10,5\n"
    )
    return folder / "prices"


def test_minutes_before_the_open_are_told_and_checked(folder: Path) -> None:
    place = minutes_of_a_folder(folder)
    printed = done("bundle", "ingest", "mine", "--source", "csvdir", "--path", place)
    assert "mine: 2 bars of 1m, 1 symbols" in printed
    assert "outside_hours" in printed
    assert "2 minute bars" in printed
    found = json.loads(done("data", "info", "mine", "--json"))
    assert found["quality"][0]["flagged"] == 1
    result = rustybt("data", "check", "mine")
    assert "the market is closed then" in result.stdout
    assert result.exit_code == 1


def test_a_folder_is_ingested_with_rules(folder: Path) -> None:
    place = minutes_of_a_folder(folder)
    ingest = ("bundle", "ingest", "mine", "--source", "csvdir", "--path", place)
    printed = done(*ingest, "--quality", "quarantine")
    assert "1 minute bars" in printed
    assert "not looked at here: 1 bar of 1m" in done("data", "check", "mine")
    assert "the market is closed then (rule outside_hours)" in refused(
        *ingest, "--rules", rules_off(folder)
    )
    printed = done("data", "import", "other", place, "--quality", "quarantine")
    assert "outside_hours" in printed


def test_minutes_before_the_open_are_noted_at_every_import(folder: Path) -> None:
    file = minutes_of_a_folder(folder) / "minute" / "AAA.csv"
    for _ in ("in pieces", "beside those that are there"):
        printed = done("data", "import", "mine", file, "--resolution", "1m")
        assert "outside_hours" in printed
        assert "2024-01-02T13:00:00Z" in printed
        found = json.loads(done("data", "info", "mine", "--json"))["quality"][0]
        assert (found["flagged"], found["rules"]) == (1, "flagged by default")
