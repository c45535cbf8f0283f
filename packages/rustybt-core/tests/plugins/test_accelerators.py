"""Which accelerator is taken, what it is asked for, and what is said when it cannot be."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest
from accelerator_stubs import GivenAccelerator, registered

from rustybt.accelerators import KERNEL, PROTOCOL, accelerator, kernel_name
from rustybt.errors import (
    AcceleratorMismatch,
    MissingExtra,
    PluginBroken,
    PluginConflict,
    SeveralAccelerators,
)
from rustybt.plugins import groups

Install = Callable[..., None]

CORE = version("rustybt-core")

MODULE = """
class Fast:
    name, version, protocol = "fast", "1.2", {protocol}

    def capability(self, name):
        return dict if name == "kernel" else None

FAST = Fast()
"""


def install_fast(install: Install, protocol: object = PROTOCOL, **names: str) -> None:
    """Install accelerators of these names from these distributions, fast-kernels by default."""
    for name, distribution in (names or {"fast": "fast-kernels"}).items():
        module = distribution.replace("-", "_")
        points = {groups.ACCELERATORS: {name: f"{module}:FAST"}}
        install(distribution, "1.2", points, {module: MODULE.format(protocol=protocol)})


@pytest.mark.parametrize(("choice", "taken"), [("auto", True), ("off", False), ("require", True)])
def test_one_that_is_installed_is_taken_as_the_setting_says(
    install: Install,
    choice: str,
    taken: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install_fast(install)
    monkeypatch.setenv("RUSTYBT_ACCEL", choice)
    found = accelerator()
    assert ("fast_kernels" in sys.modules) == taken
    assert (found is not None) == taken
    if found is not None:
        assert found.capability(KERNEL) is dict


def test_an_argument_goes_before_the_setting(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_fast(install)
    monkeypatch.setenv("RUSTYBT_ACCEL", "require")
    assert accelerator("off") is None


def test_where_there_is_none_only_a_required_one_is_missed(install: Install) -> None:
    assert accelerator("auto") is None
    assert accelerator("off") is None
    with pytest.raises(
        MissingExtra, match=r"RUSTYBT_ACCEL=require .*run: pip install 'rustybt-rs'"
    ):
        accelerator("require")


@pytest.mark.parametrize(
    ("protocol", "update"),
    [(PROTOCOL + 1, "rustybt-core"), (PROTOCOL - 1, "fast-kernels"), (None, "fast-kernels")],
    ids=["newer", "older", "none"],
)
@pytest.mark.parametrize("choice", ["auto", "require"])
def test_another_protocol_is_refused_with_what_to_update(
    install: Install, protocol: object, update: str, choice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("rustybt-core", CORE, {})
    install_fast(install, protocol)
    with pytest.raises(AcceleratorMismatch) as caught:
        accelerator(choice)
    assert caught.value.code == "accelerator-mismatch"
    assert str(caught.value) == (
        f"accelerator 'fast' of fast-kernels 1.2 speaks protocol {protocol}, "
        f"rustybt-core {CORE} speaks protocol {PROTOCOL}; "
        f"run: pip install --upgrade {update} (or go on without it: RUSTYBT_ACCEL=off)"
    )
    assert accelerator("off") is None


def test_two_are_one_too_many(install: Install) -> None:
    install_fast(install, fast="fast-kernels", rapid="rapid-kernels")
    with pytest.raises(
        SeveralAccelerators,
        match=r"fast of fast-kernels 1\.2, rapid of rapid-kernels 1\.2; uninstall all but one",
    ):
        accelerator("auto")
    assert accelerator("off") is None


def test_two_of_one_name_are_told_apart(install: Install) -> None:
    install_fast(install)
    install("other-kernels", "3.0", {groups.ACCELERATORS: {"fast": "fast_kernels:FAST"}})
    with pytest.raises(PluginConflict, match=r"comes from fast-kernels 1\.2, other-kernels 3\.0"):
        accelerator("auto")


def test_one_that_cannot_be_imported_is_not_passed_over(install: Install) -> None:
    install("fast-kernels", "1.2", {groups.ACCELERATORS: {"fast": "fast_kernels:FAST"}})
    with pytest.raises(PluginBroken, match=r"fast-kernels 1\.2 cannot be imported"):
        accelerator("auto")


def test_one_that_the_process_registers_is_taken_first(install: Install) -> None:
    install("rustybt-core", CORE, {})
    install_fast(install)
    own = GivenAccelerator(name="own")
    with registered(own):
        assert accelerator("auto") is own
    with (
        registered(own, GivenAccelerator(name="another")),
        pytest.raises(SeveralAccelerators, match="another of this process, own of this process"),
    ):
        accelerator("auto")
    with (
        registered(GivenAccelerator(name="old", protocol=0)),
        pytest.raises(AcceleratorMismatch, match=r"'old' of this process .* --upgrade old"),
    ):
        accelerator("auto")


def test_the_kernel_is_named_by_who_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTYBT_ACCEL", "auto")
    with registered(GivenAccelerator(name="own", capabilities={KERNEL: dict})):
        assert kernel_name() == "own 1.0"
        monkeypatch.setenv("RUSTYBT_ACCEL", "off")
        assert kernel_name() == "python"
    monkeypatch.setenv("RUSTYBT_ACCEL", "require")
    with registered(GivenAccelerator(name="own")):
        assert kernel_name() == "python"


def test_importing_rustybt_loads_no_accelerator() -> None:
    program = "import rustybt, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {"rustybt_rs", "rustybt.accelerators"}.intersection(done.stdout.split())
