"""Where objects lie: addresses of stores, opened with credentials of the environment alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from rustybt.errors import InvalidArgument, MissingExtra

if TYPE_CHECKING:
    from obstore.store import ObjectStore

KINDS: Final[Mapping[str, str]] = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gcs",
    "az": "azure",
    "azure": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "file": "file",
    "memory": "memory",
}
"""The kind of a store by the scheme of its address."""

_ENDPOINTS: Final = {"s3": "endpoint", "gcs": "base_url", "azure": "endpoint"}
_HINT: Final = (
    "give s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, az://CONTAINER/FOLDER or file:///FOLDER"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a dataset lies.

    Attributes:
        url: The address, which holds no secret.
        kind: ``s3``, ``gcs``, ``azure``, ``file`` or ``memory``.
        endpoint: Address of a server that speaks the protocol of `kind`; "" for the vendor's own
            or that of the environment.
        region: Region of the bucket, where it matters; "" for that of the environment.
        anonymous: Whether requests are not signed, as public datasets want it.
        timeout_s: Seconds that a request may take.
    """

    url: str
    kind: str
    endpoint: str = ""
    region: str = ""
    anonymous: bool = False
    timeout_s: float = 30.0

    @classmethod
    def parse(cls, location: str, options: Mapping[str, str]) -> Self:
        """Read an address and the options ``endpoint, region, anonymous, timeout``.

        Raises:
            InvalidArgument: It is no address of a store, or it holds a secret.
        """
        parts = urlsplit(location)
        kind = KINDS.get(parts.scheme)
        if kind is None or not (parts.netloc or kind in ("file", "memory")):
            raise InvalidArgument(field="location", value=_shown(location), reason=_HINT)
        is_account = parts.scheme.startswith("abfs") and ":" not in parts.netloc
        if parts.query or parts.fragment or ("@" in parts.netloc and not is_account):
            reason = "an address must hold no secret: credentials come from the environment"
            raise InvalidArgument(field="location", value=_shown(location), reason=reason)
        return cls(
            url=location.rstrip("/") or location,
            kind=kind,
            endpoint=_endpoint(options.get("endpoint", ""), kind),
            region=options.get("region", ""),
            anonymous=_is_yes(options.get("anonymous", "no")),
            timeout_s=_seconds(options.get("timeout", "30")),
        )

    def open(self) -> ObjectStore:
        """The store, whose root is the folder of the dataset.

        Its own retries are off: `rustybt.net.Retry` counts them.

        Raises:
            MissingExtra: The library is not installed.
            InvalidArgument: The library cannot open it.
        """
        try:
            from obstore.exceptions import BaseError
            from obstore.store import LocalStore, from_url
        except ImportError as error:
            raise MissingExtra(
                feature="the client of cloud storage", install="rustybt-data[cloud]"
            ) from error
        if self.kind == "memory":
            reason = "what is in memory is handed over: set CloudAdapter.store"
            raise InvalidArgument(field="location", value=self.url, reason=reason)
        try:
            if self.kind == "file":
                return LocalStore(urlsplit(self.url).path)
            return from_url(
                self.url,
                config=self._config(),
                client_options={
                    "allow_http": self.endpoint.startswith("http://"),
                    "timeout": timedelta(seconds=self.timeout_s),
                },
                retry_config={"max_retries": 0},
            )
        except (BaseError, ValueError) as error:
            reason = f"it cannot be opened: {first_line(error)}"
            raise InvalidArgument(field="location", value=self.url, reason=reason) from None

    def _config(self) -> Any:  # noqa: ANN401 - each store has keys of its own
        config: dict[str, Any] = {}
        if self.endpoint:
            config[_ENDPOINTS[self.kind]] = self.endpoint
        if self.region:
            config["region"] = self.region
        if self.anonymous:
            config["skip_signature"] = True
        return config


def first_line(error: Exception) -> str:
    """What an error of the library says, without the requests that it shows below."""
    return str(error).split("\n", 1)[0].strip() or type(error).__name__


def _shown(location: str) -> str:
    """An address without what may be a secret."""
    return re.sub(r"//[^/@]*@", "//***@", re.sub(r"[?#].*", "?***", location))


def _endpoint(text: str, kind: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    is_plain = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
    if not is_plain or parts.query or kind not in _ENDPOINTS:
        reason = f"give an address such as https://HOST, for {', '.join(_ENDPOINTS)} alone"
        raise InvalidArgument(field="endpoint", value=_shown(text), reason=reason)
    return text


def _is_yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise InvalidArgument(field="anonymous", value=text, reason="give yes or no")
    return text == "yes"


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text) or not float(text):
        raise InvalidArgument(field="timeout", value=text, reason="give seconds, more than 0")
    return float(text)
