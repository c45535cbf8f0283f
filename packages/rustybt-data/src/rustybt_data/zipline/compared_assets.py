"""Comparing assets: the rows of Zipline's database with what a finder knows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rustybt.assets import Asset, AssetFinder
from rustybt.assets.database.stored import read_day, read_start
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.root_symbol import RootSymbol
from rustybt.data.bundles.migration import Compared
from rustybt.values import parse_decimal
from rustybt_data.zipline.assets import Row, StoredAssets

_LABELS: Final = {
    "equities": "equities",
    "futures_contracts": "futures",
    "cryptocurrencies": "cryptocurrencies",
    "currency_pairs": "currency pairs",
}
_NOTHING: Final = object()
_ROOT: Final = ("root_symbol", "root_symbol_id", "sector", "description", "exchange")


def compared_assets(stored: StoredAssets, finder: AssetFinder) -> Iterator[Compared]:
    """Compare every row of every table of assets."""
    venues = {row["exchange"]: row for row in stored.tables["exchanges"]}
    symbols = _newest_symbols(stored.symbols)
    for table, what in _LABELS.items():
        rows = stored.of_kind[table]
        expected = {row["sid"]: _facts(table, row, stored, venues, symbols) for row in rows}
        yield _compared_kind(what, expected, finder)
    extra = sorted(set(finder.sids) - stored.sids)
    if extra:
        differences = tuple(f"there is an asset of sid {sid}" for sid in extra)
        yield Compared(what="other assets", items=len(extra), values=0, differences=differences)
    yield _compared_rows(
        "symbols of equities",
        Counter(_period(row, row["symbol"]) for row in stored.symbols),
        Counter(
            (owned.sid, owned.symbol, owned.start, owned.end)
            for owned in finder.ownerships()
            if not owned.venue
        ),
    )
    yield _compared_rows(
        "supplementary values",
        Counter(
            (row["sid"], row["field"], row["value"], read_day(row["start_date"]), _end(row))
            for row in stored.supplementary
        ),
        Counter((v.sid, v.field, v.value, v.start, v.end) for v in finder.supplementary_values()),
    )
    exchanges = Counter(_exchange(row) for row in venues.values())
    yield _compared_rows("exchanges", exchanges, Counter(finder.exchanges.values()), values=3)
    roots = Counter(
        RootSymbol(**{name: row[name] for name in _ROOT})
        for row in stored.tables["futures_root_symbols"]
    )
    yield _compared_rows("root symbols", roots, Counter(finder.root_symbols.values()), values=5)


def _facts(
    table: str,
    row: Row,
    stored: StoredAssets,
    venues: Mapping[str, Row],
    symbols: Mapping[int, str],
) -> dict[str, Any]:
    """What an asset has to say of itself."""
    venue = venues.get(row["exchange"])
    facts: dict[str, Any] = {
        "asset_type": row["asset_type"],
        "symbol": symbols.get(row["sid"], "") if table == "equities" else row["symbol"],
        "asset_name": row["asset_name"] or "",
        "exchange_info": ExchangeInfo("") if venue is None else _exchange(venue),
        "start_date": read_start(row["start_date"]),
        "end_date": _end(row),
        "first_traded": read_day(row["first_traded"]),
        "auto_close_date": read_day(row["auto_close_date"]),
    }
    if table == "futures_contracts":
        facts |= {name: read_day(row[name]) for name in ("notice_date", "expiration_date")}
        facts["root_symbol"] = row["root_symbol"]
        facts |= _number("tick_size", row["tick_size"])
        facts |= _number("price_multiplier", row["multiplier"])
    if table in {"cryptocurrencies", "currency_pairs"}:
        facts |= {name: row[name] for name in ("base_currency", "quote_currency")}
    if table == "cryptocurrencies":
        facts |= {name: bool(row[name]) for name in ("trading_enabled", "margin_enabled")}
    return facts | _terms(stored.terms.get(row["sid"], {}))


def _terms(row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name in ("tick_size", "lot_size", "price_multiplier"):
        facts |= _number(name, row.get(name))
    if row.get("currency") is not None:
        facts["currency"] = row["currency"]
    for theirs, ours in (
        ("precision_price", "price_decimals"),
        ("precision_amount", "amount_decimals"),
    ):
        if row.get(theirs) is not None:
            facts[ours] = row[theirs]
    return facts


def _number(name: str, value: object) -> dict[str, Any]:
    return {} if value is None else {name: parse_decimal(value, field=name)}


def _compared_kind(
    what: str, expected: Mapping[int, dict[str, Any]], finder: AssetFinder
) -> Compared:
    written = finder.retrieve_all(list(expected), default_none=True)
    differences: list[str] = []
    for facts, asset in zip(expected.values(), written, strict=True):
        differences += _wrong_facts(facts, asset)
    missing = [sid for sid, asset in zip(expected, written, strict=True) if asset is None]
    return Compared(
        what=what,
        items=len(expected),
        values=sum(1 + len(facts) for facts in expected.values()),
        differences=(*differences, *(f"there is no asset of sid {sid}" for sid in missing)),
    )


def _wrong_facts(facts: dict[str, Any], asset: Asset | None) -> Iterator[str]:
    for name, value in facts.items() if asset is not None else ():
        found = getattr(asset, name, _NOTHING)
        if found != value:
            yield f"{name} of {asset} is {found!r} instead of {value!r}"


def _compared_rows(
    what: str, expected: Counter[Any], actual: Counter[Any], *, values: int = 0
) -> Compared:
    return Compared(
        what=what,
        items=expected.total(),
        values=sum(values or len(row) for row in expected.elements()),
        differences=(
            *(f"missing: {row}" for row in (expected - actual).elements()),
            *(f"not in the bundle: {row}" for row in (actual - expected).elements()),
        ),
    )


def _newest_symbols(rows: list[Row]) -> dict[int, str]:
    ordered = sorted(rows, key=lambda row: (row["end_date"], row["start_date"]))
    return {row["sid"]: row["symbol"] for row in ordered}


def _period(row: Row, name: str) -> tuple[Any, ...]:
    return row["sid"], name, read_start(row["start_date"]), _end(row)


def _end(row: Row) -> Any:  # noqa: ANN401 - a day or None
    return read_day(row["end_date"])


def _exchange(row: Row) -> ExchangeInfo:
    return ExchangeInfo(
        row["exchange"] or "", row["canonical_name"] or "", row["country_code"] or ""
    )
