"""Assets into a database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from types import MappingProxyType

from rustybt.assets.asset import Cryptocurrency, CurrencyPair
from rustybt.assets.database import plan
from rustybt.assets.database.engine import create_asset_db
from rustybt.assets.database.location import Database
from rustybt.assets.database.rows import Frame, Row, rows_of
from rustybt.errors import InvalidArgument


class AssetDBWriter:
    """Fills an asset database.

    Args:
        database: Path of an SQLite file, a database URL or an engine. The tables are created
            when they are not there.
        known_sids: Sids by symbol in an earlier version of the same assets, for `sids_for`.
    """

    def __init__(
        self, database: Database, *, known_sids: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._engine = create_asset_db(database)
        self._known_sids = known_sids

    def sids_for(self, symbols: Iterable[str]) -> dict[str, int]:
        """A sid for each symbol, for sources that know none.

        What the version before had keeps its sid; other symbols are numbered after all of those,
        in their order, from 0 where there are none.
        """
        numbers = count(max(self._known_sids.values(), default=-1) + 1)
        sids: dict[str, int] = {}
        for symbol in symbols:
            if symbol not in sids:
                known = self._known_sids.get(symbol)
                sids[symbol] = next(numbers) if known is None else known
        return sids

    def write(
        self,
        equities: Frame = None,
        futures: Frame = None,
        exchanges: Frame = None,
        root_symbols: Frame = None,
        equity_supplementary_mappings: Frame = None,
        chunk_size: int = 999,
        *,
        cryptocurrencies: Frame = None,
        currency_pairs: Frame = None,
    ) -> None:
        """Write assets, all of them or none.

        A frame is one of Polars, one of pandas (whose index may be the key) or a list of dicts.
        Every column but the key may be left out. Assets take ``symbol, asset_name, start_date,
        end_date, first_traded, auto_close_date, exchange`` and, as their terms of trade,
        ``currency, tick_size, lot_size, price_multiplier, price_decimals, amount_decimals``.

        Args:
            equities: Keyed by ``sid``. Several rows of one sid are the symbols it had, each from
                ``start_date`` to ``end_date``.
            futures: Keyed by ``sid``; also ``root_symbol, notice_date, expiration_date,
                multiplier``.
            exchanges: ``exchange, canonical_name, country_code``. Exchanges that only assets
                name are in an unknown country.
            root_symbols: ``root_symbol, root_symbol_id, sector, description, exchange``. Those
                that only futures name are added.
            equity_supplementary_mappings: ``sid, field, value, start_date, end_date``.
            chunk_size: Has no effect: the database library batches rows itself.
            cryptocurrencies: Keyed by ``sid``; also ``base_currency, quote_currency,
                trading_enabled, margin_enabled, perpetual``; a symbol with a colon is that of a
                perpetual swap unless the last says otherwise.
            currency_pairs: Keyed by ``sid``; also ``base_currency, quote_currency``.

        Raises:
            InvalidArgument: A column is unknown, or two assets have one sid.
            SymbolOwnershipConflict: Two equities of a country have one symbol on the same day.
        """
        del chunk_size
        shares = rows_of(equities, table="equities", key="sid", columns=plan.ASSET)
        write = plan.WritePlan()
        write.add_equities(shares)
        self._write(
            write,
            shares,
            numbered=True,
            futures=futures,
            exchanges=exchanges,
            root_symbols=root_symbols,
            supplementary=equity_supplementary_mappings,
            cryptocurrencies=cryptocurrencies,
            currency_pairs=currency_pairs,
        )

    def write_direct(  # noqa: PLR0913 - Zipline's signature
        self,
        equities: Frame = None,
        equity_symbol_mappings: Frame = None,
        equity_supplementary_mappings: Frame = None,
        futures: Frame = None,
        exchanges: Frame = None,
        root_symbols: Frame = None,
        chunk_size: int = 999,
        *,
        cryptocurrencies: Frame = None,
        currency_pairs: Frame = None,
    ) -> None:
        """Write assets in the form in which they are stored, all of them or none.

        Args:
            equities: As for `write`, but one row per sid and no ``symbol``.
            equity_symbol_mappings: ``sid, symbol, start_date, end_date`` and, where a symbol is
                not to be split at its delimiter, ``company_symbol, share_class_symbol``.
            equity_supplementary_mappings: As for `write`, and so are all others.
            futures: Keyed by ``sid``.
            exchanges: Keyed by ``exchange``.
            root_symbols: Keyed by ``root_symbol``; those without a number get none.
            chunk_size: Has no effect.
            cryptocurrencies: Keyed by ``sid``.
            currency_pairs: Keyed by ``sid``.

        Raises:
            InvalidArgument: A column is unknown, two assets have one sid, or a symbol is that of
                no equity.
            SymbolOwnershipConflict: Two equities of a country have one symbol on the same day.
        """
        del chunk_size
        columns = [name for name in plan.ASSET if name != "symbol"]
        shares = rows_of(equities, table="equities", key="sid", columns=columns)
        names = rows_of(
            equity_symbol_mappings,
            table="equity_symbol_mappings",
            key="sid",
            columns=plan.MAPPING,
        )
        _refuse_twice([row["sid"] for row in shares])
        write = plan.WritePlan()
        write.add_listed(shares, names)
        self._write(
            write,
            shares,
            numbered=False,
            futures=futures,
            exchanges=exchanges,
            root_symbols=root_symbols,
            supplementary=equity_supplementary_mappings,
            cryptocurrencies=cryptocurrencies,
            currency_pairs=currency_pairs,
        )

    def _write(  # noqa: PLR0913 - all that a database holds
        self,
        write: plan.WritePlan,
        shares: list[Row],
        *,
        numbered: bool,
        futures: Frame,
        exchanges: Frame,
        root_symbols: Frame,
        supplementary: Frame,
        cryptocurrencies: Frame,
        currency_pairs: Frame,
    ) -> None:
        """Add everything but equities to a plan, and carry it out."""
        contracts = rows_of(futures, table="futures", key="sid", columns=plan.FUTURE)
        coins = rows_of(cryptocurrencies, table="cryptocurrencies", key="sid", columns=plan.CRYPTO)
        pairs = rows_of(currency_pairs, table="currency_pairs", key="sid", columns=plan.PAIR)
        roots = rows_of(root_symbols, table="root_symbols", key="root_symbol", columns=plan.ROOT)
        venues = rows_of(exchanges, table="exchanges", key="exchange", columns=plan.EXCHANGE)
        values = rows_of(
            supplementary,
            table="equity_supplementary_mappings",
            key="sid",
            columns=plan.SUPPLEMENTARY,
        )
        _check_sids(shares, contracts, coins, pairs)
        named = [row["exchange"] for row in (*shares, *contracts, *coins, *pairs, *roots)]
        write.add_exchanges(venues, named)
        write.add_root_symbols(roots, [row["root_symbol"] for row in contracts], numbered=numbered)
        write.add_futures(contracts)
        write.add_pairs(coins, Cryptocurrency)
        write.add_pairs(pairs, CurrencyPair)
        write.add_supplementary(values)
        with self._engine.begin() as connection:
            write.execute(connection)


def _check_sids(*kinds: list[Row]) -> None:
    """Only the symbols of one equity may repeat a sid."""
    seen: set[int] = set()
    for rows in kinds:
        sids = [row["sid"] for row in rows]
        twice = seen.intersection(sids)
        if twice:
            _refuse_twice([*twice, *twice])
        if rows is not kinds[0]:
            _refuse_twice(sids)
        seen.update(sids)


def _refuse_twice(sids: list[int]) -> None:
    twice = [sid for sid, times in Counter(sids).items() if times > 1]
    if twice:
        raise InvalidArgument(
            field="sid", value=min(twice), reason="give each asset a sid of its own"
        )
