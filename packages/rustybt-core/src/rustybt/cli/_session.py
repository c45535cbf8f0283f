"""What holds for one call of ``rustybt``, and the options that say so.

These options may stand before the name of a command, as in Zipline, or after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


@dataclass(slots=True)
class Session:
    """The options of one call of ``rustybt``, whichever of its commands runs."""

    debug: bool = False
    extensions: list[str] = field(default_factory=list)
    assignments: list[str] = field(default_factory=list)
    strict_extensions: bool = True
    default_extension: bool = True

    def load_extensions(self) -> None:
        """Give the ``-x`` values to this process and load its extensions."""
        from rustybt.plugins.extensions import load_extensions, set_extension_args

        set_extension_args(self.assignments)
        load_extensions(
            self.extensions, default=self.default_extension, strict=self.strict_extensions
        )


def current_session(context: click.Context | None = None) -> Session:
    """The session of a call; of the one that runs, unless a context is given."""
    session = (context or click.get_current_context()).find_root().ensure_object(Session)
    assert isinstance(session, Session)
    return session


def debug_option(command: CommandT) -> CommandT:
    """Add ``--debug``."""
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_switch,
        help="Show the whole traceback of an error.",
    )(command)


def argument_option(command: CommandT) -> CommandT:
    """Add ``-x KEY=VALUE``."""
    return click.option(
        "-x",
        "assignments",
        metavar="KEY=VALUE",
        multiple=True,
        expose_value=False,
        callback=_collect,
        help="A value for the strategy, which reads it as rustybt.extension_args.KEY.",
    )(command)


def extension_options(*names: str) -> Callable[[CommandT], CommandT]:
    """Add the options that say which extensions are loaded; ``names`` is how the first is called.

    ``-e`` means an extension before the name of a command and the end of the run after it.
    """
    options = (
        click.option(
            "--default-extension/--no-default-extension",
            default=None,
            expose_value=False,
            callback=_switch,
            help="Whether $RUSTYBT_HOME/extension.py is loaded; yes unless said otherwise.",
        ),
        click.option(
            "--strict-extensions/--non-strict-extensions",
            default=None,
            expose_value=False,
            callback=_switch,
            help="Whether an extension that fails ends the command; yes unless said otherwise.",
        ),
        click.option(
            *names,
            "extensions",
            metavar="FILE|MODULE",
            multiple=True,
            expose_value=False,
            callback=_collect,
            help="Python to load first, for example to register bundles; can be repeated.",
        ),
    )

    def decorate(command: CommandT) -> CommandT:
        for option in options:
            command = option(command)
        return command

    return decorate


def _switch(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and parameter.name and not _is_default(context, parameter):
        setattr(current_session(context), parameter.name, value)


def _collect(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> None:
    if parameter.name:
        getattr(current_session(context), parameter.name).extend(values)


def _is_default(context: click.Context, parameter: click.Parameter) -> bool:
    from click.core import ParameterSource

    return context.get_parameter_source(parameter.name or "") is ParameterSource.DEFAULT
