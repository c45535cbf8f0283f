"""Exchanges as assets name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExchangeInfo:
    """The venue on which an asset is listed.

    Attributes:
        name: Full name, such as ``"New York Stock Exchange"``.
        canonical_name: Short name; venues that trade as one share it. Empty means `name`.
        country_code: ISO 3166 two-letter code, upper case; ``""`` where there is no country.
    """

    name: str
    canonical_name: str = ""
    country_code: str = ""

    def __post_init__(self) -> None:
        if not self.canonical_name:
            object.__setattr__(self, "canonical_name", self.name)
        object.__setattr__(self, "country_code", self.country_code.upper())
