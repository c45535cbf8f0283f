"""The description of an ingestion, and the hashes that tell its content."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from rustybt.assets import AssetFinder
from rustybt.errors import CorruptData

FORMAT_VERSION: Final = 2
"""The newest format. Version 1 had splits and cash dividends alone; where there is nothing else,
it is still what is written, so that older versions of RustyBT read it."""

_SINCE_2: Final = ("other_actions", "rates")
_FILE: Final = "bundle.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known about an ingestion without opening its parts.

    Attributes:
        name: Name of the bundle.
        timestamp: When it was ingested (UTC).
        calendar: Name of its calendar.
        assets: Number of assets.
        splits: Number of splits.
        dividends: Number of cash dividends.
        fingerprint: Hash of the content, which does not depend on name and time.
        other_actions: Number of other corporate actions.
        rates: Number of exchange rates.
    """

    name: str
    timestamp: datetime
    calendar: str
    assets: int
    splits: int
    dividends: int
    fingerprint: str
    other_actions: int = 0
    rates: int = 0

    def save(self, folder: Path) -> None:
        """Write it into the folder of the ingestion."""
        facts = asdict(self)
        version = FORMAT_VERSION
        if not (self.other_actions or self.rates):
            version = 1
            facts = {name: fact for name, fact in facts.items() if name not in _SINCE_2}
        fields = {
            "format_version": version,
            **facts,
            "timestamp": self.timestamp.isoformat(),
        }
        (folder / _FILE).write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read it from the folder of an ingestion.

        Raises:
            CorruptData: It is not there, or not of this version.
        """
        path = folder / _FILE
        try:
            fields = json.loads(path.read_bytes())
            version = fields.pop("format_version")
            if not 1 <= version <= FORMAT_VERSION:
                raise CorruptData(path=str(path), reason=f"its format version is {version}")
            return cls(**fields | {"timestamp": datetime.fromisoformat(fields["timestamp"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CorruptData(path=str(path), reason=f"it cannot be read ({error})") from error


def assets_hash(finder: AssetFinder) -> str:
    """SHA-256 of all assets, their symbols through time and their supplementary values."""
    digest = hashlib.sha256()
    for fact in finder.facts():
        digest.update(fact.encode() + b"\n")
    return digest.hexdigest()


def combined_hash(*parts: str) -> str:
    """SHA-256 of several texts in order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
