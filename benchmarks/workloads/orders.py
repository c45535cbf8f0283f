"""Whether a resting order costs the same among few and among very many."""

from benchmarks.folders import Folders
from benchmarks.workload import FULL, Entry, Goal, Scale, Workload
from benchmarks.workloads import _alone

MOST_ASSETS = 500
ORDERS = 200


def counts(scale: Scale) -> tuple[int, ...]:
    """Numbers of assets, each with as many orders."""
    return tuple(assets for assets in scale.asset_counts if assets <= MOST_ASSETS)


def entries(folders: Folders, scale: Scale) -> tuple[Entry, ...]:
    return tuple(entry(folders, assets) for assets in counts(scale))


def entry(folders: Folders, assets: int) -> Entry:
    """RustyBT with 200 orders for each of so many assets."""
    return _alone.entry(
        folders,
        name=label(assets),
        strategy="orders",
        assets=assets,
        parameters={"orders": ORDERS},
    )


def label(assets: int) -> str:
    """100,000 orders."""
    return f"{assets * ORDERS:,} orders"


def goals(scale: Scale) -> tuple[Goal, ...]:
    """The most orders, against the fewest."""
    fewest, *_, most = counts(scale)
    return (_alone.stays_flat(label(most), small=label(fewest)),)


ORDERS_WORKLOAD = Workload(
    name="orders",
    title="Resting orders, daily, 200 for each of 50 to 500 assets",
    description=(
        "RustyBT alone, Decimal, standard rules: on the first session 200 orders for each asset, "
        "limits to buy below the price and stops to buy above it, 5 to 65 percent away; then 251 "
        "sessions in which few of them are reached. As there are as many orders for each asset, "
        "a flat cost per asset and bar is a flat cost per order."
    ),
    entries=entries,
    goals=goals(FULL),
    agree=False,
)
