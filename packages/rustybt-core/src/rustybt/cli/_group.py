"""The root of the command line: lazy commands, commands of plugins, one place for errors."""

from __future__ import annotations

import importlib

import click

from rustybt.cli._errors import report
from rustybt.cli._help import Group
from rustybt.cli._session import current_session
from rustybt.plugins import PluginReport, Registry, check, groups, registry

#: Our own commands; each is the object of its name in a module of its name.
COMMANDS = ("bundle", "demo", "doctor", "explain", "plugins", "run", "verify")


class CommandGroup(Group):
    """A group that imports a command when it is called, and reports what goes wrong in it.

    Plugins of the group ``rustybt.cli`` are listed without importing them. Our own commands come
    first: a plugin cannot take the name of one of them.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, ours first."""
        return [*COMMANDS, *_plugin_names()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of this name."""
        if cmd_name in COMMANDS:
            module = importlib.import_module(f"rustybt.cli.{cmd_name}")
            command: click.Command = getattr(module, cmd_name)
            return command
        if cmd_name in _plugin_names():
            return _plugins().load(cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List our own commands with what they do, and those of plugins with whose they are."""
        own = [(name, self.get_command(ctx, name)) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl([(n, c.get_short_help_str(80)) for n, c in own if c is not None])
        if names := _plugin_names():
            with formatter.section("Commands of plugins"):
                formatter.write_dl(
                    [(name, f"from {', '.join(_plugins().origins(name))}") for name in names]
                )

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whatever it raises ends in one message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:
            if current_session(ctx).debug:
                raise
            ctx.exit(report(error))


def plugin_problems() -> list[PluginReport]:
    """What is wrong with installed plugins, as far as importing them shows."""
    taken = [
        PluginReport(
            group=groups.CLI,
            name=name,
            origins=_plugins().origins(name),
            problem="rustybt has a command of this name; the plugin has to choose another",
        )
        for name in _plugins().names()
        if name in COMMANDS
    ]
    return taken + [report for report in check() if report.problem]


def _plugins() -> Registry[click.Command]:
    return registry(groups.CLI)


def _plugin_names() -> list[str]:
    return [name for name in _plugins().names() if name not in COMMANDS]
