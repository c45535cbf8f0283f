"""Where Zipline keeps its bundles: ``$ZIPLINE_ROOT/data/NAME/TIME``, a folder per ingestion."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rustybt.errors import DataValidationError, IngestionNotFound, InvalidArgument

ROOT_VARIABLE: Final = "ZIPLINE_ROOT"
_DEFAULT_ROOT: Final = "~/.zipline"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionFolder:
    """One ingestion of Zipline's.

    Attributes:
        path: Its folder.
        name: Name of the bundle: of the folder above.
        timestamp: When it was ingested (UTC); None where the folder has another name.
    """

    path: Path
    name: str
    timestamp: datetime | None


def find_ingestion(
    location: str, environ: Mapping[str, str], until: datetime | None = None
) -> IngestionFolder:
    """The ingestion that a name or a path means.

    Args:
        location: Name of a bundle below ``$ZIPLINE_ROOT`` (``~/.zipline``), the path of a bundle,
            or that of one ingestion.
        environ: Where ZIPLINE_ROOT is looked up.
        until: The newest one up to here; None for the newest of all.

    Raises:
        DataValidationError: There is no such folder, or it is no bundle of Zipline's.
        IngestionNotFound: The bundle has no ingestion, or none so early.
    """
    folder = _bundle_folder(location, environ)
    if _is_ingestion(folder):
        stamp = _stamp_of(folder.name)
        if until is not None and stamp is not None and stamp > until:
            raise IngestionNotFound(bundle=location, timestamp=until, oldest=stamp)
        return IngestionFolder(path=folder, name=folder.parent.name, timestamp=stamp)
    found = sorted(
        (stamp, path)
        for path in folder.iterdir()
        if path.is_dir() and (stamp := _stamp_of(path.name)) is not None
    )
    if not found:
        raise DataValidationError(
            file=str(folder),
            reason="it is no bundle of Zipline's: it has neither assets-7.sqlite nor folders of "
            "ingestions",
        )
    eligible = [(stamp, path) for stamp, path in found if until is None or stamp <= until]
    if not eligible:
        raise IngestionNotFound(bundle=location, timestamp=until, oldest=found[0][0])
    stamp, path = eligible[-1]
    return IngestionFolder(path=path, name=folder.name, timestamp=stamp)


def moment_of(text: str) -> datetime:
    """A time that an option gives, in UTC where it names no zone.

    Raises:
        InvalidArgument: It is none.
    """
    stamp = _stamp_of(text)
    if stamp is None:
        raise InvalidArgument(field="timestamp", value=text, reason="write it as ISO 8601")
    return stamp


def _bundle_folder(location: str, environ: Mapping[str, str]) -> Path:
    root = Path(environ.get(ROOT_VARIABLE) or _DEFAULT_ROOT).expanduser() / "data"
    path = Path(location).expanduser()
    named = root / location
    if location and len(path.parts) == 1 and not location.startswith((".", "~")) and named.is_dir():
        return named
    if location and path.is_dir():
        return path.absolute()
    raise DataValidationError(
        file=location, reason=f"there is no such folder, and no bundle of this name in {root}"
    )


def _is_ingestion(folder: Path) -> bool:
    return any(folder.glob("assets-*.sqlite")) or any(
        (folder / part).is_dir() for part in ("daily_equities.bcolz", "minute_equities.bcolz")
    )


def _stamp_of(name: str) -> datetime | None:
    try:
        stamp = datetime.fromisoformat(name.replace(";", ":"))
    except ValueError:  # some other folder, such as .cache
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def environment(environ: Mapping[str, str] | None) -> Mapping[str, str]:
    """The environment in use."""
    return os.environ if environ is None else environ
