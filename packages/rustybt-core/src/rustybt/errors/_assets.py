"""Errors of assets: look-ups that find nothing, or too much."""
# ruff: noqa: N818 - the names are part of the public API; those of Zipline are kept

from __future__ import annotations

from collections.abc import Sequence

from rustybt.errors._base import UserError, listed


class AssetNotFound(UserError, LookupError):
    """No asset answers to what was asked for."""


class SymbolNotFound(AssetNotFound):
    """No asset has, or had, this symbol."""

    symbol: str
    template = "symbol {symbol!r} was not found; check its spelling, the bundle and the as-of date"


class RootSymbolNotFound(SymbolNotFound):
    """No future has this root symbol."""

    template = "root symbol {symbol!r} was not found; check its spelling and the bundle"


class GlobalKeyNotFound(AssetNotFound):
    """No asset has this global key of type, exchange, symbol and first date."""

    key: object
    template = "no asset has the global key {key}; ingest the data set that holds it"


class SidsNotFound(AssetNotFound):
    """No assets have these identifiers."""

    sids: Sequence[int]
    template = "no asset has {sids}; use the sids of the bundle in use"

    @property
    def message(self) -> str:
        """Name the identifiers that were not found."""
        noun = "sid" if len(self.sids) == 1 else "sids"
        return self.template.format(sids=f"{noun} {', '.join(map(str, self.sids))}")


class EquitiesNotFound(SidsNotFound):
    """No equities have these identifiers."""

    template = "no equity has {sids}; use the sids of equities of the bundle in use"


class FutureContractsNotFound(SidsNotFound):
    """No futures have these identifiers."""

    template = "no future has {sids}; use the sids of futures of the bundle in use"


class MultipleSymbolsFound(UserError, LookupError):
    """Several assets had this symbol at different times."""

    symbol: str
    options: Sequence[object]
    template = "symbol {symbol!r} belonged to {options}; give as_of_date to choose one"

    @property
    def message(self) -> str:
        """Name the candidates."""
        return self.template.format(symbol=self.symbol, options=listed(self.options))


class MultipleSymbolsFoundForFuzzySymbol(MultipleSymbolsFound):
    """Several assets match a symbol without its delimiters."""

    template = (
        "symbol {symbol!r} fuzzily matches {options}; "
        "give the exact symbol, as_of_date or country_code"
    )


class SameSymbolUsedAcrossCountries(MultipleSymbolsFound):
    """Assets of several countries share this symbol."""

    template = "symbol {symbol!r} is used in several countries, by {options}; give country_code"


class SymbolOwnershipConflict(UserError, ValueError):
    """Two assets claim one symbol in one country at the same time."""

    symbol: str
    owners: Sequence[object]

    @property
    def message(self) -> str:
        """Name the claimants."""
        return (
            f"symbol {self.symbol!r} is held by {listed(self.owners)} at the same time; "
            "correct the start and end dates of the assets"
        )


class ValueNotFoundForField(UserError, LookupError):
    """No asset has this value in a supplementary field."""

    field: str
    value: object
    template = "no asset has {value!r} in field {field!r}; check both"


class MultipleValuesFoundForField(UserError, LookupError):
    """Several assets had this value in a supplementary field."""

    field: str
    value: object
    options: Sequence[object]

    @property
    def message(self) -> str:
        """Name the candidates."""
        return (
            f"{self.value!r} in field {self.field!r} belonged to {listed(self.options)}; "
            "give as_of_date or country_code to choose one"
        )


class NoValueForSid(UserError, LookupError):
    """An asset has no value in a supplementary field."""

    field: str
    sid: int
    template = "the asset of sid {sid} has no value in field {field!r}; check both"


class MultipleValuesFoundForSid(UserError, LookupError):
    """An asset had several values in a supplementary field."""

    field: str
    sid: int
    options: Sequence[object]

    @property
    def message(self) -> str:
        """Name the candidates."""
        return (
            f"the asset of sid {self.sid} had {listed(self.options)} in field {self.field!r}; "
            "give as_of_date to choose one"
        )


class ConsumeAssetMetaDataError(UserError, TypeError):
    """Asset metadata came as something that holds no table."""

    obj: object
    template = "asset metadata were of type {obj}; give a frame with a column sid or symbol"


class SidAssignmentError(UserError, ValueError):
    """An asset to be stored has no identifier."""

    identifier: object
    template = "the asset {identifier} has no sid; give it one"


class NonExistentAssetInTimeFrame(UserError, ValueError):
    """An asset does not live through a whole period."""

    asset: object
    start_date: object
    end_date: object
    template = "{asset} does not trade all the time from {start_date} to {end_date}; shorten it"
