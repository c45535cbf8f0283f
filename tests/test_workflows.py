"""The workflows of GitHub: well formed, pinned, and with no rights that they do not need."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.workspace import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def workflow(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def test_a_workflow_may_only_read(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]
    checkouts = [
        step for step in steps_of(workflow) if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_actions_are_pinned_to_a_commit_whose_version_is_named(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        action, _, version = line.partition("uses:")[2].strip().partition(" # ")
        assert PINNED.fullmatch(action), line
        assert re.fullmatch(r"v\d+\.\d+\.\d+", version), line


def test_jobs_end(workflow: dict[str, Any]) -> None:
    assert all(0 < job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_nothing_from_outside_is_put_into_a_script(workflow: dict[str, Any]) -> None:
    assert not [step for step in steps_of(workflow) if "${{" in step.get("run", "")]


def test_there_are_wheels_for_the_platforms_that_the_readme_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/wheels.yml").read_text("utf-8"))
    platforms = workflow["jobs"]["wheel"]["strategy"]["matrix"]["include"]
    readme = (ROOT / "packages/rustybt-rs/README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\S+-\S+)` \| (proven|unproven)", readme, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(each["platform"] for each in platforms)
    assert {name for name, proof in rows if proof == "proven"} == {"linux-x86_64"}
