"""Versions of the schema of an asset database."""

from typing import Final

from rustybt.errors import AssetDBVersionError, CorruptData

SCHEMA_VERSION: Final = 8
READABLE_VERSIONS: Final = (6, 7, SCHEMA_VERSION)


def check_readable(version: int | None, *, database: object) -> int:
    """The version that a database says it has.

    Args:
        version: What it says; None where it says nothing.
        database: Its name in an error.

    Raises:
        CorruptData: It says nothing: it holds no assets.
        AssetDBVersionError: It is none that this version reads.
    """
    if version is None:
        raise CorruptData(path=str(database), reason="it is no asset database")
    if version not in READABLE_VERSIONS:
        *others, newest = READABLE_VERSIONS
        expected = f"{', '.join(map(str, others))} or {newest}"
        raise AssetDBVersionError(db_version=version, expected_version=expected)
    return version
