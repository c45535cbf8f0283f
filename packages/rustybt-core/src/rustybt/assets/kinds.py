"""What a symbol says about the kind of its asset."""

from datetime import date
from typing import Final

from rustybt.assets.asset import Asset, Cryptocurrency, CurrencyPair, Equity
from rustybt.assets.exchange import ExchangeInfo
from rustybt.assets.precision import configured_precision
from rustybt.assets.terms import resolved_terms

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


def kind_of(symbol: str) -> type[Asset]:
    """The class of the asset that a symbol stands for where nothing else is known.

    A symbol with a slash is a pair: of two national currencies a `CurrencyPair`, otherwise a
    `Cryptocurrency`. Any other symbol is an `Equity`.
    """
    base, slash, quote = symbol.upper().partition("/")
    if not slash:
        return Equity
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
        symbol: The symbol; a pair has its currencies on both sides of a slash.
        sid: Number of the asset.
        exchange_info: Its venue.
        start_date: First session.
        end_date: Last session.
        auto_close_date: Session on which open positions are closed, None for never.
    """
    kind = kind_of(symbol)
    base, _, quote = symbol.partition("/")
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
