"""The gates of `make check`: each lets the right thing through and stops the wrong one."""

from pathlib import Path
from typing import Any

import pytest

from tools import check, check_coverage, check_licences, check_secrets
from tools.accelerator import cargo
from tools.workspace import ROOT, members

ALLOWED = {"Apache-2.0", "BSD-3-Clause", "MIT"}


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("MIT License", True),
        ("MIT OR GPL-3.0-only", True),
        ("Apache-2.0 AND MIT", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND BSD-3-Clause", True),
        ("(MIT OR GPL-3.0-only) AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR (Apache-2.0 AND BSD-3-Clause))", True),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("MIT Apache-2.0", False),
        ("(MIT", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT License; GNU General Public License v3 (GPLv3)", False),
        ("UNKNOWN", False),
        ("", False),
    ],
)
def test_licence(licence: str, *, allowed: bool) -> None:
    assert check_licences.is_allowed(licence, ALLOWED) is allowed


def test_licences_of_crates_are_found_and_judged(tmp_path: Path) -> None:
    program = cargo()
    if program is None:
        pytest.skip("there is no cargo")
    found = check_licences.crates(program)
    assert found["crate pyo3"] == "MIT OR Apache-2.0"
    assert found["crate rustybt-kernels"] == "Apache-2.0"
    assert not check_licences.crates(None)
    wrong = check_licences.refused({**found, "crate x": "GPL-3.0-only"}, ALLOWED)
    assert "crate x: GPL-3.0-only" in wrong
    assert "crate pyo3: MIT OR Apache-2.0" not in wrong


def test_licences_are_those_of_what_members_need() -> None:
    needed = check_licences.closure(["rustybt-core"])
    assert {"rustybt-core", "polars", "polars-runtime-32", "sqlalchemy", "pyarrow"} <= needed
    assert "ruff" not in needed


def report(**covered: int) -> dict[str, Any]:
    """A report of coverage: of each file 100 lines, and how many of them ran."""
    return {
        "files": {
            f"{name}.py": {
                "summary": {
                    "covered_lines": lines,
                    "num_statements": 100,
                    "missing_lines": 100 - lines,
                }
            }
            for name, lines in covered.items()
        }
    }


GATES = {"overall": 90, "financial": 95, "financial_paths": ["ledger"]}


def test_coverage_that_is_high_enough_passes() -> None:
    assert not check_coverage.failures(report(ledger=95, cli=85), GATES)


def test_financial_modules_have_their_own_gate() -> None:
    wrong = check_coverage.failures(report(ledger=94, cli=100), GATES)
    assert wrong[0] == "coverage financial modules was 94.0 %, needs 95 %:"
    assert wrong[1].endswith("6 lines missing in ledger.py")


def test_overall_coverage_has_a_gate() -> None:
    (headline, *_) = check_coverage.failures(report(ledger=100, cli=70), GATES)
    assert headline == "coverage overall was 85.0 %, needs 90 %:"


def test_secret_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.py").write_text('password = "' + "hunter2" + 'Xk9"\n')
    monkeypatch.setattr(check_secrets, "ROOT", tmp_path)
    monkeypatch.setattr(check_secrets, "tracked_files", lambda: ["settings.py"])
    assert check_secrets.main() == 1


def test_check_stops_at_the_first_failure(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    chosen = [
        check.Step(name="good", command=("true",)),
        check.Step(name="bad", command=("sh", "-c", "echo the reason; exit 3")),
        check.Step(name="never", command=("true",)),
    ]
    monkeypatch.setattr(check, "steps", lambda: chosen)
    assert check.main() == 1
    printed = capfd.readouterr().out
    assert "ok    good" in printed
    assert "FAIL  bad" in printed
    assert "the reason" in printed
    assert "stopped at: bad" in printed
    assert "never" not in printed


def test_every_folder_of_python_is_checked_for_types() -> None:
    checked = {name for step in check.type_steps() for name in step.command}
    for member in members():
        assert str(member.folder / "src") in checked
    assert {str(ROOT / "tests"), str(ROOT / "tools")} <= checked
