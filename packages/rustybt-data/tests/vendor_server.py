"""An HTTP server on loopback that speaks a vendor's protocol, and can have every trouble."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reply.

    Attributes:
        body: Its text, or what becomes JSON.
        status: HTTP status.
        headers: Further headers.
        cut: How many bytes of the body are left away, though the length names them.
        hangs: Whether nothing comes before the client gives up.
    """

    body: Any = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    hangs: bool = False

    @property
    def text(self) -> bytes:
        whole = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return whole.encode()


Speaks = Callable[[Asked], Answer]


class VendorServer:
    """The server: what it says without trouble, what is wrong next, and what it was asked.

    Attributes:
        speaks: Answers a request.
        trouble: Answers that come first, in place of the right ones: for paths that hold the text.
        asked: All requests since the last reset.
        mutate: A text in paths, and what is done to the replies to them.
    """

    def __init__(self) -> None:
        self.speaks: Speaks = lambda _: Answer(status=404)
        self.trouble: list[tuple[str, Answer]] = []
        self.asked: list[Asked] = []
        self.mutate: tuple[str, Callable[[str], str]] | None = None
        self.released = threading.Event()
        self._breaks: list[tuple[str, int]] = []
        self._lock = threading.Lock()
        self.url = ""

    def reset(self, speaks: Speaks) -> None:
        """Begin anew."""
        self.speaks, self.trouble, self.asked = speaks, [], []
        self.mutate, self._breaks = None, []
        self.released.clear()

    def fail(self, path: str, *answers: Answer) -> None:
        """Give these answers to the next requests of paths that hold a text."""
        self.trouble += [(path, answer) for answer in answers]

    def break_after(self, path: str, requests: int) -> None:
        """Answer so many requests of paths that hold a text, and no more."""
        self._breaks.append((path, requests))

    def paths(self, part: str = "") -> list[str]:
        """The paths asked for so far that hold a text."""
        return [asked.path for asked in self.asked if part in asked.path]

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            for place, (path, answer) in enumerate(self.trouble):
                if path in asked.path:
                    del self.trouble[place]
                    return answer
        for path, requests in self._breaks:
            if path in asked.path and len(self.paths(path)) > requests:
                return Answer(status=500)
        answer = self.speaks(asked)
        if self.mutate is not None and self.mutate[0] in asked.path:
            answer = replace(answer, body=self.mutate[1](answer.text.decode()))
        return answer


@contextmanager
def serving() -> Iterator[VendorServer]:
    """A server that runs."""
    vendor = VendorServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body are two packets: 40 ms otherwise

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = {name.lower(): text for name, text in self.headers.items()}
            answer = vendor.answer(Asked(path=parts.path, query=query, headers=headers))
            if answer.hangs:
                vendor.released.wait(10)
                self.close_connection = True
                return
            self._send(answer)

        def _send(self, answer: Answer) -> None:
            text = answer.text
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text[: len(text) - answer.cut])
            except ConnectionError:
                self.close_connection = True
            if answer.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        vendor.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield vendor
        finally:
            vendor.released.set()
            server.shutdown()
            thread.join()
