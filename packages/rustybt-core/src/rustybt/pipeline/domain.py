"""Domains: on which calendar, and of which country, the data of a pipeline are.

``US_EQUITIES`` and its like, a domain for each code of `COUNTRIES`, are attributes of this module.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from rustybt.errors import AmbiguousDomain, InvalidArgument


class Domain(NamedTuple):
    """Where data are from.

    Attributes:
        name: What it is called.
        country_code: Country whose equities are its assets (ISO 3166); None: of all.
        calendar_name: Calendar of its sessions; None: that of the bundle.
    """

    name: str
    country_code: str | None = None
    calendar_name: str | None = None

    def __repr__(self) -> str:
        return self.name


GENERIC: Final = Domain("GENERIC")
"""Every market: the calendar of the bundle that a pipeline runs on.

Its assets are the equities of the bundle; of a bundle without equities (coins, currencies, futures)
all of its assets.
"""

COUNTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AR": "XBUE",
        "AT": "XWBO",
        "AU": "XASX",
        "BE": "XBRU",
        "BR": "BVMF",
        "CA": "XTSE",
        "CH": "XSWX",
        "CL": "XSGO",
        "CN": "XSHG",
        "CO": "XBOG",
        "CZ": "XPRA",
        "DE": "XFRA",
        "DK": "XCSE",
        "ES": "XMAD",
        "FI": "XHEL",
        "FR": "XPAR",
        "GB": "XLON",
        "GR": "ASEX",
        "HK": "XHKG",
        "HU": "XBUD",
        "ID": "XIDX",
        "IE": "XDUB",
        "IN": "XBOM",
        "IT": "XMIL",
        "JP": "XTKS",
        "KR": "XKRX",
        "MX": "XMEX",
        "MY": "XKLS",
        "NL": "XAMS",
        "NO": "XOSL",
        "NZ": "XNZE",
        "PE": "XLIM",
        "PH": "XPHS",
        "PK": "XKAR",
        "PL": "XWAR",
        "PT": "XLIS",
        "RU": "XMOS",
        "SE": "XSTO",
        "SG": "XSES",
        "TH": "XBKK",
        "TR": "XIST",
        "TW": "XTAI",
        "US": "XNYS",
        "ZA": "XJSE",
    }
)
"""Calendars by country code (ISO 3166): those that Zipline names for its domains."""


class EquityCalendarDomain(Domain):
    """The equities of a country, on the sessions of a calendar; equal ones are equal domains.

    Args:
        country_code: ISO 3166 code of the country, two letters.
        calendar_name: Calendar of the sessions, as `rustybt.calendars.get_calendar` takes it.

    Raises:
        InvalidArgument: The code is none.
    """

    __slots__ = ()

    def __new__(cls, country_code: str, calendar_name: str) -> "EquityCalendarDomain":
        code = country_code.upper()
        if len(code) != 2 or not code.isalpha():
            raise InvalidArgument(
                field="country_code", value=country_code, reason="give two letters, such as US"
            )
        usual = COUNTRIES.get(code) == calendar_name
        name = f"{code}_EQUITIES" if usual else f"{code}_EQUITIES on {calendar_name}"
        return super().__new__(cls, name, code, calendar_name)

    def __reduce__(self) -> tuple[type[Domain], tuple[str | None, ...]]:
        return EquityCalendarDomain, (self.country_code, self.calendar_name)


AR_EQUITIES: Final = EquityCalendarDomain("AR", COUNTRIES["AR"])
AT_EQUITIES: Final = EquityCalendarDomain("AT", COUNTRIES["AT"])
AU_EQUITIES: Final = EquityCalendarDomain("AU", COUNTRIES["AU"])
BE_EQUITIES: Final = EquityCalendarDomain("BE", COUNTRIES["BE"])
BR_EQUITIES: Final = EquityCalendarDomain("BR", COUNTRIES["BR"])
CA_EQUITIES: Final = EquityCalendarDomain("CA", COUNTRIES["CA"])
CH_EQUITIES: Final = EquityCalendarDomain("CH", COUNTRIES["CH"])
CL_EQUITIES: Final = EquityCalendarDomain("CL", COUNTRIES["CL"])
CN_EQUITIES: Final = EquityCalendarDomain("CN", COUNTRIES["CN"])
CO_EQUITIES: Final = EquityCalendarDomain("CO", COUNTRIES["CO"])
CZ_EQUITIES: Final = EquityCalendarDomain("CZ", COUNTRIES["CZ"])
DE_EQUITIES: Final = EquityCalendarDomain("DE", COUNTRIES["DE"])
DK_EQUITIES: Final = EquityCalendarDomain("DK", COUNTRIES["DK"])
ES_EQUITIES: Final = EquityCalendarDomain("ES", COUNTRIES["ES"])
FI_EQUITIES: Final = EquityCalendarDomain("FI", COUNTRIES["FI"])
FR_EQUITIES: Final = EquityCalendarDomain("FR", COUNTRIES["FR"])
GB_EQUITIES: Final = EquityCalendarDomain("GB", COUNTRIES["GB"])
GR_EQUITIES: Final = EquityCalendarDomain("GR", COUNTRIES["GR"])
HK_EQUITIES: Final = EquityCalendarDomain("HK", COUNTRIES["HK"])
HU_EQUITIES: Final = EquityCalendarDomain("HU", COUNTRIES["HU"])
ID_EQUITIES: Final = EquityCalendarDomain("ID", COUNTRIES["ID"])
IE_EQUITIES: Final = EquityCalendarDomain("IE", COUNTRIES["IE"])
IN_EQUITIES: Final = EquityCalendarDomain("IN", COUNTRIES["IN"])
IT_EQUITIES: Final = EquityCalendarDomain("IT", COUNTRIES["IT"])
JP_EQUITIES: Final = EquityCalendarDomain("JP", COUNTRIES["JP"])
KR_EQUITIES: Final = EquityCalendarDomain("KR", COUNTRIES["KR"])
MX_EQUITIES: Final = EquityCalendarDomain("MX", COUNTRIES["MX"])
MY_EQUITIES: Final = EquityCalendarDomain("MY", COUNTRIES["MY"])
NL_EQUITIES: Final = EquityCalendarDomain("NL", COUNTRIES["NL"])
NO_EQUITIES: Final = EquityCalendarDomain("NO", COUNTRIES["NO"])
NZ_EQUITIES: Final = EquityCalendarDomain("NZ", COUNTRIES["NZ"])
PE_EQUITIES: Final = EquityCalendarDomain("PE", COUNTRIES["PE"])
PH_EQUITIES: Final = EquityCalendarDomain("PH", COUNTRIES["PH"])
PK_EQUITIES: Final = EquityCalendarDomain("PK", COUNTRIES["PK"])
PL_EQUITIES: Final = EquityCalendarDomain("PL", COUNTRIES["PL"])
PT_EQUITIES: Final = EquityCalendarDomain("PT", COUNTRIES["PT"])
RU_EQUITIES: Final = EquityCalendarDomain("RU", COUNTRIES["RU"])
SE_EQUITIES: Final = EquityCalendarDomain("SE", COUNTRIES["SE"])
SG_EQUITIES: Final = EquityCalendarDomain("SG", COUNTRIES["SG"])
TH_EQUITIES: Final = EquityCalendarDomain("TH", COUNTRIES["TH"])
TR_EQUITIES: Final = EquityCalendarDomain("TR", COUNTRIES["TR"])
TW_EQUITIES: Final = EquityCalendarDomain("TW", COUNTRIES["TW"])
US_EQUITIES: Final = EquityCalendarDomain("US", COUNTRIES["US"])
ZA_EQUITIES: Final = EquityCalendarDomain("ZA", COUNTRIES["ZA"])


def common_domain(name: str, given: Domain, terms: Iterable[Any]) -> Domain:
    """The domain that terms have in common; generic ones go with any.

    Args:
        name: Of what is made of them, for the message.
        given: That it is given itself.
        terms: The terms; others are passed over.

    Raises:
        AmbiguousDomain: Two of them differ.
    """
    found: dict[Domain, Any] = {} if given == GENERIC else {given: name}
    for term in terms:
        domain = getattr(term, "domain", GENERIC)
        if domain != GENERIC:
            found.setdefault(domain, term)
    if len(found) > 1:
        raise AmbiguousDomain(
            name=name,
            domains=tuple(f"{domain} of {built(term, domain)}" for domain, term in found.items()),
        )
    return next(iter(found), GENERIC)


def built(term: Any, domain: Domain) -> str:  # noqa: ANN401 - a term, or the name of what has none
    """How a term of a domain was built, down to the column that brought the domain in."""
    chain: list[str] = []
    following = term
    while following is not None:
        chain.append(following if isinstance(following, str) else repr(following))
        parts = getattr(following, "terms", ())
        following = next((part for part in parts if part.domain == domain), None)
    return ", made of ".join(chain)
