"""Which domain a pipeline runs in, and whether the bundle has it."""

from typing import Any

from rustybt.assets import Equity
from rustybt.calendars import TradingCalendar, get_calendar
from rustybt.data.bundle import BundleData
from rustybt.errors import InvalidArgument
from rustybt.pipeline.domain import Domain, built
from rustybt.pipeline.engine.universe import Universe
from rustybt.pipeline.pipeline import Pipeline


class Markets:
    """The domains of a bundle.

    Args:
        bundle: The data.
        calendar: The sessions of the run.
    """

    def __init__(self, bundle: BundleData, calendar: TradingCalendar) -> None:
        self._bundle = bundle
        self._calendar = calendar
        self._universes: dict[Domain, Universe] = {}

    def domain_of(self, pipeline: Pipeline, default: Domain) -> Domain:
        """The domain that a pipeline runs in.

        Args:
            pipeline: The pipeline.
            default: That of terms that go with any.

        Raises:
            AmbiguousDomain: Terms are of several.
            InvalidArgument: The domain has another calendar than the run, or no assets here.
        """
        domain = pipeline.domain(default)
        if domain not in self._universes:
            self._check_calendar(domain, pipeline)
            universe = Universe.of(self._bundle.finder, domain)
            if not len(universe.sids):
                raise self._refused(domain, pipeline, self._lack(domain))
            self._universes[domain] = universe
        return domain

    def universe(self, domain: Domain) -> Universe:
        """The assets of a domain that `domain_of` returned."""
        return self._universes[domain]

    def _check_calendar(self, domain: Domain, pipeline: Pipeline) -> None:
        name, own = domain.calendar_name, self._calendar.name
        if name is None or name == own or get_calendar(name).name == own:
            return
        reason = (
            f"its sessions are those of {name}, and the run has those of {own}; "
            f"take a bundle on {name}, or a domain on {own}"
        )
        raise self._refused(domain, pipeline, reason)

    def _lack(self, domain: Domain) -> str:
        finder = self._bundle.finder
        assets = finder.retrieve_all(finder.sids)
        countries = {asset.country_code for asset in assets if isinstance(asset, Equity)}
        found = ", ".join(sorted(code or "no country" for code in countries)) or "none"
        return (
            f"bundle {self._bundle.name!r} has no equities of {domain.country_code}; those that "
            f"it has are of {found}"
        )

    def _refused(self, domain: Domain, pipeline: Pipeline, reason: str) -> InvalidArgument:
        return InvalidArgument(
            field="domain of the pipeline",
            value=domain,
            reason=f"{_origin(pipeline, domain)}{reason}",
        )


def _origin(pipeline: Pipeline, domain: Domain) -> str:
    """Which of the terms asks for a domain, and of what it is made."""
    terms: dict[str, Any] = {f"column {name!r}": term for name, term in pipeline.columns.items()}
    terms["the screen"] = pipeline.screen
    for place, term in terms.items():
        if term is not None and term.domain == domain:
            return f"{place} is {built(term, domain)}; "
    return ""
