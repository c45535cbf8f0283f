"""Objects of a dataset: listed and read in parts, asked again where a store does not answer."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from rustybt.errors import DataValidationError, RequestRefused, VendorUnavailable
from rustybt.net import Retry
from rustybt_data.adapters.cloud.hive import Wanted
from rustybt_data.adapters.cloud.places import first_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from obstore.store import ObjectStore

_ResultT = TypeVar("_ResultT")

_STATUS: Final = re.compile(r"status code: (\d{3})")
_QUERY: Final = re.compile(r"\?\S+")
_SECRET_NAME: Final = re.compile(r"SECRET|KEY|TOKEN|PASSW|CREDENTIAL|SAS", re.IGNORECASE)
_BUSY: Final = frozenset({408, 425, 429})
_PAGE: Final = 1_000
_ENDING: Final = ".parquet"


class Found(NamedTuple):
    """An object of a dataset.

    Attributes:
        path: Its name below the folder of the dataset.
        size: Its size in bytes.
        tag: What changes when it is written anew; "" where the store has none.
    """

    path: str
    size: int
    tag: str


class Objects:
    """The objects of a dataset.

    Args:
        store: The store, whose root is the folder of the dataset.
        url: Its address, for errors.
        retry: How often and how patiently it is asked again.
    """

    def __init__(self, store: ObjectStore, url: str, retry: Retry) -> None:
        self._store: Final = store
        self._url: Final = url
        self._retry: Final = retry

    def found(self, wanted: Wanted, *, folder: str = "") -> Iterator[Found]:
        """The objects that may hold what is wanted.

        Folders of partitions that cannot hold it are not looked into. Where none of a level can be
        left out, all that is below is listed at once, page by page.
        """
        level = self.ask(lambda: self._level(folder), f"the list of {folder or 'all'}")
        folders = level["common_prefixes"]
        kept = [each for each in folders if wanted.may_hold(each)]
        if len(kept) == len(folders) > 1:
            yield from self._data(self._below(folder), wanted)
            return
        yield from self._data(level["objects"], wanted)
        for each in kept:
            yield from self.found(wanted, folder=each)

    def read(self, found: Found, start: int, stop: int) -> bytes:
        """Some bytes of an object.

        Raises:
            DataValidationError: It is there no longer, or was written anew meanwhile.
            RetriesExhausted: The store did not answer.
        """

        def part() -> bytes:
            import obstore
            from obstore.exceptions import PreconditionError

            options: Any = {"range": (start, stop)}
            if found.tag:
                options["if_match"] = found.tag
            try:
                data = bytes(obstore.get(self._store, found.path, options=options).bytes())
            except (PreconditionError, FileNotFoundError):
                reason = "it was removed or written anew while it was read; read again"
                raise DataValidationError(file=self.name_of(found), reason=reason) from None
            if len(data) != stop - start:
                reason = f"{len(data)} bytes came instead of {stop - start}"
                raise VendorUnavailable(vendor=self._url, request=found.path, reason=reason)
            return data

        return self.ask(part, found.path)

    def name_of(self, found: Found) -> str:
        """The whole address of an object, for errors."""
        return f"{self._url}/{found.path}"

    def ask(self, ask: Callable[[], _ResultT], request: str) -> _ResultT:
        """What a request of the library returns, with its errors as ours.

        Raises:
            RetriesExhausted: The store did not answer in all tries.
            RequestRefused: It will not answer, whatever is tried.
        """
        from obstore.exceptions import BaseError

        def attempt() -> _ResultT:
            try:
                return ask()
            except (BaseError, OSError) as error:
                if isinstance(error, VendorUnavailable):
                    raise
                raise self._ours(error, request) from None

        return self._retry.call_blocking(attempt, request=request)

    # ------------------------------------------------------------------ private

    def _level(self, folder: str) -> Any:  # noqa: ANN401 - of the library
        import obstore

        return obstore.list_with_delimiter(self._store, folder or None)

    def _below(self, folder: str) -> Iterator[Any]:
        """All objects below a folder; after an error the list goes on where it was."""
        import obstore

        stream: Any = None
        last: str | None = None

        def page() -> Any:  # noqa: ANN401 - of the library
            nonlocal stream
            if stream is None:
                stream = obstore.list(self._store, folder or None, offset=last, chunk_size=_PAGE)
            try:
                return next(stream, None)
            except Exception:
                stream = None
                raise

        while page_found := self.ask(page, f"the list of {folder or 'all'}"):
            last = page_found[-1]["path"]
            yield from page_found

    def _data(self, objects: Iterable[Any], wanted: Wanted) -> Iterator[Found]:
        for each in objects:
            path, size = each["path"], int(each["size"])
            if path.lower().endswith(_ENDING) and size and wanted.may_hold(path):
                yield Found(path, size, each.get("e_tag") or "")

    def _ours(self, error: Exception, request: str) -> Exception:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        reason = without_secrets(first_line(error))
        status = _STATUS.search(reason)
        number = int(status[1]) if status else 0
        if isinstance(error, PermissionDeniedError | UnauthenticatedError):
            number = 403 if isinstance(error, PermissionDeniedError) else 401
        if isinstance(error, FileNotFoundError):
            number = 404
        if 400 <= number < 500 and number not in _BUSY:
            return RequestRefused(vendor=self._url, request=request, status=number, reason=reason)
        return VendorUnavailable(vendor=self._url, request=request, reason=reason)


class RemoteFile(RawIOBase):
    """An object as a file, of which only what is asked for is fetched.

    Args:
        objects: Where it lies.
        found: The object.
    """

    def __init__(self, objects: Objects, found: Found) -> None:
        super().__init__()
        self._objects: Final = objects
        self._found: Final = found
        self._place = 0

    def seekable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._place

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Say where the next byte is read."""
        begin = {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self._found.size}[whence]
        self._place = begin + offset
        return self._place

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all that are left."""
        left = max(self._found.size - self._place, 0)
        length = left if size < 0 else min(size, left)
        if not length:
            return b""
        data = self._objects.read(self._found, self._place, self._place + length)
        self._place += length
        return data

    def readall(self) -> bytes:
        """All that is left."""
        return self.read()


def without_secrets(text: str) -> str:
    """A text without parameters of addresses, and without any secret of the environment."""
    text = _QUERY.sub("?***", text)
    for name, value in os.environ.items():
        if len(value) >= 6 and _SECRET_NAME.search(name):
            text = text.replace(value, "***")
    return text
