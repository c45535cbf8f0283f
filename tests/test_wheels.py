"""Each member as users get it: its wheel, in a clean environment, without its siblings."""

import subprocess
import sys
import tomllib
import zipfile
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import uv

from tools import accelerator, snippets
from tools.workspace import ROOT, Member, members

UV = uv.find_uv_bin()
MEMBERS = members()

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheels")]

IMPORT_ALONE = """
import importlib, importlib.metadata, importlib.util, sys
name, distribution, version, *siblings = sys.argv[1:]
module = importlib.import_module(name)
assert "site-packages" in module.__file__, module.__file__
assert importlib.metadata.version(distribution) == version
found = [sibling for sibling in siblings if importlib.util.find_spec(sibling)]
assert not found, f"{found} came along"
for point in importlib.metadata.distribution(distribution).entry_points:
    point.load()
    print(point.group, point.name)
"""


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One wheel of every member, by the name of its distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    run(UV, "build", "--quiet", "--all-packages", "--wheel", "--out-dir", folder)
    return {path.name.split("-")[0].replace("_", "-"): path for path in folder.glob("*.whl")}


@pytest.fixture(scope="session")
def locked_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What uv.lock pins, so that a new release elsewhere does not change this test."""
    path = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    command = (UV, "export", "--quiet", "--frozen", "--all-packages", "--all-extras")
    run(*command, "--no-hashes", "--no-emit-workspace", "--output-file", path)
    return path


def name_of(member: Member) -> str:
    return member.name


def test_every_member_has_a_wheel(wheels: dict[str, Path]) -> None:
    assert set(wheels) == {member.name for member in MEMBERS}


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_wheel_is_complete(member: Member, wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels[member.name]) as archive:
        names = archive.namelist()
        metadata = f"{member.name.replace('-', '_')}-{member.version}.dist-info"
        points = f"{metadata}/entry_points.txt"
        declared = archive.read(points).decode() if points in names else ""
    assert f"{member.import_name}/py.typed" in names
    assert f"{metadata}/licenses/LICENSE" in names
    assert {name.split("/")[0] for name in names} == {member.import_name, metadata}
    assert parsed_entry_points(declared) == entry_points_of(member)


def parsed_entry_points(text: str) -> dict[str, dict[str, str]]:
    parser = ConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    parser.read_string(text)
    return {group: dict(parser[group]) for group in parser.sections()}


def entry_points_of(member: Member) -> dict[str, dict[str, str]]:
    text = (member.folder / "pyproject.toml").read_text("utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    groups: dict[str, dict[str, str]] = dict(project.get("entry-points", {}))
    if "scripts" in project:
        groups["console_scripts"] = project["scripts"]
    return groups


@pytest.mark.parametrize("member", MEMBERS, ids=name_of)
def test_member_works_without_its_siblings(
    member: Member, wheels: dict[str, Path], locked_versions: Path, tmp_path: Path
) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    needed = {wheels["rustybt-core"], wheels[member.name]}
    install = (UV, "pip", "install", "--quiet", "--python", python)
    run(*install, "--constraints", locked_versions, *sorted(needed))
    run(UV, "pip", "check", "--python", python)
    siblings = {each.import_name for each in MEMBERS} - {"rustybt", member.import_name}
    arguments = (member.import_name, member.name, member.version, *sorted(siblings))
    listed = run(python, "-I", "-c", IMPORT_ALONE, *arguments, cwd=tmp_path)
    for group, points in entry_points_of(member).items():
        for name in points:
            assert f"{group} {name}" in listed.splitlines()


@pytest.fixture(scope="session")
def accelerator_wheel() -> Path:
    """The wheel of the accelerator as `make` builds it, and keeps it."""
    program = accelerator.cargo()
    wheel = accelerator.built_wheel()
    if wheel is None and program is None:
        pytest.skip("the accelerator is not built: there is no cargo")
    return wheel or accelerator.build(str(program))


def test_the_accelerator_is_one_wheel_for_every_python(accelerator_wheel: Path) -> None:
    name, version, python, abi, _ = accelerator_wheel.name.split("-")
    assert (name, python, abi) == ("rustybt_rs", "cp311", "abi3")
    with zipfile.ZipFile(accelerator_wheel) as archive:
        names = archive.namelist()
        metadata = f"rustybt_rs-{version}.dist-info"
        declared = archive.read(f"{metadata}/entry_points.txt").decode()
    inside = {"py.typed", "_native.pyi", "_native.abi3.so"}
    assert {f"rustybt_rs/{each}" for each in inside} <= set(names)
    assert f"{metadata}/licenses/LICENSE" in names
    assert {each.split("/")[0] for each in names} == {"rustybt_rs", metadata}
    assert parsed_entry_points(declared) == {
        "rustybt.accelerators": {"rust": "rustybt_rs:ACCELERATOR"}
    }


def test_the_accelerator_needs_nothing(accelerator_wheel: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    run(UV, "pip", "install", "--quiet", "--no-index", "--python", python, accelerator_wheel)
    run(UV, "pip", "check", "--python", python)
    _, version, *_ = accelerator_wheel.name.split("-")
    siblings = sorted(each.import_name for each in MEMBERS)
    arguments = ("rustybt_rs", "rustybt-rs", version, *siblings)
    listed = run(python, "-I", "-c", IMPORT_ALONE, *arguments, cwd=tmp_path)
    assert listed == "rustybt.accelerators rust\n"


def test_core_takes_the_accelerator_that_is_installed_beside_it(
    accelerator_wheel: Path, wheels: dict[str, Path], locked_versions: Path, tmp_path: Path
) -> None:
    programs = tmp_path / "venv" / "bin"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    install = (UV, "pip", "install", "--quiet", "--python", programs / "python")
    run(*install, "--constraints", locked_versions, wheels["rustybt-core"], accelerator_wheel)
    doctor = run("env", "RUSTYBT_ACCEL=require", programs / "rustybt", "doctor", cwd=tmp_path)
    _, version, *_ = accelerator_wheel.name.split("-")
    assert f"rust {version}: " in doctor
    assert "No problems found." in doctor


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="the oldest numpy has no wheels for newer Pythons"
)
def test_oldest_declared_versions_run(wheels: dict[str, Path], tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    ours = [member for member in MEMBERS if "packages" in member.folder.parts]
    requirements = tmp_path / "requirements.txt"
    compiled = (UV, "pip", "compile", "--quiet", "--resolution", "lowest-direct", "--all-extras")
    find = ("--find-links", wheels["rustybt-core"].parent, "--no-emit-package", "rustybt-core")
    projects = [member.folder / "pyproject.toml" for member in ours]
    run(*compiled, *find, "--python", python, "--output-file", requirements, *projects)
    install = (UV, "pip", "install", "--quiet", "--python", python)
    run(*install, "--requirements", requirements, *(wheels[member.name] for member in ours))
    script = tmp_path / "snippets.py"
    readme = ROOT / "packages" / "rustybt-core" / "README.md"
    script.write_text(snippets.program(readme.read_text("utf-8")), "utf-8")
    run(python, script, cwd=tmp_path)
