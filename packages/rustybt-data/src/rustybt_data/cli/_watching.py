"""A bar that shows where a fetch is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rustybt_data.cli._words import counted

if TYPE_CHECKING:
    from rustybt_data.adapters.tally import FetchStep

    Watch = Callable[[FetchStep], object]


class Watched:
    """Remembers where a fetch is, and shows it where somebody watches.

    Attributes:
        last: The newest step; None before the first page.
    """

    def __init__(self) -> None:
        self.last: FetchStep | None = None
        self._shows: Watch | None = None

    def __call__(self, step: FetchStep) -> None:
        """Take the next step."""
        self.last = step
        if self._shows is not None:
            self._shows(step)

    @contextmanager
    def shown(self, symbols: int, *, shown: bool) -> Iterator[None]:
        """Show a bar on the standard error stream, if that is a terminal.

        Args:
            symbols: How many there will be.
            shown: Whether to show it at all.
        """
        if not (shown and sys.stderr.isatty()):
            yield
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (BarColumn(bar_width=20), MofNCompleteColumn(), TextColumn("{task.description}"))
        screen = Console(stderr=True, highlight=False)
        with Progress(*columns, console=screen, transient=True) as bar:
            task = bar.add_task("asking", total=symbols)

            def show(step: FetchStep) -> None:
                told = f"{step.symbol}: {counted(step.pages, 'page')}, {counted(step.rows, 'row')}"
                bar.update(task, completed=step.symbols - 1, description=told)

            self._shows = show
            yield
        self._shows = None
