"""Logging: events with fields, readable in a terminal, JSON elsewhere.

Code of RustyBT logs an event and its fields; whoever embeds RustyBT sees ordinary records of the
standard library under the logger ``rustybt`` and may handle them as any others::

    log = get_logger(__name__)
    log.warning("order cancelled", order_id=order.id, reason="end of day")

The command line calls :func:`configure`, which renders the records with structlog. structlog is
imported when the first record is rendered: most runs log nothing, and it costs half of what
importing Polars does.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from structlog.stdlib import ProcessorFormatter
    from structlog.typing import EventDict, Processor

Format = Literal["auto", "human", "json"]

_ROOT = "rustybt"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """The message of a record: an event and its fields, rendered when somebody reads it."""

    event: str
    fields: Mapping[str, object]

    def __str__(self) -> str:
        return " ".join((self.event, *(f"{name}={value}" for name, value in self.fields.items())))


class Logger:
    """A logger of events with fields; :meth:`bind` adds fields to all that follows."""

    __slots__ = ("_fields", "_logger")

    def __init__(self, logger: logging.Logger, fields: Mapping[str, object]) -> None:
        self._logger = logger
        self._fields = fields

    def bind(self, **fields: object) -> Logger:
        """The same logger with more fields."""
        return Logger(self._logger, {**self._fields, **fields})

    def debug(self, event: str, **fields: object) -> None:
        """Log what only a developer wants to know."""
        self._log(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: object) -> None:
        """Log what happened as planned."""
        self._log(logging.INFO, event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """Log what somebody should look at."""
        self._log(logging.WARNING, event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Log what failed."""
        self._log(logging.ERROR, event, fields)

    def exception(self, event: str, **fields: object) -> None:
        """Log what failed, with the exception that is being handled."""
        self._log(logging.ERROR, event, fields, traceback=True)

    def _log(
        self, level: int, event: str, fields: dict[str, object], *, traceback: bool = False
    ) -> None:
        if self._logger.isEnabledFor(level):
            message = LogEvent(event, {**self._fields, **fields})
            self._logger.log(level, message, exc_info=traceback, stacklevel=3)


@cache
def get_logger(name: str) -> Logger:
    """The logger of a module, below the logger ``rustybt``; call it with ``__name__``.

    A module of another distribution is found there by its whole name: what ``rustybt_data.catalog``
    logs are records of ``rustybt.rustybt_data.catalog``.
    """
    below = name == _ROOT or name.startswith(f"{_ROOT}.")
    return Logger(logging.getLogger(name if below else f"{_ROOT}.{name}"), {})


def configure(*, level: str = "warning", style: Format = "auto") -> None:
    """Send the records of RustyBT to the standard error stream; for programs, not for libraries.

    Args:
        level: Least severity that is shown: debug, info, warning, error or critical.
        style: ``human`` for people, ``json`` for machines (one object a line), ``auto`` for
            ``human`` in a terminal and ``json`` elsewhere.
    """
    root = logging.getLogger(_ROOT)
    for handler in [handler for handler in root.handlers if isinstance(handler, _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(style))
    root.setLevel(level.upper())
    root.propagate = False


@contextmanager
def configured(*, level: str = "warning", style: Format = "auto") -> Iterator[None]:
    """The same as :func:`configure` within a block; afterwards all is as it was before."""
    root = logging.getLogger(_ROOT)
    handlers, severity, propagate = list(root.handlers), root.level, root.propagate
    configure(level=level, style=style)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(severity)
        root.propagate = propagate


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to whatever the standard error stream is at that moment.

    A progress bar replaces the stream while it is shown, so that lines appear above it.
    """

    def __init__(self, style: Format) -> None:
        logging.Handler.__init__(self)
        self._style = style

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """The standard error stream of now."""
        return sys.stderr

    @cached_property
    def _renderer(self) -> ProcessorFormatter:
        human = self._style == "human" or (self._style == "auto" and sys.stderr.isatty())
        return _formatter(human=human)

    def format(self, record: logging.LogRecord) -> str:
        """Render a record with structlog."""
        return self._renderer.format(record)


def _formatter(*, human: bool) -> ProcessorFormatter:
    import structlog

    processors: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if human:
        processors.append(
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        )
    else:
        processors.append(structlog.processors.format_exc_info)
        processors.append(structlog.processors.JSONRenderer(default=str))
    return structlog.stdlib.ProcessorFormatter(
        processors=processors,
        foreign_pre_chain=[_unpack, structlog.stdlib.add_log_level],
    )


def _unpack(_logger: object, _method: str, event_dict: EventDict) -> EventDict:
    """Fields of the record: time first, then our own fields, then whose record it is."""
    record: logging.LogRecord = event_dict["_record"]
    moment = datetime.fromtimestamp(record.created, UTC)
    unpacked: EventDict = {"timestamp": moment.isoformat(timespec="milliseconds")}
    if isinstance(record.msg, LogEvent):
        unpacked.update(record.msg.fields)
        event_dict["event"] = record.msg.event
    unpacked["logger"] = record.name
    unpacked.update(event_dict)
    return unpacked
