"""The data set of a bundle's fundamentals."""

from collections.abc import Collection

import polars as pl

from rustybt.data.bundle import FUNDAMENTALS, BundleData
from rustybt.data.facts import KEYS
from rustybt.errors import InvalidArgument
from rustybt.pipeline.data.dataset import Column, DataSet, dataset_of
from rustybt.pipeline.domain import GENERIC, Domain
from rustybt.pipeline.dtypes import FLOAT, TEXT


class Fundamentals(DataSet):
    """Facts of a bundle, as they were known before each session.

    A subclass names the fields that are wanted, in columns of numbers or texts; its data are
    brought by `rustybt.pipeline.loaders.FactLoader`. `fundamentals_of` makes one of all fields.
    """

    def __init_subclass__(cls, **kwargs: type[DataSet] | None) -> None:
        super().__init_subclass__(**kwargs)
        cls.loaded_as = "Fundamentals"


def fundamentals_of(
    bundle: BundleData, *, money: Collection[str] = (), domain: Domain = GENERIC
) -> type[Fundamentals]:
    """The data set of all fundamentals of a bundle: a column per field.

    Args:
        bundle: The data.
        money: The fields that are amounts of money, which `BoundColumn.fx` can convert; from the
            currency that a field ``currency`` names, else from that of the asset.
        domain: Where they are from.

    Raises:
        InvalidArgument: The bundle has no fundamentals, or no such field.
    """
    read = bundle.tables.get(FUNDAMENTALS)
    if read is None:
        raise no_fundamentals(bundle)
    table = read()
    fields = [name for name in table.columns if name not in KEYS]
    for name in money:
        if name not in fields:
            reason = f"the fundamentals of {bundle.name!r} have {', '.join(fields)}"
            raise InvalidArgument(field="money", value=name, reason=reason)
    columns = {
        name: Column(
            TEXT if table.schema[name] == pl.String else FLOAT, currency_aware=name in money
        )
        for name in fields
    }
    found: type[Fundamentals] = dataset_of(  # type: ignore[assignment]  # of this base
        "Fundamentals", columns, doc=Fundamentals.__doc__ or "", domain=domain, base=Fundamentals
    )
    return found


def no_fundamentals(bundle: BundleData) -> InvalidArgument:
    """The error about a bundle without fundamentals."""
    return InvalidArgument(
        field="bundle",
        value=bundle.name,
        reason="it has no fundamentals; give some with run_algorithm(fundamentals=...), or "
        "loaders={Fundamentals: FactLoader(facts)}",
    )
