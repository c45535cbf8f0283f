"""How an exception reaches the person at the terminal.

A mistake gets one clear line. An exception that the user's own code raised gets the traceback of
that code alone. Only what RustyBT itself got wrong asks for a report.
"""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType

import click

from rustybt.errors import RustyBTError

EXIT_FAILURE = 1
#: What sysexits.h calls EX_SOFTWARE: an internal error.
EXIT_INTERNAL = 70

_LIBRARY_PATHS = tuple(
    str(Path(sysconfig.get_path(key)).resolve()) for key in ("stdlib", "purelib", "platlib")
)


def report(error: Exception) -> int:
    """Show an exception on the standard error stream and return the exit code it deserves."""
    code, text = describe(error)
    click.echo(text, err=True)
    return code


def describe(error: Exception) -> tuple[int, str]:
    """The exit code and the text of an exception."""
    frames = [frame for frame in _frames(error) if _is_users(frame[0])]
    if isinstance(error, RustyBTError):
        return EXIT_FAILURE, f"Error: {_location(frames)}{error}"
    if isinstance(error, SyntaxError):
        lines = traceback.format_exception_only(error)
        return EXIT_FAILURE, f"Error: the file is no valid Python\n{''.join(lines).rstrip()}"
    if frames:
        return EXIT_FAILURE, _users_traceback(error)
    if isinstance(error, OSError):
        about = f"{error.filename}: " if error.filename else ""
        return EXIT_FAILURE, f"Error: {about}{error.strerror or error}"
    return EXIT_INTERNAL, (
        f"Error: RustyBT failed with {type(error).__name__}: {error}; "
        "this is a bug: repeat it with --debug and report what it shows"
    )


def _location(frames: list[tuple[FrameType, int]]) -> str:
    """Where in the user's code the error came from."""
    if not frames:
        return ""
    frame, line = frames[-1]
    return f"{Path(frame.f_code.co_filename).name}, line {line}, in {frame.f_code.co_name}: "


def _users_traceback(error: BaseException) -> str:
    """The traceback without the frames of RustyBT and of other libraries."""
    files = {frame.f_code.co_filename for frame, _ in _chain_frames(error) if _is_users(frame)}
    rendered = traceback.TracebackException.from_exception(error)
    link: traceback.TracebackException | None = rendered
    while link is not None:
        own = [summary for summary in link.stack if summary.filename in files]
        link.stack = traceback.StackSummary.from_list(own)
        link = link.__cause__ or link.__context__
    return "".join(rendered.format()).rstrip()


def _chain_frames(error: BaseException | None) -> Iterator[tuple[FrameType, int]]:
    while error is not None:
        yield from _frames(error)
        error = error.__cause__ or error.__context__


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    trace: TracebackType | None = error.__traceback__
    yield from traceback.walk_tb(trace)


def _is_users(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    if package == "rustybt" or package.startswith("rustybt_"):
        return False
    filename = frame.f_code.co_filename
    return not filename.startswith("<frozen") and not filename.startswith(_LIBRARY_PATHS)
