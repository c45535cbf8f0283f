"""Bundles that research names: by name, from a catalog, or opened already."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rustybt.calendars import Moment, from_ns, to_ns
from rustybt.data.bundle import BundleData
from rustybt.errors import BundleNotFound, IngestionNotFound, InvalidArgument
from rustybt.pipeline.engine import PipelineEngine
from rustybt.pipeline.loaders.bars import BarLoader
from rustybt.pipeline.profiles import ZIPLINE, Profile

if TYPE_CHECKING:
    from rustybt.data.bundles.stores import BundleCatalog
    from rustybt.pipeline.loaders.sources import GivenLoaders

DEFAULT = "sample"
"""The bundle where nothing is named."""


def opened_bundle(
    bundle: str | BundleData | None, catalog: object, timestamp: Moment | None
) -> BundleData:
    """Open a bundle.

    Args:
        bundle: Its name, ``name`` or ``name@time``, or itself.
        catalog: Where it is looked up: an object with ``bundles``, or the folder of data; None
            for what the settings name.
        timestamp: Take the newest version up to this time.

    Raises:
        BundleNotFound: There is none of this name.
        IngestionNotFound: There is none so early.
        InvalidArgument: The arguments do not go together.
    """
    if isinstance(bundle, BundleData):
        if catalog is not None or timestamp is not None:
            raise InvalidArgument(
                field="bundle",
                value=bundle.name,
                reason="it is opened already; leave out catalog and timestamp, or give its name",
            )
        return bundle
    name, at = _name_and_time(bundle, catalog, timestamp)
    if catalog is not None:
        return _from_catalog(_store(catalog), name, at)
    from rustybt.data import bundles

    return bundles.load(name, timestamp=at)


def engine_of(bundle: BundleData, loaders: "GivenLoaders", profile: Profile) -> PipelineEngine:
    """The engine of a bundle.

    Args:
        bundle: The data.
        loaders: What brings further data.
        profile: "zipline" where adjustments and built-in terms are to be zipline's.

    Raises:
        InvalidArgument: There is no such profile.
    """
    bars = BarLoader(one_currency=True, halted_eves=False) if profile == ZIPLINE else BarLoader()
    return PipelineEngine(bundle, bars=bars, loaders=loaders, profile=profile)


def _name_and_time(
    bundle: object, catalog: object, timestamp: Moment | None
) -> tuple[str, Moment | None]:
    if bundle is None and catalog is None:
        bundle = DEFAULT
    if not isinstance(bundle, str):
        known = "" if catalog is None else f": {', '.join(_store(catalog).names())}"
        raise InvalidArgument(
            field="bundle",
            value=bundle,
            reason=f"give the name of a bundle, or an opened one{known}",
        )
    name, _, moment = bundle.partition("@")
    if ":" in name:  # SOURCE:LOCATION, a path in which anything may be
        name, moment = bundle, ""
    if moment and timestamp is not None:
        raise InvalidArgument(
            field="timestamp",
            value=timestamp,
            reason=f"the name of the bundle says {moment}; leave one of them out",
        )
    return name, moment or timestamp


def _store(catalog: Any) -> "BundleCatalog":  # noqa: ANN401 - of another distribution
    if isinstance(catalog, str | Path):
        from rustybt.data.bundles.operations import catalog_of

        return catalog_of(Path(catalog))
    store: BundleCatalog = getattr(catalog, "bundles", catalog)
    if not hasattr(store, "ingestions"):
        raise InvalidArgument(
            field="catalog", value=catalog, reason="give a DataCatalog, or the folder of one"
        )
    return store


def _from_catalog(store: "BundleCatalog", name: str, at: Moment | None) -> BundleData:
    stamps = store.ingestions(name)
    if not stamps:
        raise BundleNotFound(name=name, known=store.names())
    limit = None if at is None else from_ns(to_ns(at))
    for stamp in stamps:
        if limit is None or stamp <= limit:
            return store.load(name, stamp)
    raise IngestionNotFound(bundle=name, timestamp=at)
