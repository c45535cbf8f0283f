"""Help texts that keep their examples as they were written."""

from __future__ import annotations

import inspect
import re

import click

#: A paragraph that announces indented lines: ``Examples:`` and what follows.
_EXAMPLES = re.compile(r"(?<=\n\n)(?=[^\n]*:\n[ ]{2})")
_KEEP_LINES = "\b\n"  # click's mark of a paragraph that is not wrapped


class Command(click.Command):
    """A command whose help teaches with examples."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help; a paragraph with indented lines keeps its lines."""
        text = _EXAMPLES.sub(_KEEP_LINES, inspect.cleandoc(self.help or ""))
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
