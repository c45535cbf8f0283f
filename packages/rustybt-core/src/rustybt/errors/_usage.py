"""Errors of use: arguments, settings, plugins, strategy files, saved results."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rustybt.errors._base import CorruptStateError, UserError, listed, near


class InvalidArgument(UserError, ValueError):
    """An argument has a value that the function cannot work with.

    ``reason`` goes on after the value and says what to do: ``"give one of daily, minute"``.
    """

    field: str
    value: object
    reason: str
    template = "{field} was {value!r}; {reason}"


class FactorLossExceeded(UserError, ValueError):
    """More of a factor was left out than a study may lose.

    ``dropped`` counts the rows by reason, ``remedy`` says what to do about most of them.
    """

    limit: float
    given: int
    dropped: Mapping[str, int]
    remedy: str
    template = (
        "of {given} rows of the factor too many were dropped for max_loss={limit}: {dropped}; "
        "{remedy}, or give a higher max_loss"
    )


class InvalidSettings(UserError, ValueError):
    """A setting has a value that cannot be used."""

    name: str
    value: object
    reason: str
    template = "setting {name} was {value!r}; {reason}"


class InvalidStrategy(UserError, ValueError):
    """A strategy file or text cannot be run as it is."""

    source: str
    reason: str
    template = "strategy {source} cannot run; {reason}"


class NoRunningAlgorithm(UserError, RuntimeError):
    """A function of ``rustybt.api`` was called while no algorithm runs."""

    function: str
    template = (
        "{function}() was called outside a running algorithm; "
        "call it from initialize, handle_data or a scheduled function of a strategy"
    )


class IndicatorNotReadable(UserError, RuntimeError):
    """An indicator was read where there is no present: in ``initialize``, or after its run."""

    indicator: str
    when: str
    template = (
        "{indicator} was read {when}; read it from before_trading_start on, while the run lasts"
    )


class NoSuchOutput(UserError, AttributeError):
    """An indicator of several values was asked for one that it has not."""

    indicator: str
    output: str
    valid: Sequence[str]
    template = "{indicator} has no {output}; read {valid}"

    @property
    def message(self) -> str:
        """The rendered message."""
        return self.template.format(
            indicator=self.indicator, output=self.output, valid=" or ".join(self.valid)
        )


class PluginNotFound(UserError, LookupError):
    """No plugin of this group has this name."""

    group: str
    name: str
    known: Sequence[str] = ()

    @property
    def message(self) -> str:
        """Name the group, the name asked for and the names that exist."""
        return (
            f"{self.group} has no plugin named {self.name!r}; {near(self.name, self.known)}"
            f"it has: {listed(self.known)}. "
            "Install the package that brings it or correct the name"
        )


class PluginConflict(UserError):
    """Two distributions, or a distribution and this process, claim one plugin name."""

    group: str
    name: str
    origins: Sequence[str]

    @property
    def message(self) -> str:
        """Name both owners."""
        return (
            f"{self.name!r} in {self.group} comes from {listed(self.origins)}; "
            "uninstall one of them or register under another name"
        )


class PluginBroken(UserError, ImportError):
    """A plugin is installed, but importing it failed; the cause is chained."""

    group: str
    plugin: str
    origin: str
    reason: str
    template = (
        "plugin {plugin!r} of {group} from {origin} cannot be imported: {reason}; "
        "update or uninstall {origin}"
    )


class AcceleratorMismatch(UserError, ImportError):
    """An accelerator and core are of versions that do not go together.

    ``protocol`` is the number that the accelerator speaks, ``expected`` the one of core.
    """

    accelerator: str
    origin: str
    protocol: object
    core: str
    expected: int
    update: str
    template = (
        "accelerator {accelerator!r} of {origin} speaks protocol {protocol}, "
        "rustybt-core {core} speaks protocol {expected}; "
        "run: pip install --upgrade {update} (or go on without it: RUSTYBT_ACCEL=off)"
    )


class SeveralAccelerators(UserError):
    """More than one accelerator is there, and a run can take only one.

    ``accelerators`` names each and who brings it: ``"rust of rustybt-rs 0.1.0"``.
    """

    accelerators: Sequence[str]

    @property
    def message(self) -> str:
        """Name all of them and who brings them."""
        return (
            f"there are several accelerators: {listed(self.accelerators)}; "
            "uninstall all but one (or go on without any: RUSTYBT_ACCEL=off)"
        )


class MissingExtra(UserError, ImportError):
    """An optional dependency is not installed."""

    feature: str
    install: str
    template = "{feature} is not installed; run: pip install '{install}'"


class ResultMismatch(CorruptStateError):
    """Repeating a saved run gave another result."""

    directory: str
    differences: Sequence[str]

    @property
    def message(self) -> str:
        """Name the saved run and what differs."""
        return (
            f"the run saved in {self.directory} was not repeated: "
            f"{listed(self.differences)} differ; compare versions, data and code in its manifest"
        )
