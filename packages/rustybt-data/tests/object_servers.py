"""Object stores on loopback: S3 by moto, and hand-written answers of Azure and of Google.

All of them count what they are asked and what they send, and can have troubles.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, unquote
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import WSGIRequestHandler, make_server

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request and what was sent for it."""

    method: str
    path: str
    query: str
    range: str
    sent: int

    @property
    def is_list(self) -> bool:
        return "list" in self.query


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What happens instead of an answer, so many times, to paths that end in a text."""

    status: int = 503
    times: int = 1
    ending: str = ""
    cut: int = 0


class ObjectServer:
    """A server in a thread.

    Attributes:
        asked: What it was asked.
        troubles: What happens instead of the next answers.
        url: Its address.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.asked: list[Asked] = []
        self.troubles: list[Trouble] = []
        self.url = ""

    @property
    def lists(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.is_list]

    @property
    def gets(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "GET" and not asked.is_list]

    def names(self) -> set[str]:
        """The names of objects that were read, without their folder."""
        return {unquote(asked.path).split("/prices/", 1)[-1] for asked in self.gets}

    def forget(self) -> None:
        self.asked.clear()
        self.troubles.clear()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, query = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[::2]
        trouble = self._trouble(path)
        if trouble is not None and not trouble.cut:
            start(f"{trouble.status} Trouble", [("Content-Type", "text/plain")])
            body = b"trouble"
        else:
            body = b"".join(self.app(environ, start))
            body = body[: len(body) - trouble.cut] if trouble is not None else body
        self.asked.append(
            Asked(
                method=environ["REQUEST_METHOD"],
                path=path,
                query=query,
                range=environ.get("HTTP_RANGE") or environ.get("HTTP_X_MS_RANGE", ""),
                sent=len(body),
            )
        )
        return [body]

    def _trouble(self, path: str) -> Trouble | None:
        for place, trouble in enumerate(self.troubles):
            if unquote(path).endswith(trouble.ending):
                left = Trouble(
                    status=trouble.status,
                    times=trouble.times - 1,
                    ending=trouble.ending,
                    cut=trouble.cut,
                )
                self.troubles[place : place + 1] = [left] if left.times else []
                return trouble
        return None


@contextmanager
def serving(app: App, handler: type[WSGIRequestHandler] = WSGIRequestHandler) -> Iterator[Any]:
    """An `ObjectServer` in a thread of its own."""
    found = ObjectServer(app)
    quiet = type("Quiet", (handler,), {"log_request": lambda *_: None})
    server = make_server("127.0.0.1", 0, found, threaded=True, request_handler=quiet)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def s3() -> Iterator[ObjectServer]:
    """S3, by moto."""
    app = DomainDispatcherApplication(create_backend_app)
    with serving(app, MotoRequestHandler) as server:
        yield server


def put(bucket: str, objects: Mapping[str, bytes]) -> None:
    """Put objects into a bucket of moto's, which runs in this process."""
    from moto.s3.models import s3_backends

    backend = s3_backends["123456789012"]["aws"]
    if bucket not in backend.buckets:
        backend.create_bucket(bucket, "us-east-1")
    for name, data in objects.items():
        backend.put_object(bucket, name, data)


@contextmanager
def google(objects: Mapping[str, bytes], page: int = 1_000) -> Iterator[ObjectServer]:
    """Google Cloud Storage: the XML interface that its clients list and read by."""
    with serving(_bucket_app(objects, page, _google_page)) as server:
        yield server


@contextmanager
def azure(objects: Mapping[str, bytes], page: int = 5_000) -> Iterator[ObjectServer]:
    """Azure Blob Storage: List Blobs and Get Blob."""
    with serving(_bucket_app(objects, page, _azure_page)) as server:
        yield server


Page = Callable[[list[str], list[str], str, Mapping[str, bytes]], str]


def _bucket_app(objects: Mapping[str, bytes], page_size: int, page: Page) -> App:
    """Lists and reads the objects of one bucket, the first part of each path."""

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = unquote(environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0])
        # The account of Azure's addresses, and the bucket.
        name = path.split("/bucket", 1)[1].lstrip("/")
        asked = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
        if not name:
            text = _listed(objects, asked, page_size, page)
            start("200 OK", [("Content-Type", "application/xml")])
            return [text.encode()]
        if name not in objects:
            start("404 Not Found", [])
            return [b""]
        return _part(objects[name], environ, start)

    return app


def _part(data: bytes, environ: Mapping[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    headers = [("ETag", '"one"'), ("Last-Modified", "Fri, 01 Mar 2024 10:00:00 GMT")]
    bounds = environ.get("HTTP_RANGE") or environ.get("HTTP_X_MS_RANGE") or ""
    if not bounds:
        start("200 OK", [*headers, ("Content-Length", str(len(data)))])
        return [data]
    first, last = bounds.removeprefix("bytes=").split("-")
    part = data[int(first) : int(last) + 1]
    shown = f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}"
    start(
        "206 Partial Content",
        [*headers, ("Content-Range", shown), ("Content-Length", str(len(part)))],
    )
    return [part]


def _listed(
    objects: Mapping[str, bytes], asked: Mapping[str, str], page_size: int, page: Page
) -> str:
    prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
    token = asked.get("continuation-token") or asked.get("marker") or ""
    after = max(token, asked.get("start-after", ""))
    names, folders = [], []
    for name in sorted(objects):
        rest = name.removeprefix(prefix)
        if not name.startswith(prefix):
            continue
        if delimiter and delimiter in rest:
            folder = f"{prefix}{rest.split(delimiter)[0]}{delimiter}"
            if folder not in folders and folder > after:
                folders.append(folder)
        elif name > after:
            names.append(name)
    both = sorted([*names, *folders])
    shown, following = both[:page_size], both[page_size - 1] if len(both) > page_size else ""
    return page(
        [each for each in shown if each in objects],
        [each for each in shown if each not in objects],
        following,
        objects,
    )


def _google_page(
    names: list[str], folders: list[str], following: str, objects: Mapping[str, bytes]
) -> str:
    contents = "".join(
        f"<Contents><Key>{escape(name)}</Key><Size>{len(objects[name])}</Size>"
        '<LastModified>2024-03-01T10:00:00.000Z</LastModified><ETag>"one"</ETag></Contents>'
        for name in names
    )
    prefixes = "".join(
        f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in folders
    )
    more = f"<NextContinuationToken>{escape(following)}</NextContinuationToken>" * bool(following)
    return f"<?xml version='1.0'?><ListBucketResult>{contents}{prefixes}{more}</ListBucketResult>"


def _azure_page(
    names: list[str], folders: list[str], following: str, objects: Mapping[str, bytes]
) -> str:
    blobs = "".join(
        f"<Blob><Name>{escape(name)}</Name><Properties>"
        f"<Last-Modified>Fri, 01 Mar 2024 10:00:00 GMT</Last-Modified><Etag>one</Etag>"
        f"<Content-Length>{len(objects[name])}</Content-Length>"
        "<Content-Type>application/octet-stream</Content-Type></Properties></Blob>"
        for name in names
    )
    prefixes = "".join(f"<BlobPrefix><Name>{escape(each)}</Name></BlobPrefix>" for each in folders)
    return (
        f"<?xml version='1.0'?><EnumerationResults><Blobs>{blobs}{prefixes}</Blobs>"
        f"<NextMarker>{escape(following)}</NextMarker></EnumerationResults>"
    )


def encoded(symbol: str) -> str:
    """A symbol as a folder's name has it."""
    return quote(symbol, safe="")
