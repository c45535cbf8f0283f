"""What a symbol says about the kind of its asset."""

from datetime import date
from typing import Final, NamedTuple

from rustybt.assets.asset import Asset, Cryptocurrency, CurrencyPair, Equity, Perpetual
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.precision import configured_precision
from rustybt.assets.terms import resolved_terms
from rustybt.errors import InvalidArgument

_CODES: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD
CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""

NATIONAL_CURRENCIES: Final = frozenset(_CODES.split())
"""Currencies of countries (ISO 4217) and the offshore yuan."""


class PairSymbol(NamedTuple):
    """A symbol ``BASE/QUOTE`` or ``BASE/QUOTE:SETTLE``.

    Attributes:
        base: What is bought and sold.
        quote: What it is paid in.
        settle: What the profit of a perpetual swap is paid in; "" where the symbol says nothing.
    """

    base: str
    quote: str
    settle: str

    @classmethod
    def parse(cls, symbol: str) -> "PairSymbol":
        """Take a symbol apart; what is missing is "".

        Raises:
            InvalidArgument: It is a swap that is settled in something else than its quote.
        """
        base, _, rest = symbol.partition("/")
        quote, _, settle = rest.partition(":")
        if settle and settle.upper() != quote.upper():
            raise InvalidArgument(
                field="symbol",
                value=symbol,
                reason="only contracts that are settled in their quote currency are known, such "
                "as BTC/USDT:USDT; leave this one out",
            )
        return cls(base, quote, settle)


def kind_of(symbol: str) -> type[Asset]:
    """The class of the asset that a symbol stands for where nothing else is known.

    A symbol with a slash is a pair: of two national currencies a `CurrencyPair`, with a colon
    (BTC/USDT:USDT) a `Perpetual`, otherwise a `Cryptocurrency`. Any other symbol is an `Equity`.
    """
    base, slash, quote = symbol.upper().partition("/")
    if not slash:
        return Equity
    if ":" in quote:
        return Perpetual
    is_national = base in NATIONAL_CURRENCIES and quote in NATIONAL_CURRENCIES
    return CurrencyPair if is_national else Cryptocurrency


def asset_of_symbol(
    symbol: str,
    *,
    sid: int,
    exchange_info: ExchangeInfo,
    start_date: date | None = None,
    end_date: date | None = None,
    auto_close_date: date | None = None,
) -> Asset:
    """The asset that a symbol stands for where nothing else is known; see `kind_of`.

    Args:
        symbol: The symbol; a pair has its currencies on both sides of a slash, a perpetual swap
            also what it is settled in, after a colon.
        sid: Number of the asset.
        exchange_info: Its venue.
        start_date: First session.
        end_date: Last session.
        auto_close_date: Session on which open positions are closed, None for never.

    Raises:
        InvalidArgument: The symbol is that of a swap of a kind that is not known.
    """
    kind = kind_of(symbol)
    base, quote, _ = PairSymbol.parse(symbol)
    terms = resolved_terms(configured_precision().lookup(kind.asset_class), currency=quote or None)
    pair = {"base_currency": base, "quote_currency": quote} if quote else {}
    return kind(
        sid=sid,
        symbol=symbol,
        exchange_info=exchange_info,
        start_date=start_date,
        end_date=end_date,
        first_traded=start_date,
        auto_close_date=auto_close_date,
        **terms,
        **pair,
    )
