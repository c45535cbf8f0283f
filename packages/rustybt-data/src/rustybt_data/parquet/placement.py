"""What the files of a data set are named, and which of them need not be written."""

from pathlib import PurePosixPath
from typing import Final, Protocol


class Placement(Protocol):
    """Names files."""

    def named(self, path: PurePosixPath, content: str) -> PurePosixPath:
        """The name of a file.

        Args:
            path: What it is called where a folder holds one data set.
            content: The hash of its content.
        """
        ...

    def holds(self, path: PurePosixPath) -> bool:
        """Whether the file is stored already, whole."""
        ...


class InPlace:
    """A folder of its own for each data set: files are called by their partition."""

    def named(self, path: PurePosixPath, content: str) -> PurePosixPath:
        return path

    def holds(self, path: PurePosixPath) -> bool:
        return False


IN_PLACE: Final = InPlace()
