"""The description of a data set of bars: which files it has and what is in them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final, Self

from rustybt.errors import CorruptData
from rustybt_data.parquet.layout import EXTRA_FILE_NAME, FILE_NAME, SCHEMA_VERSION, Depth
from rustybt_data.parquet.scales import Scales

MANIFEST_NAME: Final = "metadata.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One file.

    Attributes:
        path: Where it is, below the data set's folder, with ``/``.
        rows: Number of bars.
        first: Its first label.
        last: Its last label.
        sha256: Hash of its content.
    """

    path: str
    rows: int
    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraManifest:
    """The columns that bars have beside their fields.

    Attributes:
        scales: Decimals that readers declare, by column.
        stored: Decimals in the files, never more than those.
        partitions: The files in order of time.
    """

    scales: Mapping[str, int]
    stored: Mapping[str, int]
    partitions: tuple[Partition, ...]

    @classmethod
    def parsed(cls, fields: Mapping[str, Any]) -> Self:
        """From what was written."""
        partitions = tuple(Partition(**item) for item in fields["partitions"])
        return cls(scales=fields["scales"], stored=fields["stored"], partitions=partitions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A data set of bars of one resolution.

    Attributes:
        resolution: Length of a bar.
        calendar: Name of the calendar of the sessions.
        depth: How finely the files are partitioned.
        scales: Decimals that readers declare.
        stored: Decimals in the files, never more than those.
        first_session: Session of the first bar.
        last_session: Session of the last bar.
        sids: Sids that have bars, ascending.
        partitions: The files in order of time.
        extra: Columns beside the fields of the bars; None where there are none, as in data sets
            of earlier versions.
    """

    resolution: str
    calendar: str
    depth: Depth
    scales: Scales
    stored: Scales
    first_session: date
    last_session: date
    sids: tuple[int, ...]
    partitions: tuple[Partition, ...]
    extra: ExtraManifest | None = None

    @property
    def rows(self) -> int:
        """Number of bars."""
        return sum(partition.rows for partition in self.partitions)

    @property
    def fingerprint(self) -> str:
        """Hash of everything a reader gives: it depends on no name and no time."""
        fields = self._fields()
        _name_plainly(fields["partitions"], FILE_NAME)
        if self.extra is not None:
            _name_plainly(fields["extra"]["partitions"], EXTRA_FILE_NAME)
        return hashlib.sha256(_json(fields)).hexdigest()

    def save(self, folder: Path) -> None:
        """Write the description into the folder of the data set."""
        described = {
            "schema_version": SCHEMA_VERSION,
            "fingerprint": self.fingerprint,
            **self._fields(),
        }
        (folder / MANIFEST_NAME).write_bytes(_json(described))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the description of the data set in a folder.

        Raises:
            CorruptData: It is not there, of another version, or not what was written.
        """
        path = folder / MANIFEST_NAME
        try:
            described = json.loads(path.read_bytes())
            version = described.pop("schema_version")
            fingerprint = described.pop("fingerprint")
            manifest = cls._parsed(described)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptData(path=str(path), reason=f"it cannot be read ({error})") from error
        if version != SCHEMA_VERSION:
            raise CorruptData(path=str(path), reason=f"its schema version is {version}")
        if manifest.fingerprint != fingerprint:
            raise CorruptData(path=str(path), reason="it is not what was written")
        return manifest

    def _fields(self) -> dict[str, Any]:
        fields = asdict(self) | {
            "first_session": self.first_session.isoformat(),
            "last_session": self.last_session.isoformat(),
        }
        if self.extra is None:
            del fields["extra"]
        return fields

    @classmethod
    def _parsed(cls, fields: Mapping[str, Any]) -> Self:
        return cls(
            **dict(fields)
            | {
                "depth": Depth(fields["depth"]),
                "scales": Scales(**fields["scales"]),
                "stored": Scales(**fields["stored"]),
                "first_session": date.fromisoformat(fields["first_session"]),
                "last_session": date.fromisoformat(fields["last_session"]),
                "sids": tuple(fields["sids"]),
                "partitions": tuple(Partition(**item) for item in fields["partitions"]),
                "extra": ExtraManifest.parsed(fields["extra"]) if "extra" in fields else None,
            }
        )


def _name_plainly(partitions: Iterable[dict[str, Any]], name: str) -> None:
    """Call files by their partitions alone, whatever they are named where they are stored."""
    for partition in partitions:
        partition["path"] = str(PurePosixPath(partition["path"]).with_name(name))


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, indent=1, sort_keys=True).encode()
