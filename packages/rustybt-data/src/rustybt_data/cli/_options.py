"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rustybt.cli._session import debug_option, extension_options

if TYPE_CHECKING:
    from rustybt_data.quality import RuleSet

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

RESOLUTION = click.option(
    "--resolution", metavar="LENGTH", help="Length of a bar: 1m, 1h, 1d, 1w and so on."
)
START = click.option("--start", metavar="DATE", help="The first session, or instant (UTC).")
END = click.option("--end", metavar="DATE", help="The last session, or instant (UTC).")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
RULES = click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rules of quality in TOML; by default those of asset class and resolution.",
)

_INGEST = (
    debug_option,
    extension_options("--extension"),
    click.option("--replace", is_flag=True, help="Drop the bars that do not come again."),
    RULES,
    click.option(
        "--option",
        "options",
        metavar="KEY=VALUE",
        multiple=True,
        help="An option of the source; can be repeated.",
    ),
    click.option(
        "--calendar",
        help="The exchange whose sessions the bars follow, or 24/7; by default what the name "
        "had before, 24/7 for pairs, else XNYS.",
    ),
    RESOLUTION,
    END,
    START,
)


def ingest_options(default: str) -> Callable[[CommandT], CommandT]:
    """Add the options of commands that ingest; `default` is what ``--quality`` is by default."""
    quality = click.option(
        "--quality",
        type=click.Choice(["strict", "quarantine", "flag", "off"]),
        default=default,
        show_default=True,
        help="What becomes of bars in which rules find something: quarantine puts them aside, "
        "flag notes them, strict refuses all for one (without --rules by layers 1 and 2 alone: "
        "bars that are wrong by themselves, such as an open above the high), off does not look.",
    )

    def decorate(command: CommandT) -> CommandT:
        for option in (_INGEST[0], quality, *_INGEST[1:]):
            command = option(command)
        return command

    return decorate


def pairs(options: tuple[str, ...]) -> dict[str, str]:
    """Options given as ``KEY=VALUE``."""
    found = {}
    for text in options:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.UsageError(f"Give --option as key=value, not as {text!r}.")
        found[key] = value
    return found


def rule_set(path: Path | None) -> RuleSet | None:
    """The rules of a file."""
    if path is None:
        return None
    from rustybt_data.quality import RuleSet

    return RuleSet.load(path)
