"""Look-up of assets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, TypeVar, overload

from rustybt.assets.asset import Asset, AssetKey, Equity, Future
from rustybt.assets.continuous import ContinuousFuture, PriceAdjustment, RollStyle
from rustybt.assets.precision import configured_precision
from rustybt.assets.source import AssetSource, MemorySource
from rustybt.assets.symbols import SymbolOwnership, SymbolTable
from rustybt.calendars import Moment, from_day, to_day
from rustybt.errors import (
    EquitiesNotFound,
    FutureContractsNotFound,
    GlobalKeyNotFound,
    InvalidArgument,
    MultipleSymbolsFound,
    MultipleSymbolsFoundForFuzzySymbol,
    SameSymbolUsedAcrossCountries,
    SidsNotFound,
    SymbolNotFound,
)
from rustybt.values import PrecisionTable

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Engine

    from rustybt.assets.chains import FutureChains
    from rustybt.assets.exchange import ExchangeInfo
    from rustybt.assets.root_symbol import RootSymbol
    from rustybt.assets.supplementary import SupplementaryTable, SupplementaryValue

_AssetT = TypeVar("_AssetT", bound=Asset)


class AssetFinder:
    """Finds assets by sid, symbol, global key or a supplementary value.

    There is one object per asset: the same look-up gives the identical object.

    Args:
        source: Where the assets come from. `from_assets` and `open` make the usual ones.
    """

    def __init__(self, source: AssetSource) -> None:
        self._source = source
        self._types = source.types()
        self._assets: dict[int, Asset] = {}

    @classmethod
    def from_assets(
        cls,
        assets: Iterable[Asset],
        *,
        ownerships: Iterable[SymbolOwnership] | None = None,
        supplementary: "Iterable[SupplementaryValue]" = (),
    ) -> Self:
        """A finder over objects, without a database.

        Args:
            assets: One per sid.
            ownerships: Periods of symbols, for renamed assets; by default an asset owns its
                symbol while it lives.
            supplementary: Supplementary values.
        """
        source = MemorySource(assets, ownerships=ownerships, supplementary=supplementary)
        return cls(source)

    @classmethod
    def open(
        cls, database: "str | Path | Engine", *, precision: PrecisionTable | None = None
    ) -> Self:
        """A finder over an asset database of schema version 8, or Zipline's 6 or 7.

        Args:
            database: Path of an SQLite file, a database URL or an SQLAlchemy engine.
            precision: What holds for assets without a tick, lot or decimals of their own; by
                default what the settings say.

        Raises:
            AssetDBVersionError: The schema is of another version.
            CorruptData: There is no such database.
        """
        from rustybt.assets.database import SqlSource

        return cls(SqlSource(database, precision=precision or configured_precision()))

    def close(self) -> None:
        """Release the connection to the database."""
        self._source.close()

    # ------------------------------------------------------------------ by sid

    @cached_property
    def sids(self) -> tuple[int, ...]:
        """Every sid, ascending."""
        return tuple(self._types)

    @cached_property
    def equities_sids(self) -> tuple[int, ...]:
        """Sids of equities, ascending."""
        return self._sids_of_type(Equity.asset_type)

    @cached_property
    def futures_sids(self) -> tuple[int, ...]:
        """Sids of futures, ascending."""
        return self._sids_of_type(Future.asset_type)

    @overload
    def retrieve_asset(self, sid: int) -> Asset: ...
    @overload
    def retrieve_asset(self, sid: int, default_none: Literal[False]) -> Asset: ...
    @overload
    def retrieve_asset(self, sid: int, default_none: bool) -> Asset | None: ...  # noqa: FBT001

    def retrieve_asset(self, sid: int, default_none: bool = False) -> Asset | None:  # noqa: FBT001, FBT002
        """The asset of a sid.

        Raises:
            SidsNotFound: There is none and `default_none` is false.
        """
        found = self._assets.get(sid)
        return self.retrieve_all((sid,), default_none)[0] if found is None else found

    @overload
    def retrieve_all(self, sids: Iterable[int]) -> list[Asset]: ...
    @overload
    def retrieve_all(self, sids: Iterable[int], default_none: Literal[False]) -> list[Asset]: ...
    @overload
    def retrieve_all(self, sids: Iterable[int], default_none: bool) -> list[Asset | None]: ...  # noqa: FBT001

    def retrieve_all(
        self,
        sids: Iterable[int],
        default_none: bool = False,  # noqa: FBT001, FBT002
    ) -> list[Asset] | list[Asset | None]:
        """The assets of `sids`, in their order.

        Raises:
            SidsNotFound: Some have none and `default_none` is false.
        """
        wanted = list(sids)
        known = self._assets
        unloaded = {sid for sid in wanted if sid not in known}
        unknown = sorted(sid for sid in unloaded if sid not in self._types)
        if unknown and not default_none:
            raise SidsNotFound(sids=unknown)
        for asset in self._source.load(sorted(unloaded.difference(unknown))):
            known.setdefault(asset.sid, asset)
        return [known.get(sid) for sid in wanted] if default_none else [known[s] for s in wanted]

    def retrieve_equities(self, sids: Iterable[int]) -> dict[int, Equity]:
        """Equities by sid.

        Raises:
            EquitiesNotFound: Some sids are not those of equities.
        """
        return self._of_kind(Equity, EquitiesNotFound, sids)

    def retrieve_futures_contracts(self, sids: Iterable[int]) -> dict[int, Future]:
        """Futures by sid.

        Raises:
            FutureContractsNotFound: Some sids are not those of futures.
        """
        return self._of_kind(Future, FutureContractsNotFound, sids)

    def lookup_asset_types(self, sids: Iterable[int]) -> dict[int, str | None]:
        """`Asset.asset_type` by sid, None for unknown sids."""
        return {sid: self._types.get(sid) for sid in sids}

    def group_by_type(self, sids: Iterable[int]) -> dict[str | None, set[int]]:
        """Sids by `Asset.asset_type`, unknown ones under None."""
        groups: dict[str | None, set[int]] = {}
        for sid, kind in self.lookup_asset_types(sids).items():
            groups.setdefault(kind, set()).add(sid)
        return groups

    def lookup_key(self, key: AssetKey) -> Asset:
        """The asset of a global key: the same thing as in any other snapshot.

        Raises:
            GlobalKeyNotFound: This snapshot does not hold it.
        """
        try:
            return self._by_key[key]
        except KeyError:
            raise GlobalKeyNotFound(key=key) from None

    # ------------------------------------------------------------------ by symbol

    def lookup_symbol(
        self,
        symbol: str,
        as_of_date: Moment | None = None,
        fuzzy: bool = False,  # noqa: FBT001, FBT002
        country_code: str | None = None,
    ) -> Asset:
        """The equity or pair that had a symbol.

        Args:
            symbol: In any case, with or without delimiter before the share class.
            as_of_date: The day on which it had it. Owners keep a symbol until the next owner's
                first day. None is enough while the symbol had one owner only.
            fuzzy: Find ``BRKA`` for ``BRK.A`` and the reverse, too.
            country_code: Where it is listed; None for everywhere.

        Raises:
            SymbolNotFound: Nobody had it.
            MultipleSymbolsFound: Several had it and `as_of_date` is None.
            MultipleSymbolsFoundForFuzzySymbol: Several match fuzzily.
            SameSymbolUsedAcrossCountries: Several have it in different countries.
        """
        day = None if as_of_date is None else _as_date(as_of_date)
        find = self._symbols.fuzzy_owners if fuzzy else self._symbols.owners
        sids = find(symbol, day, country_code=country_code)
        if len(sids) == 1:
            return self.retrieve_asset(sids[0])
        if not sids:
            raise SymbolNotFound(symbol=symbol)
        options = self.retrieve_all(sids)
        if len({asset.country_code for asset in options}) > 1:
            raise SameSymbolUsedAcrossCountries(symbol=symbol, options=options)
        error = MultipleSymbolsFoundForFuzzySymbol if fuzzy else MultipleSymbolsFound
        raise error(symbol=symbol, options=options)

    def lookup_symbols(
        self,
        symbols: Iterable[str],
        as_of_date: Moment | None = None,
        fuzzy: bool = False,  # noqa: FBT001, FBT002
        country_code: str | None = None,
    ) -> list[Asset]:
        """Each of `symbols` as `lookup_symbol` finds it."""
        return [self.lookup_symbol(symbol, as_of_date, fuzzy, country_code) for symbol in symbols]

    def lookup_future_symbol(self, symbol: str) -> Future:
        """The future of a symbol such as ``"CLF26"``.

        Raises:
            SymbolNotFound: There is none.
        """
        try:
            return self._futures_by_symbol[symbol]
        except KeyError:
            raise SymbolNotFound(symbol=symbol) from None

    def lookup_generic(
        self,
        obj: object,
        as_of_date: Moment | None = None,
        country_code: str | None = None,
    ) -> tuple[Asset | ContinuousFuture | list[Asset | ContinuousFuture], list[object]]:
        """Turn assets, sids, symbols or a collection of them into assets.

        Returns:
            The asset (or the list of assets, for a collection) and what was not found. A single
            thing that is not found is an error instead.

        Raises:
            SymbolNotFound: A single symbol has no owner.
            SidsNotFound: A single sid has no asset.
            InvalidArgument: `obj` is something else.
        """
        single = self._lookup_one(obj, as_of_date, country_code)
        if single is not None:
            return single, []
        if isinstance(obj, str) or not isinstance(obj, Iterable):
            raise InvalidArgument(
                field="obj", value=obj, reason="give an asset, a sid, a symbol or several of them"
            )
        found: list[Asset | ContinuousFuture] = []
        missing: list[object] = []
        for item in obj:
            try:
                one = self._lookup_one(item, as_of_date, country_code)
            except (SymbolNotFound, SidsNotFound):
                one = None
            if one is None:
                missing.append(item)
            else:
                found.append(one)
        return found, missing

    # ------------------------------------------------------------------ futures

    def get_ordered_contracts(self, root_symbol: str) -> tuple[Future, ...]:
        """Contracts of a chain in the order in which they end.

        Raises:
            RootSymbolNotFound: There is no such chain.
        """
        return self._chains.contracts(root_symbol)

    def continuous_contracts(self, root_symbol: str) -> tuple[Future, ...]:
        """The contracts that continuous futures of a chain go through, in order.

        Those of months that are hardly traded are left out (`chains.DELIVERY_MONTHS`).

        Raises:
            RootSymbolNotFound: There is no such chain.
        """
        return self._chains.held(root_symbol)

    def create_continuous_future(
        self,
        root_symbol: str,
        offset: int,
        roll_style: RollStyle,
        adjustment: PriceAdjustment | None,
    ) -> ContinuousFuture:
        """The continuous future of a chain; equal arguments give the same object.

        Raises:
            RootSymbolNotFound: There is no such chain.
            InvalidArgument: An argument is none of its allowed values.
        """
        return self._chains.continuous(root_symbol, offset, roll_style, adjustment)

    # ------------------------------------------------------------------ supplementary values

    def get_supplementary_field(
        self, sid: int, field_name: str, as_of_date: Moment | None = None
    ) -> str:
        """The value that an asset has in a supplementary field.

        Raises:
            NoValueForSid: It has none.
            MultipleValuesFoundForSid: It had several and `as_of_date` is None.
        """
        day = None if as_of_date is None else _as_date(as_of_date)
        return self._supplementary.value_of(sid, field_name, day)

    def lookup_by_supplementary_field(
        self, field_name: str, value: str, as_of_date: Moment | None = None
    ) -> Asset:
        """The asset that has a value in a supplementary field.

        Raises:
            ValueNotFoundForField: None has it.
            MultipleValuesFoundForField: Several had it and `as_of_date` is None.
        """
        day = None if as_of_date is None else _as_date(as_of_date)
        return self.retrieve_asset(self._supplementary.owner_of(field_name, value, day))

    # ------------------------------------------------------------------ all at once

    def lifetimes(
        self,
        dates: Sequence[Moment],
        include_start_date: bool,  # noqa: FBT001
        country_codes: Iterable[str],
    ) -> "pl.DataFrame":
        """Which equities of some countries live on which days.

        Args:
            dates: The days.
            include_start_date: Whether an asset counts on its first day.
            country_codes: Countries whose equities are wanted.

        Returns:
            A frame of ``date`` and a Boolean column per sid, named by it.
        """
        import polars as pl

        days = [_as_date(day) for day in dates]
        wanted = {code.upper() for code in country_codes}
        alive = {
            str(equity.sid): [
                equity.is_alive_for_session(day)
                and (include_start_date or day != equity.start_date)
                for day in days
            ]
            for equity in self._equities
            if equity.country_code in wanted
        }
        return pl.DataFrame({"date": pl.Series(days, dtype=pl.Date), **alive})

    def equities_sids_for_country_code(self, country_code: str) -> tuple[int, ...]:
        """Sids of the equities listed in a country, ascending."""
        wanted = country_code.upper()
        return tuple(asset.sid for asset in self._equities if asset.country_code == wanted)

    def equities_sids_for_exchange_name(self, exchange_name: str) -> tuple[int, ...]:
        """Sids of the equities listed on an exchange (its full name), ascending."""
        return tuple(asset.sid for asset in self._equities if asset.exchange_full == exchange_name)

    def facts(self) -> Iterator[str]:
        """Everything that is known, a line each, in an order that depends on nothing else."""
        for asset in self.retrieve_all(self.sids):
            yield f"{type(asset).__name__} {asset.to_dict()}"
        yield from sorted(map(repr, self._source.ownerships()))
        yield from sorted(map(repr, self._source.supplementary()))

    @cached_property
    def exchanges(self) -> "Mapping[str, ExchangeInfo]":
        """The venues by their full names, with or without assets."""
        return {exchange.name: exchange for exchange in self._source.exchanges()}

    @cached_property
    def root_symbols(self) -> "Mapping[str, RootSymbol]":
        """The chains of futures by their names, with or without contracts."""
        return {root.root_symbol: root for root in self._source.root_symbols()}

    def ownerships(self) -> Iterable[SymbolOwnership]:
        """Who owned which symbol when; futures are found by their own symbol."""
        return self._source.ownerships()

    def supplementary_values(self) -> "Iterable[SupplementaryValue]":
        """All supplementary values."""
        return self._source.supplementary()

    # ------------------------------------------------------------------ tables, built on first use

    @cached_property
    def _symbols(self) -> SymbolTable:
        return SymbolTable(self._source.ownerships())

    @cached_property
    def _supplementary(self) -> "SupplementaryTable":
        from rustybt.assets.supplementary import SupplementaryTable

        return SupplementaryTable(self._source.supplementary())

    @cached_property
    def _equities(self) -> tuple[Equity, ...]:
        return tuple(self.retrieve_equities(self.equities_sids).values())

    @cached_property
    def _futures_by_symbol(self) -> Mapping[str, Future]:
        futures = self.retrieve_futures_contracts(self.futures_sids)
        return {future.symbol: future for future in futures.values()}

    @cached_property
    def _chains(self) -> "FutureChains":
        from rustybt.assets.chains import FutureChains

        return FutureChains(self._futures_by_symbol.values())

    @cached_property
    def _by_key(self) -> Mapping[AssetKey, Asset]:
        return {asset.global_key: asset for asset in self.retrieve_all(self.sids)}

    # ------------------------------------------------------------------ helpers

    def _sids_of_type(self, asset_type: str) -> tuple[int, ...]:
        return tuple(sid for sid, kind in self._types.items() if kind == asset_type)

    def _of_kind(
        self, kind: type[_AssetT], error: type[SidsNotFound], sids: Iterable[int]
    ) -> dict[int, _AssetT]:
        wanted = list(sids)
        other = sorted(sid for sid in wanted if self._types.get(sid) != kind.asset_type)
        if other:
            raise error(sids=other)
        assets = self.retrieve_all(wanted)
        return {asset.sid: asset for asset in assets if isinstance(asset, kind)}

    def _lookup_one(
        self, obj: object, as_of_date: Moment | None, country_code: str | None
    ) -> Asset | ContinuousFuture | None:
        if isinstance(obj, Asset | ContinuousFuture):
            return obj
        if isinstance(obj, str):
            return self.lookup_symbol(obj, as_of_date, country_code=country_code)
        if hasattr(obj, "__index__"):
            return self.retrieve_asset(int(obj))
        return None


def _as_date(value: Moment) -> date:
    return from_day(to_day(value))
